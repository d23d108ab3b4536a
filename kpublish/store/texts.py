"""Metadata as text for terminals and notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kpublish.http import plain
from kpublish.model.bundle import Member, Release
from kpublish.model.parameter import Parameter
from kpublish.store.catalogue import entry_of, files_of

#: The longest value that is told, in characters; descriptions may be long.
_LONGEST = 20_000


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return one line per row, with the cells of each column below each other.

    >>> aligned([("name", "kind"), ("aeff", "table")])
    ['name  kind', 'aeff  table']
    """
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def describe(release: Release, member: Member | None, *, technical: bool = True) -> str:
    """Return the metadata of a release, or of one of its members, as text.

    Parameters
    ----------
    release, member
        What to describe; ``member`` None: the release as a whole.
    technical
        Whether to tell files with checksums and the identifiers that only machines need.
    """
    entry = entry_of(release, member)
    head = [entry.name, "=" * len(entry.name), *_pairs(fields(release, member, technical=technical))]
    blocks = [head]
    if member and member.parameters:
        rows = f" ({member.rows} rows)" if member.rows is not None else ""
        blocks.append([f"columns{rows}", *_indented(map(_column, member.parameters))])
    if member is None and release.members:
        inside = (entry_of(release, one) for one in release.members)
        blocks.append(["resources", *_indented((one.name, one.kind, one.title, one.kid) for one in inside)])
    if technical:
        files = ((plain(file.path), f"{file.size} bytes", file.checksum) for file in files_of(release, member))
        blocks.append(["files", *_indented(files)])
    return "\n\n".join("\n".join(block) for block in blocks)


def fields(release: Release, member: Member | None, *, technical: bool) -> Iterator[tuple[str, str | None]]:
    """Yield what the head says, in order: name and value, which is None where nothing is known."""
    resource = member.resource if member else release.resource
    entry = entry_of(release, member)
    contact = resource.contact
    yield "title", resource.title
    yield "description", resource.description
    yield "kind", entry.kind
    yield "version", f"{release.version} ({resource.status})" if resource.status else release.version
    yield "authors", "; ".join(author.display_name for author in resource.creators)
    yield "publisher", resource.publisher
    yield "published", resource.datePublication
    yield "license", resource.license
    yield "contact", " ".join(filter(None, (contact.name, contact.email))) if contact else None
    yield "instrument", resource.content.instrument if resource.content else None
    yield "keywords", ", ".join(resource.keywords)
    yield "reference", resource.referenceURL
    yield "kid", entry.kid
    yield "DOI", resource.idDOI
    yield "landing page", release.landing
    if technical:
        yield "ktype", entry.ktype
        yield "release", f"{release.kid} ({release.resource.title})" if member else None
        yield "repository", release.repository
        yield "commit", release.commit


def _pairs(fields: Iterable[tuple[str, str | None]]) -> list[str]:
    return aligned((f"{name}:", plain(value, _LONGEST)) for name, value in fields if value)


def _column(parameter: Parameter) -> tuple[str, ...]:
    role = " ".join(filter(None, (parameter.role, parameter.axis)))
    cells: tuple[Any, ...] = (parameter.columnname, parameter.unit, role, parameter.description or parameter.name)
    return tuple(plain(cell or "") for cell in cells)


def _indented(rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"  {line}" for line in aligned(rows)]
