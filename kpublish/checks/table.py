"""Annotated tables: readable cells, bins with ordered edges, errors that are magnitudes, columns that are explained."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import Any

from kpublish.checks import Rule
from kpublish.checks.reading import told
from kpublish.formats.yaml_document import replacing
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import PlainFile, Project
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis, Role

CODE = "TAB"

#: Suffixes of tables as they fall out of an analysis.
_BARE = (".csv", ".tsv", ".dat")

#: Roles that come in pairs.
PAIRS = ((Role.LOWER_EDGE, Role.UPPER_EDGE), (Role.ERROR_MINUS, Role.ERROR_PLUS))
_ERRORS = (Role.ERROR, Role.ERROR_PLUS, Role.ERROR_MINUS)


def columns(table: Table, role: Role, axis: Axis | None) -> list[int]:
    """Return the numbers of the columns that have this role along this axis."""
    return [number for number, parameter in enumerate(table.parameters) if parameter.role is role and parameter.axis is axis]


def _axes(table: Table) -> dict[Axis | None, None]:
    return dict.fromkeys(parameter.axis for parameter in table.parameters)


def meta_at(table: Table, column: int, key: str, length: int = 1) -> Position:
    """Position of a value under ``meta`` of a column; of the column's entry, where the header is written in another way."""
    return table.header.at("datatype", column, "meta", key, length=length)


class TAB01(Rule):
    """The file is no annotated table.

    Without the header nobody knows what the numbers are, and programs do not recognise the table.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Save the table as comma-delimited ECSV 1.0 in UTF-8: a header of lines that begin with '# ', then the columns' names."""
        return told(project, "TAB01")


class TAB02(Rule):
    """A row has too many or too few cells.

    Programs shift such a row, cut it, or refuse the file; each of them differently.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write one cell per column, separated by commas; put text that holds a comma in double quotes."""
        return told(project, "TAB02")


class TAB03(Rule):
    """A cell is not of its column's datatype.

    Programs make a missing value of it, or turn the whole column into text.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write a plain number such as -1.5e-3, leave the cell empty, or change the column's datatype."""
        return told(project, "TAB03")


class TAB04(Rule):
    """A bin's lower edge is not below its upper edge.

    A bin of no or negative width breaks every integral and every histogram made of it.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Exchange the two edges of the bin, or the roles of the two columns."""
        for table in project.tables:
            for axis in _axes(table) if table.values else ():
                edges = zip(columns(table, Role.LOWER_EDGE, axis), columns(table, Role.UPPER_EDGE, axis), strict=False)
                for lower, upper in edges:
                    yield from _unordered(table, lower, upper)


def _unordered(table: Table, lower: int, upper: int) -> Iterator[Fault]:
    low, high = table.values[lower], table.values[upper]
    bad = [row for row in _suspects(low, high) if not _below(low[row], high[row])]
    if bad:
        names = (table.parameters[number].columnname for number in (lower, upper))
        pair = " is not below ".join(f"{name} {value}" for name, value in zip(names, (low[bad[0]], high[bad[0]]), strict=True))
        yield Fault(table.cell(bad[0], lower), f"{pair}{_more(bad)}.")


def _suspects(low: Sequence[Any], high: Sequence[Any]) -> range:
    """All rows if any of them needs a second look: one pass in C says for most tables that none does."""
    try:
        fine = all(map(operator.lt, low, high))
    except TypeError:
        fine = False
    return range(0 if fine else min(len(low), len(high)))


def _below(low: object, high: object) -> bool:
    """Whether the edges are in order; cells that are empty or no numbers are not this rule's matter."""
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return True
    return low < high


def _more(rows: Sequence[int]) -> str:
    return f" (and {len(rows) - 1} more rows like this)" if len(rows) > 1 else ""


class TAB05(Rule):
    """An error is negative.

    Readers who square it do not notice, readers who subtract it draw the bar to the wrong side.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write errors as magnitudes: error_minus is the positive length of the lower bar."""
        for table in project.tables:
            for number, (parameter, values) in enumerate(zip(table.parameters, table.values, strict=False)):
                bad = _negative(values) if parameter.role in _ERRORS else []
                if bad:
                    message = f"The {parameter.role} {parameter.columnname} is {values[bad[0]]}{_more(bad)}."
                    yield Fault(table.cell(bad[0], number), message)


