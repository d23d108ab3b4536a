"""The numbers of one layer: which columns a mark takes from a table, and which rows the layer selects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kpublish.model.figure import Layer, Sky
from kpublish.model.parameter import Parameter
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis, Role
from kpublish.plots.style import Dashes
from kpublish.registry import did_you_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Roles of a column that can be drawn along x by itself.
POSITIONS = (Role.CENTER, Role.XVALUE, Role.VALUE, Role.TIME, Role.COORDINATE)
#: Those of them that say so without an axis.
SURE_POSITIONS = (Role.CENTER, Role.XVALUE)
#: Roles of a column that belongs to another one.
ERRORS = (Role.ERROR, Role.ERROR_PLUS, Role.ERROR_MINUS)


@dataclass(frozen=True, slots=True)
class Series:
    """What a mark draws.

    Attributes
    ----------
    values
        Purpose (``x``, ``y``, ``lower``, …) → numbers of the selected rows, shape (rows,); NaN where a cell is empty.
    color, dashes
        Colour and line style of the layer.
    label
        Text in the legend, or None.
    number
        Number of the layer, from 0; later layers lie above earlier ones.
    names
        Purpose → quantity and unit of its column, as on an axis.
    sky
        The map of the sky on which the numbers are places, if they are; then curves are closed already.
    rings
        Circles around points of such a map: curves of shape (n, 2).
    """

    values: Mapping[str, NDArray[np.float64]]
    color: str
    dashes: Dashes = "solid"
    label: str | None = None
    number: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    sky: Sky | None = None
    rings: tuple[NDArray[np.float64], ...] = ()

    @property
    def height(self) -> float:
        """Where the layer lies above the grid: matplotlib's zorder."""
        return 2 + self.number / 100


def lacking(layer: Layer, mark: object) -> str:
    """Return what a layer does not say although its mark needs it, as a sentence; empty if it says all."""
    if getattr(mark, "BARE", False) and not layer.table and not layer.y:
        return ""
    missing = [key for key in ("table", "y") if not getattr(layer, key)]
    return f"The mark {layer.mark} needs {' and '.join(f'{key}:' for key in missing)}." if missing else ""


def named(table: Table, name: str) -> str:
    """Return ``name`` if the table has such a column.

    Raises
    ------
    KeyError
        With a sentence that suggests a column.
    """
    known = [parameter.columnname for parameter in table.parameters]
    if name in known:
        return name
    hint = did_you_mean(name, known) or f"Columns: {', '.join(known)}."
    raise KeyError(f"{table.path} has no column {name!r}. {hint}")


def along_x(table: Table, *, but: str) -> str | None:
    """Name of the column that says where the rows stand along x, other than ``but``; None if there is none.

    Raises
    ------
    KeyError
        If several columns could be meant, so that the layer must name one.
    """
    for axis, roles in ((Axis.X, POSITIONS), (None, SURE_POSITIONS)):
        for role in roles:
            found = [name for name in _with(table, role, axis) if name != but]
            if found:
                return _only(found, table, f"role {role.value} on axis x")
    return None


def _edge(table: Table, role: Role) -> str | None:
    """The edge on axis x; columns without axis count if none has it."""
    found = _with(table, role, Axis.X) or _with(table, role, None)
    return _only(found, table, f"role {role.value} on axis x") if found else None


def _with(table: Table, role: Role, axis: Axis | None) -> list[str]:
    return [parameter.columnname for parameter in table.parameters if (parameter.role, parameter.axis) == (role, axis)]


def edges(table: Table, lower: str | None, upper: str | None) -> dict[str, str]:
    """Return the columns of the bins' edges, named or found by role; empty if the table has none.

    Raises
    ------
    KeyError
        If a named column is not there, or only one edge can be found.
    """
    low = named(table, lower) if lower else _edge(table, Role.LOWER_EDGE)
    high = named(table, upper) if upper else _edge(table, Role.UPPER_EDGE)
    if low and high:
        return {"lower": low, "upper": high}
    if low or high:
        missing = "upper_edge" if low else "lower_edge"
        raise KeyError(f"{table.path} has no column with role {missing} on axis x. Give one that role, or name it in the layer.")
    return {}


