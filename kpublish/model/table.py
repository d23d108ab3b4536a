"""An annotated table: the header as it stands in the file, its columns, and every number with its literal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ConfigDict, Field

from kpublish.model.document import Document
from kpublish.model.finding import Fault, Position
from kpublish.model.noun import Noun
from kpublish.model.parameter import ColumnMeta, Parameter
from kpublish.model.provenance import Origin, Original
from kpublish.model.resource import ResourceHeader

#: The datatypes of ECSV 1.0 that columns of numbers, words and truth values have.
Datatype = Literal[
    "float64",
    "float32",
    "float16",
    "float128",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint64",
    "uint32",
    "uint16",
    "uint8",
    "bool",
    "string",
]
#: A cell with the comma that ends it: quoted (with doubled quotes inside) or not.
_CELL = re.compile(r'("(?:[^"]|"")*"[^,\n]*|[^,\n]*)(?:,|$)', re.MULTILINE)


class TableColumn(Noun):
    """A column as the header of an annotated table says it."""

    name: str
    datatype: Datatype
    unit: str | None = None
    description: str | None = None
    meta: ColumnMeta = ColumnMeta()
    format: str | None = None
    subtype: str | None = Field(default=None, description="Of a string column that holds JSON.")


class TableMeta(Noun):
    """What the header of an annotated table says about the table as a whole; keys of other tools are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    KM3Resource: ResourceHeader = ResourceHeader()
    origin: Origin = Origin()
    original: Original | None = None


class TableHeader(Noun):
    """The YAML header of an annotated table."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    datatype: tuple[TableColumn, ...]
    delimiter: str = " "
    meta: TableMeta = TableMeta()
    schema_: str | None = Field(default=None, alias="schema")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read.

    Attributes
    ----------
    path
        The file, relative to the repository, with ``/``.
    header
        The YAML header with positions in the file; ``header.data`` keeps unknown keys, ``header.text`` is its text with ``# ``.
    resource
        The table's own KM3Resource fields, or None where the header could not be understood.
    parameters
        One per column, in the file's order.
    origin
        Range and provenance, if the header states them.
    original
        The file that it was made of by ``kpublish annotate``, if the header states one.
    values
        One sequence per column: float, int, str or bool; None for empty cells.
    body
        The text from the line of column names to the end, as it stands in the file: the literals.
    lines
        Line in the file (from 1) of each row.
    faults
        What could not be read or understood, in the file's order.
    sha256
        Of the file's bytes.
    """

    path: str
    header: Document
    resource: ResourceHeader | None = None
    parameters: tuple[Parameter, ...] = ()
    origin: Origin = field(default_factory=Origin)
    values: tuple[Sequence[Any], ...] = ()
    body: str = ""
    lines: Sequence[int] = ()
    faults: tuple[Fault, ...] = ()
    sha256: str = ""
    original: Original | None = None

    @property
    def name(self) -> str:
        """The file's name without folder and suffix, by which readers ask for the table."""
        return self.path.rpartition("/")[2].rpartition(".")[0]

    @property
    def kid(self) -> str | None:
        """The table's identifier, where it has one."""
        return self.resource.kid if self.resource else None

    def column(self, name: str) -> Sequence[Any]:
        """Values of the column ``name``, one per row.

        Raises
        ------
        KeyError
            If there is no such column.
        """
        for parameter, values in zip(self.parameters, self.values, strict=False):
            if parameter.columnname == name:
                return values
        raise KeyError(name)

    def parameter(self, name: str) -> Parameter:
        """The description of the column ``name``.

        Raises
        ------
        KeyError
            If there is no such column.
        """
        for parameter in self.parameters:
            if parameter.columnname == name:
                return parameter
        raise KeyError(name)

    def cell(self, row: int, column: int) -> Position:
        """Position of a cell in the file: ``row`` and ``column`` count from 0.

        In a binary file, which has no lines, it is the number of the row and of the column, from 1.
        """
        if not self.body:
            return Position(self.path, row + 1, column + 1, length=0)
        line = self.lines[row]
        first = self.header.text.count("\n") + 1  # the line of column names
        text = self.body.split("\n", line - first + 1)[line - first :]
        return cell_position(self.path, line, "\n".join(text[:2]) if '"' in text[0] else text[0], column)


def cell_position(path: str, line: int, text: str, column: int) -> Position:
    """Position of a cell in the row that begins at the start of ``text``, in line ``line`` of the file.

    >>> cell_position("a.ecsv", 7, '1,"b,c",3', 2)
    Position(path='a.ecsv', line=7, column=9, length=1)
    """
    start, cell = 0, ""
    for number, match in enumerate(_CELL.finditer(text)):
        start, cell = match.start(1), match.group(1)
        if number == column:
            break
    newlines = text.count("\n", 0, start)
    return Position(path, line + newlines, start - (text.rfind("\n", 0, start) + 1) + 1, max(1, len(cell.partition("\n")[0])))