def _negative(values: Sequence[Any]) -> list[int]:
    try:
        if min(values, default=0) >= 0:  # not so with nan in front: then it is looked at one by one
            return []
    except TypeError:
        pass
    return [row for row, value in enumerate(values) if isinstance(value, int | float) and value < 0]


class TAB06(Rule):
    """Two columns have the same name.

    Programs that find columns by name take the first, the last, or refuse the file.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Give each column a name of its own, in the header and in the line above the numbers."""
        for table in project.tables:
            names = [parameter.columnname for parameter in table.parameters]
            if len(set(names)) == len(names):
                continue
            for number, name in enumerate(names):
                if name in names[:number]:
                    where = table.header.at("datatype", number, "name", length=len(name))
                    yield Fault(where, f"A column named {name!r} stands before this one already.")


class TAB07(Rule):
    """A column's role needs a partner.

    An edge or error without its partner cannot be drawn and not be used.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Give the partner column the missing role and the same axis; a symmetric error has the role error."""
        for table in project.tables:
            for axis in _axes(table):
                for pair in PAIRS:
                    yield from _alone(table, axis, *pair)


def _alone(table: Table, axis: Axis | None, one: Role, other: Role) -> Iterator[Fault]:
    ones, others = columns(table, one, axis), columns(table, other, axis)
    longer, role, partner = (ones, one, other) if len(ones) > len(others) else (others, other, one)
    along = f" of axis {axis}" if axis else ""
    for number in longer[min(len(ones), len(others)) :]:
        name = table.parameters[number].columnname
        yield Fault(meta_at(table, number, "role", len(role)), f"{name} is {role}{along}, but no column is its {partner}.")


class TAB08(Rule):
    """A column is not explained.

    What a name like aeff or n means is clear to those who made the file, for a while.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Add description: with a few words that somebody from outside understands."""
        for table in project.tables:
            for number, parameter in enumerate(table.parameters):
                if not (parameter.description or "").strip():
                    yield Fault(table.header.at("datatype", number), f"The column {parameter.columnname} has no description.")


class TAB09(Rule):
    """A range's minimum is above its maximum.

    No value lies in such a range: searches and look-ups find nothing.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Exchange min and max."""
        for table in project.tables:
            for key, stated in table.origin.range.items():
                if stated.min is not None and stated.max is not None and not stated.min <= stated.max:
                    where = table.header.at("meta", "origin", "range", key, "min")
                    yield Fault(where, f"The range of {key} begins at {stated.min} and ends at {stated.max}.")


class TAB10(Rule):
    """A table has no rows.

    Most probably the rows got lost on the way.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the rows below the line of column names, or remove the file."""
        unread = {fault.where.path for table in project.tables for fault in table.faults}
        for table in project.tables:
            if table.parameters and not any(map(len, table.values)) and table.path not in unread:
                yield Fault(Position(table.path, 1), "The table has a header, but no rows.")


class TAB11(Rule):
    """A symbol has dollar signs.

    Figures and pages put dollar signs around symbols themselves; two pairs of them are an error in LaTeX.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        r"""Write LaTeX without them, e.g. symbol: 'E_{\nu}'; figures and pages put them around it."""
        for table in project.tables:
            for number, parameter in enumerate(table.parameters):
                if parameter.symbol and "$" in parameter.symbol:
                    bare = parameter.symbol.strip("$")
                    remedy = f"Write symbol: '{bare}'; figures and pages put them around it." if "$" not in bare else ""
                    where = meta_at(table, number, "symbol", len(parameter.symbol))
                    message = f"The symbol {parameter.symbol!r} of {parameter.columnname} has dollar signs."
                    fix = replacing(table.header, where, parameter.symbol, bare) if remedy else None
                    yield Fault(where, message, remedy=remedy, fix=fix)


class TAB12(Rule):
    """A table of numbers is not annotated.

    It goes into the package, but nobody finds it, and nobody knows its units.
    """

    severity = Severity.NOTE
    public = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Run kpublish annotate with it; the annotated table says from which file it was made."""
        made = {table.original.file for table in project.tables if table.original}
        for path in project.files:
            if path.lower().endswith(_BARE) and path.rpartition("/")[2] not in made and _has_rows(project.files[path]):
                yield Fault(Position(path), "This looks like a table, and no annotated table was made of it.")


def _has_rows(file: PlainFile) -> bool:
    """Whether there are some lines of cells below comments and names."""
    lines = [line for line in (file.text or "").split("\n") if line.strip() and not line.startswith("#")]
    return len(lines) > 2
