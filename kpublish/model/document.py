"""A YAML document as read: its data, the position of every node, and the literal of every scalar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from kpublish.model.finding import Fault, Position

#: Where a node stands inside a document: keys and list indices from the top.
NodePath = tuple[str | int, ...]


class PlainScalar(str):
    """The literal of a plain scalar that YAML 1.1 takes for a number, date, boolean or null.

    It is a string, so that ``version: 1.10`` stays ``"1.10"``; models that want a number parse it, and the writer writes it
    without quotes again. ``native`` holds the value that YAML gives it; of a date it is the text.
    """

    __slots__ = ("native",)
    native: Any

    def __new__(cls, literal: str, native: Any) -> Self:
        scalar = super().__new__(cls, literal)
        scalar.native = native
        return scalar

    def __getnewargs__(self) -> tuple[str, Any]:  # type: ignore[override]
        """Return what it is made of, for its way into another process."""
        return str(self), self.native


def native(value: Any) -> Any:
    """Return ``value`` with every :class:`PlainScalar` replaced by the value YAML gives it, at any depth."""
    if isinstance(value, PlainScalar):
        return value.native
    if isinstance(value, Mapping):
        return {key: native(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [native(item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class Document:
    """A document with positions.

    Attributes
    ----------
    path
        The file, relative to the repository, with ``/``.
    data
        Mappings, lists, strings and :class:`PlainScalar`; ``None`` where YAML says null.
    marks
        Line and column (from 1) of every value, by its path; of the key under ``(*path, KEY)``.
    faults
        What was wrong with the text itself: syntax, duplicate keys.
    text
        The text as it stands in the file.
    doubtful
        Paths of plain numbers and booleans whose literal is lost when a YAML reader takes them for text, e.g. ``1.10``.
    """

    path: str
    data: Any = None
    marks: Mapping[NodePath, tuple[int, int]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    text: str = ""
    doubtful: tuple[NodePath, ...] = ()

    def at(self, *node: str | int, length: int = 1) -> Position:
        """Position of the node, or of its nearest ancestor that stands in the file."""
        while node and node not in self.marks:
            node = node[:-1]
        line, column = self.marks.get(node, (0, 0))
        return Position(self.path, line, column, length)

    def at_key(self, *node: str | int) -> Position:
        """Position of the key that leads to the node (of the node itself in a list)."""
        mark = self.marks.get((*node, KEY))
        if mark is None:
            return self.at(*node)
        return Position(self.path, *mark, length=len(str(node[-1])))


#: Marks the position of a key rather than of its value in ``Document.marks``.
KEY = "\0key"
