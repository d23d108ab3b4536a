"""An annotated table: the header as it stands in the file, its columns, and every number with its literal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kpublish.model.document import Document
from kpublish.model.finding import Fault, Position
from kpublish.model.parameter import Parameter
from kpublish.model.provenance import Origin
from kpublish.model.resource import ResourceHeader


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read.

    Attributes
    ----------
    path
        The file, relative to the repository, with ``/``.
    header
        The YAML header with positions in the file; ``header.data`` keeps unknown keys.
    resource
        The table's own KM3Resource fields, or None where the header could not be understood.
    parameters
        One per column, in the file's order.
    origin
        Range and provenance, if the header states them.
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
        """Position of a cell in the file: ``row`` and ``column`` count from 0."""
        line = self.lines[row]
        text = self.body.split("\n")[line - self.lines[0] + 1] if len(self.lines) else ""
        cells = text.split(",")
        before = sum(len(cell) + 1 for cell in cells[:column])
        return Position(self.path, line, before + 1, max(1, len(cells[column]) if column < len(cells) else 1))
