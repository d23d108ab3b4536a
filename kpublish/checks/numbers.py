"""Numbers and texts in cells: what is one-sided, repeated, unexplained, or would be executed by a spreadsheet."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from kpublish.checks import Rule
from kpublish.checks.bins import ROWS
from kpublish.checks.table import columns
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis, Role

CODE = "NUM"

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
#: What begins a formula in spreadsheets; signed numbers are none.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.]|\s*$)")
#: A float of 17 digits whose tail is the noise of binary arithmetic, e.g. 0.30000000000000004.
_NOISE = re.compile(r"\d\.?\d*?(?:0{6,}|9{6,})\d{1,3}$")
#: Of these, a rule of bins tells.
_EDGES = (Role.LOWER_EDGE, Role.UPPER_EDGE)
#: Characters of a table from which is judged, and what noise looks like.
_SAMPLE, _RUNS = 200_000, ("000000", "999999")
_EXPLAINED = re.compile(r"(?i)\b(?:nan|inf|infinit\w*|not[ -]a[ -]number|missing|empty|undefined|no (?:value|number|data|limit))\b")


def _of_kind(project: Project, *kinds: str) -> Iterator[tuple[Table, int, Sequence[Any]]]:
    for table in project.tables:
        for number, (parameter, values) in enumerate(zip(table.parameters, table.values, strict=False)):
            if parameter.datatype.startswith(kinds):
                yield table, number, values


class NUM01(Rule):
    """A row has only one of the two errors.

    Whether the other one is zero or unknown cannot be told.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write both errors or none; for a limit, leave both empty and give the number a column of role limit."""
        for table in project.tables:
            for axis in (None, *Axis) if table.values else ():
                pairs = zip(columns(table, Role.ERROR_MINUS, axis), columns(table, Role.ERROR_PLUS, axis), strict=False)
                for minus, plus in pairs:
                    yield from _one_sided(table, minus, plus)


def _one_sided(table: Table, minus: int, plus: int) -> Iterator[Fault]:
    down, up = table.values[minus], table.values[plus]
    if isinstance(down, array) and isinstance(up, array):
        return  # every cell is a number
    for row, (one, other) in enumerate(zip(down, up, strict=False)):
        if (one is None) is not (other is None):
            there, missing = (plus, minus) if one is None else (minus, plus)
            names = table.parameters[there].columnname, table.parameters[missing].columnname
            yield Fault(table.cell(row, missing), f"{names[0]} is there, but {names[1]} is empty.")
            return


class NUM02(Rule):
    """A limit is written as a value without errors.

    Drawn as a point it looks like a measurement of perfect precision.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Move limits to a column of their own with role: limit and level:, and leave value and errors empty in their rows."""
        for table in project.tables:
            for axis in (None, *Axis) if table.values else ():
                errors = [*columns(table, Role.ERROR, axis), *columns(table, Role.ERROR_MINUS, axis)]
                values = columns(table, Role.VALUE, axis)
                if len(values) == 1 and errors:
                    yield from _without_error(table, values[0], errors)


def _without_error(table: Table, value: int, errors: Sequence[int]) -> Iterator[Fault]:
    down = [table.values[number] for number in errors]
    if any(0 not in column for column in down) or not any(error for column in down for error in column):
        return  # no error is 0, or all are
    zero = [row for row in range(len(table.lines)) if all(column[row] == 0 for column in down)]
    rows = [row for row in zero if table.values[value][row] not in (0, None)]
    if rows:
        more = f", in {len(rows)} rows" if len(rows) > 1 else ""
        message = f"{table.parameters[value].columnname} is {table.values[value][rows[0]]} with an error of 0{more}."
        yield Fault(table.cell(rows[0], value), message)


class NUM03(Rule):
    """It is not said what nan or inf means.

    It may stand for "not measured", "no limit", or a division by zero: readers treat each of them differently.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Say it in the description, e.g. nan: not measured; or leave the cells empty, which means that there is no number."""
        for table, number, values in _of_kind(project, "float"):
            parameter = table.parameters[number]
            if parameter.role in _EDGES or _is_finite(values) or _EXPLAINED.search(parameter.description or ""):
                continue
            row = next(row for row, value in enumerate(values) if value is not None and not math.isfinite(value))
            name = parameter.columnname
            yield Fault(table.cell(row, number), f"{name} is {values[row]}, and its description does not say what that means.")


def _is_finite(values: Sequence[Any]) -> bool:
    """Whether all numbers are finite: their sum tells in one pass in C, unless it overflows or cells are empty."""
    try:
        if math.isfinite(sum(values)):
            return True
    except TypeError:
        pass
    return all(value is None or math.isfinite(value) for value in values)


class NUM04(Rule):
    """Numbers stand there as text.

    Programs can neither draw nor compare them.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write datatype: float64 or int64 for the column; identifiers that happen to be digits have role: id."""
        for table, number, values in _of_kind(project, "string"):
            present = [value for value in values if value is not None]
            parameter = table.parameters[number]
            if len(present) > 1 and parameter.role is not Role.ID and all(_NUMBER.fullmatch(value) for value in present):
                where = table.header.at("datatype", number, "datatype", length=len("string"))
                yield Fault(where, f"All cells of {parameter.columnname} are numbers, but its datatype is string.")


class NUM05(Rule):
    """A number has more digits than were measured.

    0.30000000000000004 is the noise of binary arithmetic; it makes files large, and differences of nothing look like changes.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Round when you write the table, e.g. by f"{value:.6g}"; kpublish never changes a number."""
        for table in project.tables:
            text = table.body[:_SAMPLE]
            if not any(run in text for run in _RUNS):
                continue
            for row, line in enumerate(text.split("\n")[1 : len(table.lines) + 1]):
                if '"' in line or not any(run in line for run in _RUNS):
                    continue
                noisy = [(place, cell) for place, cell in enumerate(line.split(",")) if _is_noise(cell)]
                if noisy and noisy[0][0] < len(table.parameters):
                    place, cell = noisy[0]
                    yield Fault(table.cell(row, place), f"{table.parameters[place].columnname} is {cell}: 17 digits.")
                    break


def _is_noise(cell: str) -> bool:
    mantissa = cell.partition("e")[0].lstrip("+-0.")
    return len(mantissa) > 16 and bool(_NOISE.search(mantissa)) and sum(map(str.isdigit, mantissa)) >= 16


class NUM06(Rule):
    """A spreadsheet would execute a cell.

    Text that begins with =, +, - or @ is a formula to spreadsheet programs, and may run commands on the reader's computer.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Begin the text with a word or a quote character."""
        for table, number, values in _of_kind(project, "string"):
            for row, value in enumerate(values):
                if value and _FORMULA.match(value):
                    shown = value if len(value) < 40 else f"{value[:39]}…"
                    yield Fault(table.cell(row, number), f"The text {shown!r} is a formula to spreadsheet programs.")
                    break


