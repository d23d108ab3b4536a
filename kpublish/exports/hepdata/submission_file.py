"""``submission.yaml``: one document about the whole submission, then one about each table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kpublish.exports.hepdata.pictures import THUMBNAIL
from kpublish.exports.names import licence_address, licence_name
from kpublish.model.figure import DrawnFigure
from kpublish.model.identifiers import PUBLIC_ADDRESS, landing_address
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader, inherit
from kpublish.model.table import Table

#: The longest name, place and keyword, in characters.
_NAME, _PLACE, _WORD = 64, 256, 128


def submission_file(
    project: Project, tables: Mapping[str, Table], figures: Sequence[DrawnFigure], shown: Mapping[str, Mapping[str, bytes]]
) -> bytes:
    """Return ``submission.yaml``.

    Parameters
    ----------
    project, figures
        What is submitted.
    tables
        Data file → table.
    shown
        Figure description → its pictures.
    """
    import yaml

    release = project.release or ResourceHeader()
    documents = [_whole(release, project)]
    names = _names([table.resource.title or table.name if table.resource else table.name for table in tables.values()])
    for (file, table), name in zip(tables.items(), names, strict=True):
        drawn = [one for one in figures if table.path in one.figure.tables]
        documents.append(_table(file, table, name, release) | _drawn(drawn, shown))
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=120).encode()


def _whole(release: ResourceHeader, project: Project) -> dict[str, Any]:
    said: dict[str, Any] = {"comment": "\n\n".join(filter(None, (release.title, release.description)))}
    if release.kid:
        page = landing_address(release.kid, project.landing or PUBLIC_ADDRESS)
        said["additional_resources"] = [{"location": page, "description": "All versions, with annotated tables and figures"}]
    return said


def _table(file: str, table: Table, name: str, release: ResourceHeader) -> dict[str, Any]:
    resource = inherit(table.resource or ResourceHeader(), release)
    words = [word[:_WORD] for word in dict.fromkeys(resource.keywords or ())]
    said: dict[str, Any] = {
        "name": name,
        "description": resource.description or resource.title or name,
        "keywords": [{"name": "phrases", "values": words}] if words else [],
        "data_file": file,
    }
    if resource.license:
        said["data_license"] = {"name": licence_name(resource.license), "url": licence_address(resource.license)}
    return said


def _drawn(figures: Sequence[DrawnFigure], shown: Mapping[str, Mapping[str, bytes]]) -> dict[str, Any]:
    """Where a table is drawn, and the pictures."""
    if not figures:
        return {}
    titles = [(one.figure.resource and one.figure.resource.title) or one.figure.name for one in figures]
    return {
        "location": shortened("Figure: " + "; ".join(titles), _PLACE),
        "additional_resources": [
            {
                "location": name,
                "description": "Thumbnail image file" if name.startswith(THUMBNAIL) else f"Image file: {one.alt or title}",
            }
            for one, title in zip(figures, titles, strict=True)
            for name in shown[one.figure.path]
        ],
    }


def _names(titles: Sequence[str]) -> Iterator[str]:
    """Names of tables: each once, and short enough."""
    taken: set[str] = set()
    for title in titles:
        name, number = shortened(title, _NAME), 1
        while name in taken:
            number += 1
            name = f"{shortened(title, _NAME - 4 - len(str(number)))} ({number})"
        taken.add(name)
        yield name


def shortened(text: str, length: int) -> str:
    """Return words that fit, cut where one ends.

    >>> shortened("Effective area of the detector", 16)
    'Effective area…'
    """
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"
