"""What has changed since the last release: figures, numbers of tables, and metadata."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from kpublish.errors import KpublishError
from kpublish.formats.ecsv import read
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table
from kpublish.plots.comparing import difference, pixels
from kpublish.preview.snapshot import Picture, Snapshot

#: Changed cells of a column that are told one by one.
_TOLD = 3
#: Fields that are no news: what archives add, and what names the resource.
_NO_NEWS = ("kid", "source", "parentResource")


@dataclass(frozen=True, slots=True)
class Last:
    """The last release: its version and metadata, and kid → the PNG of each figure and the file of each table."""

    version: str
    resource: ResourceHeader
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    tables: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that looks different: as it was, and the difference, dark on white; empty, if it has another size."""

    old: Picture
    difference: Picture


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed.

    Attributes
    ----------
    version
        The last one.
    figures
        kid → how it looked before; figures that look the same are not in it.
    tables
        kid → sentences about what is different.
    metadata
        Field, before, now.
    known
        kids that were in the last release.
    """

    version: str
    figures: Mapping[str, Change] = field(default_factory=dict)
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    metadata: tuple[tuple[str, str, str], ...] = ()
    known: frozenset[str] = frozenset()

    def pictures(self) -> Iterator[Picture]:
        """Yield what is to be shown beside the new figures."""
        for change in self.figures.values():
            yield from (picture for picture in (change.old, change.difference) if picture.content)


def changes(snapshot: Snapshot, last: Last) -> Changes:
    """Compare a repository with its last release."""
    project = snapshot.project
    if project is None:
        return Changes(last.version)
    figures = {}
    for figure, picture in snapshot.figures:
        kid = (figure.resource and figure.resource.kid) or ""
        old = last.pictures.get(kid)
        if old and picture.content and picture.suffix == "png" and (change := _change(old, picture)):
            figures[kid] = change
    tables = {
        table.kid: told
        for table in project.tables
        if table.kid and table.kid in last.tables and (told := tuple(_different(last.tables[table.kid], table)))
    }
    return Changes(
        last.version,
        figures,
        tables,
        tuple(_metadata(last.resource, project.release or ResourceHeader())),
        frozenset((*last.pictures, *last.tables)),
    )


def _change(old: bytes, new: Picture) -> Change | None:
    """How a figure looks different; None, if at most what other builds of the libraries change."""
    try:
        before, now = pixels(old), pixels(new.content)
    except (OSError, ValueError):
        return None
    if not difference(now, before):
        return None
    return Change(
        Picture(old, alt=f"{new.alt} (before)"), _difference(old, new.content) if before.shape == now.shape else Picture()
    )


def _difference(old: bytes, new: bytes) -> Picture:
    from PIL import Image, ImageChops, ImageOps

    stream = BytesIO()
    with Image.open(BytesIO(old), formats=["PNG"]) as before, Image.open(BytesIO(new), formats=["PNG"]) as now:
        ImageOps.invert(ImageChops.difference(before.convert("RGB"), now.convert("RGB"))).save(stream, "PNG")
    return Picture(stream.getvalue(), alt="What is different, dark on white")


def _different(old: Path, new: Table) -> Iterator[str]:
    """Sentences about columns, rows and cells that are not what they were."""
    if not new.path.endswith(".ecsv"):
        return  # of event files, which may be larger than memory, only metadata are compared
    try:
        before = read(old, new.path)
    except KpublishError:
        return
    names, now = ([parameter.columnname for parameter in table.parameters] for table in (before, new))
    for name in (name for name in names if name not in now):
        yield f"The column {name} is gone."
    for name in (name for name in now if name not in names):
        yield f"The column {name} is new."
    for name in (name for name in now if name in names):
        units = [table.parameter(name).unit or "none" for table in (before, new)]
        if units[0] != units[1]:
            yield f"The unit of {name} was {units[0]} and is {units[1]}."
    if len(before.lines) != len(new.lines):
        yield f"There were {len(before.lines):,} rows and are {len(new.lines):,}."
        return
    for name in (name for name in now if name in names):
        yield from _cells(name, before.column(name), new.column(name))


def _cells(name: str, before: Any, now: Any) -> Iterator[str]:
    changed = [(row, old, new) for row, (old, new) in enumerate(zip(before, now, strict=False), 1) if not _same(old, new)]
    if changed:
        told = "; ".join(f"row {row}: {_cell(old)} → {_cell(new)}" for row, old, new in changed[:_TOLD])
        yield f"{name}: {len(changed):,} of {len(now):,} values differ ({told}{'; …' if len(changed) > _TOLD else ''})."


def _same(old: Any, new: Any) -> bool:
    both = isinstance(old, float) and isinstance(new, float) and math.isnan(old) and math.isnan(new)
    return both or (type(old) is type(new) and old == new)


def _cell(value: Any) -> str:
    return "empty" if value is None else str(value)


def _metadata(before: ResourceHeader, now: ResourceHeader) -> Iterator[tuple[str, str, str]]:
    """Fields that are not what they were; those that the repository leaves to the archive are no news."""
    old, new = (header.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for header in (before, now))
    for name in sorted({*old, *new} - set(_NO_NEWS)):
        if old.get(name) != new.get(name) and not (name == "datePublication" and name not in new):
            yield name, _words(old.get(name)), _words(new.get(name))


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_words(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(_words(item) for item in value.values())
    return "" if value is None else str(value)
