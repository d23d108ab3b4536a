"""Bins: edges that join, and do not overlap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isclose
from typing import NamedTuple

from kpublish.checks import Rule
from kpublish.checks.table import columns
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis, Role

CODE = "BIN"

#: Larger tables are samples or lists, and their rows are not compared with one another.
ROWS = 100_000


class _Bin(NamedTuple):
    low: float
    high: float
    row: int


def _binned(project: Project) -> Iterator[tuple[Table, int, list[_Bin]]]:
    """Every axis with edges: the table, the column of lower edges, and its different bins in order."""
    for table in project.tables:
        if not table.values or table.faults or len(table.lines) > ROWS:
            continue
        for axis in Axis:
            lows, highs = columns(table, Role.LOWER_EDGE, axis), columns(table, Role.UPPER_EDGE, axis)
            if len(lows) == len(highs) == 1:
                yield table, lows[0], _bins(table, lows[0], highs[0])


def _bins(table: Table, low: int, high: int) -> list[_Bin]:
    found: dict[tuple[float, float], int] = {}
    for row, (lower, upper) in enumerate(zip(table.values[low], table.values[high], strict=False)):
        if not isinstance(lower, int | float) or not isinstance(upper, int | float) or not lower < upper:
            return []  # another rule tells of it
        found.setdefault((lower, upper), row)
    return sorted(_Bin(*edges, row) for edges, row in found.items())


def _equal(one: float, other: float, width: float) -> bool:
    return isclose(one, other, rel_tol=1e-6, abs_tol=1e-3 * width)


class BIN01(Rule):
    """Two bins overlap.

    What lies in both is counted twice; programs that look a value up find one of them.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Mend the edges; columns that are no bins of one binning have other roles, e.g. xvalue or value."""
        for table, column, bins in _binned(project):
            for one, other in pairwise(bins):
                if other.low < one.high and not _equal(other.low, one.high, one.high - one.low):
                    name = table.parameters[column].columnname
                    told = f"The bin from {other.low} to {other.high} begins inside that from {one.low} to {one.high}"
                    yield Fault(table.cell(other.row, column), f"{told} ({name}).")
                    break


class BIN02(Rule):
    """There is a gap between bins.

    Readers cannot tell whether nothing was measured there or a row is lost.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Add the missing row, or say in the column's description why there is none."""
        for table, column, bins in _binned(project):
            if "gap" in (table.parameters[column].description or "").lower():
                continue
            for one, other in pairwise(bins):
                if other.low > one.high and not _equal(other.low, one.high, one.high - one.low):
                    name = table.parameters[column].columnname
                    yield Fault(table.cell(other.row, column), f"Between {one.high} and {other.low} there is no bin ({name}).")
                    break