def companions(table: Table, column: str, roles: Sequence[Role]) -> dict[str, str]:
    """Return the columns that have ``roles`` for ``column``, by role: those of the same axis, quantity and unit.

    Raises
    ------
    KeyError
        If it cannot be told which belongs to it, so that the layer must name the column.
    """
    own = table.parameter(column)
    family = [parameter for parameter in table.parameters if _kin(parameter, own)]
    rivals = [parameter.columnname for parameter in family if parameter.role is own.role and parameter.columnname != column]
    found = {role: [parameter for parameter in family if parameter.role is role] for role in roles}
    if rivals and any(found.values()):
        first = next(ones[0].columnname for ones in found.values() if ones)
        belongs = f"{table.path} does not tell whether {first!r} belongs to {column!r} or {rivals[0]!r}."
        raise KeyError(f"{belongs} Name it in the layer, or give the columns different quantities.")
    if not all(is_systematic(one) for role in roles if role in ERRORS for one in found[role]):
        found = {role: [one for one in ones if not is_systematic(one)] for role, ones in found.items()}
    names = {role: [one.columnname for one in ones] for role, ones in found.items()}
    return {role.value: _only(ones, table, f"role {role.value} for {column!r}") for role, ones in names.items() if ones}


def systematics(table: Table, column: str) -> dict[str, str]:
    """Return the columns of systematic errors beside others: ``systematic``, ``systematic_plus``, ``systematic_minus``."""
    own = table.parameter(column)
    errors = [parameter for parameter in table.parameters if _kin(parameter, own) and parameter.role in ERRORS]
    if all(is_systematic(one) for one in errors):
        return {}
    return {f"systematic{str(one.role).removeprefix('error')}": one.columnname for one in errors if is_systematic(one)}


def is_systematic(parameter: Parameter) -> bool:
    """Whether a column says that its errors are systematic."""
    return (parameter.source or "").lower().startswith("syst")


def _kin(one: Parameter, other: Parameter) -> bool:
    return (one.axis, one.quantity, one.unit) == (other.axis, other.quantity, other.unit)


def _only(found: list[str], table: Table, what: str) -> str:
    if len(found) > 1:
        raise KeyError(f"{table.path} has several columns with {what}: {', '.join(found)}. Name one in the layer.")
    return found[0]


def selected(where: Mapping[str, str], table: Table) -> list[int]:
    """Numbers (from 0) of the rows that ``where`` selects: a cell equals the text, or the number that the text spells.

    Raises
    ------
    KeyError
        With a sentence, if ``where`` names a column that the table has not.
    """
    rows = list(range(min(map(len, table.values), default=0)))
    for name, literal in where.items():
        cells, wanted = table.column(named(table, name)), _number(literal)
        rows = [row for row in rows if _equals(cells[row], literal, wanted)]
    return rows


def _equals(cell: Any, literal: str, wanted: float | None) -> bool:
    if isinstance(cell, bool):
        return str(cell).lower() == literal.lower()
    return bool(cell == literal or (wanted is not None and cell == wanted))


def _number(literal: str) -> float | None:
    try:
        return float(literal)
    except ValueError:
        return None


def numbers(table: Table, name: str, rows: Sequence[int]) -> NDArray[np.float64]:
    """Return the cells of a column as numbers, shape (rows,); NaN where a cell is empty or infinite, which no axis can show.

    Raises
    ------
    KeyError
        With a sentence, if the column does not hold numbers.
    """
    import numpy as np

    cells = table.column(name)
    try:
        found = np.array([np.nan if cells[row] is None else cells[row] for row in rows], dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise KeyError(f"The column {name!r} of {table.path} does not hold numbers. Choose another column.") from None
    found[~np.isfinite(found)] = np.nan
    return found
