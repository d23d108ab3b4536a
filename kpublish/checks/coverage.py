"""Values against the range that a table states for itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from kpublish.checks import Rule
from kpublish.model.finding import Fault, Severity
from kpublish.model.parameter import Parameter
from kpublish.model.project import Project
from kpublish.model.vocabularies import Role

CODE = "RNG"

_POSITIONS = (Role.LOWER_EDGE, Role.UPPER_EDGE, Role.CENTER, Role.XVALUE, Role.COORDINATE, None)


class RNG01(Rule):
    """A value lies outside of the range that the table states.

    Searches find tables by these ranges, and readers trust them.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Mend the range under origin:, or the value."""
        for table in project.tables:
            for key, stated in table.origin.range.items():
                for number, parameter in enumerate(table.parameters):
                    if not table.values or not _is_of(parameter, key, stated.unit):
                        continue
                    row = _outside(table.values[number], stated.min, stated.max)
                    if row is not None:
                        span = f"from {stated.min} to {stated.max}"
                        message = f"{parameter.columnname} is {table.values[number][row]}, but the range of {key} goes {span}."
                        yield Fault(table.cell(row, number), message)
                        break


def _is_of(parameter: Parameter, key: str, unit: str | None) -> bool:
    """Whether a column holds positions of the quantity that a range is named after, in its unit."""
    names = {(parameter.name or "").lower(), parameter.columnname.lower()}
    begins = parameter.columnname.lower().startswith(f"{key.lower()}_")
    return parameter.role in _POSITIONS and (key.lower() in names or begins) and (unit or "") == (parameter.unit or "")


def _outside(values: Sequence[Any], low: float | None, high: float | None) -> int | None:
    """The first row outside; a hair's breadth of rounding counts as inside."""
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    slack = 1e-6 * max(abs(low) if math.isfinite(low) else 0.0, abs(high) if math.isfinite(high) else 0.0)
    try:
        if min(values) >= low - slack and max(values) <= high + slack:
            return None
    except (TypeError, ValueError):
        pass
    for row, value in enumerate(values):
        if isinstance(value, int | float) and not isinstance(value, bool) and not low - slack <= value <= high + slack:
            return None if math.isnan(value) else row
    return None
