"""A bare table: columns as they fell out of an analysis, without a KM3Resource, with everything its file says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kpublish.model.finding import Fault
from kpublish.model.table import Datatype


@dataclass(frozen=True, slots=True)
class BareColumn:
    """A column of a bare table.

    Attributes
    ----------
    name
        As the file spells it; None where the file names no columns.
    values
        One per row: float, int, str or bool; None where the file says nothing.
    datatype
        The ECSV datatype that holds all values.
    literals
        The text of each cell, where the file is text; None where it holds binary numbers.
    unit, description, ucd
        Only where the format has a place for them; what a name or a comment hides is not guessed here.
    headings
        Further header rows of a text file, from top to bottom, e.g. ``("[GeV]",)``.
    """

    name: str | None
    values: Sequence[Any]
    datatype: Datatype
    literals: Sequence[str | None] | None = None
    unit: str | None = None
    description: str | None = None
    ucd: str | None = None
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """A line of a text file that is no row: a comment without its mark, a title, a ruler under the names."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class BareTable:
    """A table as it was found.

    Attributes
    ----------
    path
        The file, as it is called in messages.
    name
        Of the table inside the file; empty where a file holds one nameless table.
    columns
        In the file's order, all of the same length.
    comments
        With their lines, in the file's order.
    meta
        What else the file says: scalar keys beside the columns, attributes, the delimiter and encoding of text.
    lines
        Line in the file (from 1) of each row, where the file is text with a row per line.
    faults
        What could not be read, each with its place; what they name is not in ``columns``.
    sha256
        Of the file's bytes.
    """

    path: str
    name: str = ""
    columns: tuple[BareColumn, ...] = ()
    comments: tuple[Comment, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[int] = ()
    faults: tuple[Fault, ...] = ()
    sha256: str = ""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values) if self.columns else 0
