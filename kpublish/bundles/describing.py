"""From a project and the checksums of its files to the Release that exports and archives see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from kpublish.bundles.manifest import digest_of
from kpublish.bundles.zipping import Packed
from kpublish.errors import UsageError
from kpublish.files import sha256_of
from kpublish.formats.step_records import FOLDER, read_record
from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.model.figure import DrawnFigure
from kpublish.model.identifiers import PUBLIC_ADDRESS, landing_address
from kpublish.model.json_text import json_text
from kpublish.model.media_types import media_type
from kpublish.model.project import GitState, Project
from kpublish.model.provenance import StepRecord
from kpublish.model.resource import Checksum, KM3Resource, ResourceHeader, Source, inherit
from kpublish.model.table import Table

#: Name in the package of the release's own description.
DESCRIPTION = "km3resource.json"
#: Figures: best for display first.
_FORMATS = ("png", "svg", "pdf")


def publication_date(stated: str | None, git: GitState) -> str:
    """Return the date of publication: as stated, else the UTC date of the commit."""
    return stated or git.date[:10]


def describe(project: Project, figures: Sequence[DrawnFigure], packed: Sequence[Packed]) -> Release:
    """Return the release whose payload has been packed: a pure function of the commit and of the libraries' versions.

    Raises
    ------
    UsageError
        If required metadata are missing, or a file is not the one that was read or drawn.
    """
    entries = {entry.path: entry for entry in packed}
    drawn = {path for figure in figures for path in figure.files}
    bare = named(project, digest_of({entry.path: entry.sha256 for entry in packed if entry.path not in drawn}))
    members = (
        *(_table(table, bare.resource, entries) for table in project.tables),
        *(_figure(figure, project, bare.resource, entries) for figure in figures),
    )
    files = tuple(_files(packed, members, drawn))
    said = {"software": _software(bool(figures)), "members": members, "files": files, "steps": _steps(project, entries)}
    return bare.model_copy(update=said)


def named(project: Project, digest: str) -> Release:
    """Return a release without its parts: its identity, and what kpublish.yaml says.

    Raises
    ------
    UsageError
        If required metadata are missing.
    """
    release, git = project.release, project.git
    assert release is not None
    assert git is not None
    landing = landing_address(release.kid or "", project.landing or PUBLIC_ADDRESS)
    resource = _complete(release, git, landing)
    version = resource.version or ""
    return Release(kid=resource.kid, version=version, digest=digest, commit=git.commit, landing=landing, resource=resource)


def to_json(release: Release) -> bytes:
    """Return a release as JSON: what is said, in a stable order."""
    return json_text(_said(release.model_dump(mode="json")))


def _said(value: Any) -> Any:
    """The value without what is empty, at any depth."""
    if isinstance(value, dict):
        inner = {key: _said(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item is not None and item not in ([], {})}
    if isinstance(value, list):
        return [_said(item) for item in value]
    return value


def _complete(release: ResourceHeader, git: GitState, landing: str) -> KM3Resource:
    date = publication_date(release.datePublication, git)
    page = Source(accessURL=landing, accessFormat="text/html")
    if not release.version:
        raise UsageError("kpublish.yaml states no version.", remedy="Add version: 1.0.0 under KM3Resource.")
    return completed("kpublish.yaml", release, datePublication=date, source=(page, *_elsewhere(release)))


def completed(path: str, header: ResourceHeader, **fields: Any) -> KM3Resource:
    """Return the metadata of a file as those of a resource.

    Raises
    ------
    UsageError
        If something is missing.
    """
    said = {name: getattr(header, name) for name in ResourceHeader.model_fields if name in header.model_fields_set}
    try:
        return KM3Resource.model_validate({**said, **fields})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "KM3Resource"
        raise UsageError(
            f"The metadata of {path} are not complete: {where}: {first['msg'].lower()}.",
            remedy="Run kpublish validate and mend them.",
        ) from error


def _elsewhere(header: ResourceHeader) -> tuple[Source, ...]:
    """Sources that the author states: copies at other addresses."""
    return tuple(source for source in header.source if source.accessFormat and "://" in (source.accessURL or ""))


def _source(entry: Packed, header: ResourceHeader) -> Source:
    return Source(
        accessURL=entry.path,
        accessFormat=media_type(entry.path),
        fileSize=entry.size,
        typeReference=header.source[0].typeReference if header.source else None,
        checksum=Checksum(value=entry.sha256),
    )


def _member_resource(
    path: str, own: ResourceHeader | None, release: KM3Resource, files: Sequence[str], entries: Mapping[str, Packed]
) -> KM3Resource:
    if own is None:
        raise UsageError(f"The metadata of {path} could not be understood.", remedy="Run kpublish validate and mend them.")
    sources = (*(_source(entries[file], own) for file in files), *_elsewhere(own))
    return completed(path, inherit(own, release), source=sources, parentResource=release.kid)


def _packed(path: str, entries: Mapping[str, Packed]) -> Packed:
    if path not in entries:
        raise UsageError(f"{path} is not tracked by git.", remedy=f"Run: git add {path} && git commit, or move it elsewhere.")
    return entries[path]


def _same(path: str, expected: str, entries: Mapping[str, Packed]) -> None:
    if expected and _packed(path, entries).sha256 != expected:
        raise UsageError(f"{path} changed while the command ran.", remedy="Let other programs finish, then run again.")


def _steps(project: Project, entries: Mapping[str, Packed]) -> tuple[StepRecord, ...]:
    """The records of steps among the tracked files, the earliest first."""
    steps = []
    for path in sorted(path for path in entries if re.fullmatch(rf"{FOLDER}/[^/]+\.json", path)):
        step = read_record(project.root / path)
        _same(path, sha256_of(project.root / path)[0] if step else "", entries)
        steps += [step] if step else []
    return tuple(sorted(steps, key=lambda step: (step.ended or "", step.refID)))


def _table(table: Table, release: KM3Resource, entries: Mapping[str, Packed]) -> Member:
    _packed(table.path, entries)
    _same(table.path, table.sha256, entries)
    return Member(
        kind="table",
        name=table.name,
        path=table.path,
        resource=_member_resource(table.path, table.resource, release, (table.path,), entries),
        parameters=table.parameters,
        rows=len(table.lines),
        origin=table.origin,
        original=table.original,
        files=(table.path,),
    )


def _figure(drawn: DrawnFigure, project: Project, release: KM3Resource, entries: Mapping[str, Packed]) -> Member:
    figure = drawn.figure
    _packed(figure.path, entries)
    for path, sha256 in drawn.data.items():
        _same(path, sha256, entries)
    files = tuple(sorted(drawn.files, key=_display))
    tables = (project.table(path) for path in figure.tables)
    return Member(
        kind="figure",
        name=figure.name,
        path=figure.path,
        resource=_member_resource(figure.path, figure.resource, release, files, entries),
        files=files,
        tables=tuple(table.kid for table in tables if table and table.kid),
        alt=drawn.alt or None,
    )


def _display(path: str) -> tuple[int, str]:
    suffix = path.rpartition(".")[2]
    return (_FORMATS.index(suffix) if suffix in _FORMATS else len(_FORMATS), path)


def _files(packed: Iterable[Packed], members: Iterable[Member], drawn: set[str]) -> Iterable[FileEntry]:
    kids: dict[str, str] = {}
    tables: set[str] = set()
    for member in members:
        kids.update(dict.fromkeys((member.path, *member.files), member.resource.kid))
        tables.update(member.files if member.kind == "table" else ())
    for entry in packed:
        yield FileEntry(
            path=entry.path,
            size=entry.size,
            sha256=entry.sha256,
            mediaType=media_type(entry.path),
            role="figure" if entry.path in drawn else "data" if entry.path in tables else "document",
            kid=kids.get(entry.path),
        )


def _software(drawing: bool) -> dict[str, str]:
    from kpublish import __version__
    from kpublish.plots.libraries import versions

    return {"kpublish": __version__, **(versions() if drawing else {})}