class NUM07(Rule):
    """A row stands there twice.

    One of them was appended by mistake, or a column that tells them apart is missing.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Remove one of them, or add the column that tells them apart."""
        for table in project.tables:
            if not table.values or not 1 < len(table.lines) <= ROWS:
                continue
            rows = list(zip(*table.values, strict=False))
            if len(set(rows)) == len(rows):
                continue
            seen: dict[tuple[Any, ...], int] = {}
            for row, values in enumerate(rows):
                if values in seen:
                    yield Fault(table.cell(row, 0), f"This row stands in line {table.lines[seen[values]]} already.")
                    break
                seen[values] = row


class NUM08(Rule):
    """Two columns hold the same numbers.

    One of them was copied by mistake, or is not needed.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Remove one of them; where two quantities are equal everywhere, say so in a description."""
        for table in project.tables:
            many = [number for number, values in enumerate(table.values) if 2 < len(values) <= ROWS and _varies(values)]
            for one, other in combinations(many, 2):
                if table.values[one] == table.values[other] and "equal" not in (table.parameters[other].description or ""):
                    names = [table.parameters[number].columnname for number in (other, one)]
                    where = table.header.at("datatype", other, "name", length=len(names[0]))
                    yield Fault(where, f"{names[0]} holds the same as {names[1]} in every row.")


def _varies(values: Sequence[Any]) -> bool:
    """Whether a column says anything: constants, and columns of a few words, may well be equal."""
    return isinstance(values[0], float | int) and not isinstance(values[0], bool) and len(set(values)) > 2
