"""The resources of a project, each with the place where it says its metadata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kpublish.model.document import Document, NodePath
from kpublish.model.finding import Position
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader, inherit

#: The key that holds a resource, and the way to it in the header of a table.
RESOURCE: NodePath = ("KM3Resource",)
TABLE_RESOURCE: NodePath = ("meta", "KM3Resource")


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource: ``own`` is what its file says, ``complete`` adds what it takes over from the release.

    ``loose`` files stand in no repository, so they must say everything themselves.
    """

    kind: Literal["release", "table", "figure"]
    document: Document
    node: NodePath
    own: ResourceHeader
    complete: ResourceHeader
    loose: bool = False

    def at(self, *field: str | int, value: object = "") -> Position:
        """Position of a field's value; ``value`` tells how much to underline."""
        return self.document.at(*self.node, *field, length=max(1, len(str(value))))

    def at_key(self, *field: str | int) -> Position:
        """Position of a field's key, or of the resource where the field is absent."""
        mark = self.document.at_key(*self.node, *field)
        return mark if mark.line else Position(self.document.path)


class Same:
    """A project as a key: the very same one, however large it is."""

    __slots__ = ("project",)

    def __init__(self, project: Project) -> None:
        self.project = project

    def __hash__(self) -> int:
        return id(self.project)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.project is self.project


def subjects(project: Project) -> tuple[Subject, ...]:
    """Return the release, then the tables, then the figures, as far as they were understood."""
    return _subjects(Same(project))


@lru_cache(maxsize=1)  # every rule asks for them
def _subjects(same: Same) -> tuple[Subject, ...]:
    return tuple(_completed(same.project))


def _completed(project: Project) -> Iterator[Subject]:
    release = project.release
    loose = project.document is None
    if project.document and release:
        yield Subject("release", project.document, RESOURCE, release, release)
    for table in project.tables:
        if table.resource is not None:
            complete = inherit(table.resource, release) if release else table.resource
            yield Subject("table", table.header, TABLE_RESOURCE, table.resource, complete, loose)
    for figure in project.figures:
        if figure.resource is not None:
            complete = inherit(figure.resource, release) if release else figure.resource
            yield Subject("figure", figure.document, RESOURCE, figure.resource, complete, loose)
