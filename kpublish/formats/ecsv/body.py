"""The body of an annotated table: cells to values in blocks, and cell by cell only where a block fails."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kpublish.formats.ecsv.blocks import FLOAT, value_of, values_of
from kpublish.model.finding import Fault, Position
from kpublish.model.table import TableColumn, cell_position

#: Cells of one column and rows that are told one by one; the rest is counted.
_TOLD = 100
_WANTED = {"float": "a number", "int": "an integer", "uint": "an integer that is not negative", "bool": "True or False"}


@dataclass(frozen=True, slots=True)
class Body:
    """Values of each column, line in the file of each row, and what is wrong."""

    values: tuple[Sequence[Any], ...] = ()
    lines: Sequence[int] = ()
    faults: tuple[Fault, ...] = ()


def read_body(name: str, line: int, text: str, columns: Sequence[TableColumn]) -> Body:
    """Convert the body ``text``, whose first line (column names) is the line ``line`` of the file.

    Cells that are not of their column's datatype are None, rows with a wrong number of cells are left out; both are faults.
    """
    values = values_of(text, columns)
    if values is not None:
        return Body(tuple(values), range(line + 1, line + 1 + len(values[0])))
    return _Slow(name, line, text, columns).read()


class _Slow:
    """Reads a body row by row, and knows line and column of everything."""

    def __init__(self, name: str, line: int, text: str, columns: Sequence[TableColumn]) -> None:
        self.name = name
        self.line = line
        self.columns = columns
        self.texts = text.split("\n")
        self.faults: list[Fault] = []
        self.told: dict[int | None, int] = {}

    def read(self) -> Body:
        lines: list[int] = []
        rows: list[list[Any]] = []
        for line, cells in self.rows():
            if len(cells) != len(self.columns):
                self.irregular(line, cells)
                continue
            lines.append(line)
            rows.append([self.value(line, number, cell) for number, cell in enumerate(cells)])
        self.count()
        values = tuple(list(column) for column in zip(*rows, strict=True)) if rows else tuple([] for _ in self.columns)
        return Body(values, lines, tuple(self.faults))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line in the file and cells of every row that is neither empty nor a comment."""
        quoted = any('"' in text for text in self.texts)
        for line, cells in self.quoted() if quoted else self.unquoted():
            if cells and cells[0].startswith("#") and self.texts[line - self.line].startswith("#"):
                self.fault(None, Position(self.name, line, 1), "TAB02", self.comment, "Begin the row with something else than '#'.")
            elif cells:
                yield line, cells

    comment = "This row begins with '#': other readers take it for a comment and lose it."

    def unquoted(self) -> Iterator[tuple[int, list[str]]]:
        for number, text in enumerate(self.texts[1:], 1):
            yield self.line + number, text.split(",") if text else []

    def quoted(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO("\n".join(self.texts), newline=""), strict=True)
        line = self.line
        try:
            for cells in reader:
                if line > self.line:
                    yield line, cells
                line = self.line + reader.line_num
        except csv.Error as error:
            meaning = "a quote that was opened is not closed" if "end of data" in str(error) else str(error)
            where = Position(self.name, line, 1, max(1, len(self.texts[line - self.line])))
            self.fault(None, where, "TAB02", f"From this row on the table cannot be read: {meaning}.", "Mend the quotes.")

    def irregular(self, line: int, cells: list[str]) -> None:
        where = Position(self.name, line, 1, max(1, len(self.texts[line - self.line])))
        message = f"This row has {len(cells)} cell{'s' * (len(cells) != 1)}; the table has {len(self.columns)} columns."
        self.fault(None, where, "TAB02", message, "Add or remove commas; quote text that holds a comma.")

    def value(self, line: int, number: int, cell: str) -> Any:
        datatype = self.columns[number].datatype
        try:
            return value_of(cell, datatype)
        except ValueError:
            text = "\n".join(self.texts[line - self.line : line - self.line + 2 + cell.count("\n")])
            where = cell_position(self.name, line, text, number)
            message = f"{cell!r} in the column {self.columns[number].name!r} is not of its datatype {datatype}."
            self.fault(number, where, "TAB03", message, _remedy(cell, datatype))
            return None

    def fault(self, number: int | None, where: Position, code: str, message: str, remedy: str) -> None:
        self.told[number] = self.told.get(number, 0) + 1
        if self.told[number] <= _TOLD:
            self.faults.append(Fault(where, message, code, remedy))

    def count(self) -> None:
        """Say how much more was not told one by one."""
        for number, seen in self.told.items():
            if seen > _TOLD:
                what = "rows" if number is None else f"cells of the column {self.columns[number].name!r}"
                message = f"{seen - _TOLD} more {what} like the {_TOLD} told."
                self.faults.append(Fault(Position(self.name, self.line), message, "TAB02" if number is None else "TAB03"))


def _remedy(cell: str, datatype: str) -> str:
    """What to write instead, for the mistakes that are seen."""
    kind = datatype.rstrip("0123456789")
    wanted = _WANTED[kind]
    seen: list[tuple[Callable[[str], bool], str]] = [
        (lambda text: "\u2212" in text, "Write the minus sign as '-' (U+002D)."),
        (lambda text: text.lower() in ("na", "n/a", "null", "none", "-", "--"), "Leave the cell empty, or write nan."),
        (lambda text: kind == "bool" and text.lower() in ("true", "false", "0", "1"), "Write True or False."),
        (
            lambda text: kind in ("int", "uint") and bool(FLOAT.fullmatch(text)),
            "Write an integer in range, or change the datatype.",
        ),
    ]
    return next((remedy for applies, remedy in seen if applies(cell.strip())), f"Write {wanted}, or leave the cell empty.")
