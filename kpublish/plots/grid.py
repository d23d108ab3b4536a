"""Grids: from rows, each a cell or node of a grid, to a matrix whose rows lie along y and whose columns lie along x."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpublish.model.figure import Layer
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis, Role
from kpublish.plots.series import companions, edges, named

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpublish.plots.series import Series

    Numbers = NDArray[np.float64]

#: Cells of the largest grid; rows that do not share edges would need more, and so much memory.
LARGEST = 20_000_000


def cells(layer: Layer, table: Table) -> dict[str, str]:
    """Return the columns of the edges along x (``lower``, ``upper``) and y (``y_lower``, ``y_upper``), as far as there are any.

    Those along y have the axis, quantity and unit of the column ``y``.

    Raises
    ------
    KeyError
        If a named column is not there, or if it cannot be told which edges are meant.
    """
    y, stated = named(table, layer.y), layer.options
    found: dict[str, str] = {}
    if stated.get("lower") or stated.get("upper") or not layer.x:
        found |= edges(table, stated.get("lower"), stated.get("upper"))
    else:
        found |= _pair(table, named(table, layer.x), "")
    for key in ("y_lower", "y_upper"):
        if stated.get(key):
            found[key] = named(table, stated[key])
    return found if "y_lower" in found and "y_upper" in found else found | _pair(table, y, "y_")


def _pair(table: Table, column: str, prefix: str) -> dict[str, str]:
    found = companions(table, column, (Role.LOWER_EDGE, Role.UPPER_EDGE))
    return {f"{prefix}{role.removesuffix('_edge')}": name for role, name in found.items()} if len(found) == 2 else {}


def value(layer: Layer, table: Table) -> str:
    """Return the column of the numbers on the grid: the one that the layer names, else the only value on axis z.

    Raises
    ------
    KeyError
        If there is none, or more than one.
    """
    if stated := layer.options.get("value"):
        return named(table, stated)
    values = [one.columnname for one in table.parameters if one.axis is Axis.Z and one.role in (Role.VALUE, Role.RETURNVALUE)]
    if len(values) != 1:
        found = (
            f"several columns with role value on axis z: {', '.join(values)}" if values else "no column with role value on axis z"
        )
        raise KeyError(f"{table.path} has {found}. Name one: value: in the layer.")
    return values[0]


def binned(series: Series) -> tuple[Numbers, Numbers, Numbers]:
    """Return the borders along x, shape (n + 1,), and y, shape (m + 1,), and the numbers, shape (m, n); NaN where there is no row.

    Raises
    ------
    ValueError
        If the bins overlap or are no bins of a grid.
    """
    x, across = _bins(*_complete(series, "lower", "upper"))
    y, upward = _bins(*_complete(series, "y_lower", "y_upper"))
    return x, y, _matrix(across, upward, _complete(series, "value")[0], (len(y) - 1, len(x) - 1))


def nodes(series: Series, *, logarithmic: tuple[bool, bool]) -> tuple[Numbers, Numbers, Numbers]:
    """Return the places along x, shape (n,), and y, shape (m,), and the numbers, shape (m, n); NaN where there is no row.

    Places are the middles of the bins as the axes show them, or the positions of the rows.

    Raises
    ------
    ValueError
        As for :func:`binned`.
    """
    import numpy as np

    if "lower" in series.values:
        x, y, matrix = binned(series)
        return _middles(x, logarithmic[0]), _middles(y, logarithmic[1]), matrix
    x, across = np.unique(_complete(series, "x")[0], return_inverse=True)
    y, upward = np.unique(_complete(series, "y")[0], return_inverse=True)
    return x, y, _matrix(across, upward, _complete(series, "value")[0], (len(y), len(x)))


def _complete(series: Series, *purposes: str) -> tuple[Numbers, ...]:
    """The numbers of the rows that have a place on the grid."""
    import numpy as np

    places = [purpose for purpose in ("lower", "upper", "y_lower", "y_upper") if purpose in series.values] or ["x", "y"]
    placed = np.all([np.isfinite(series.values[purpose]) for purpose in places], axis=0)
    return tuple(series.values[purpose][placed] for purpose in purposes)


def _bins(lower: Numbers, upper: Numbers) -> tuple[Numbers, NDArray[np.intp]]:
    """Borders of all bins, and the number of each row's bin."""
    import numpy as np

    if not lower.size or np.any(upper <= lower):
        raise ValueError("no row has edges" if not lower.size else "a bin's upper edge does not lie above its lower edge")
    found = np.unique(np.concatenate([lower, upper]))
    # Neighbours' edges may differ in the last digit when they were computed.
    borders = found[np.append(True, np.diff(found) > 1e-6 * (upper - lower).min())]
    between = (borders[1:] + borders[:-1]) / 2
    first, last = np.searchsorted(between, lower), np.searchsorted(between, upper)
    if np.any(last - first != 1):
        raise ValueError("bins overlap, so that they form no grid; select rows by where")
    return borders, first


def _matrix(across: NDArray[np.intp], upward: NDArray[np.intp], numbers: Numbers, shape: tuple[int, int]) -> Numbers:
    import numpy as np

    if shape[0] * shape[1] > LARGEST:
        raise ValueError(f"its rows form no grid, or one of more than {LARGEST} cells")
    flat = upward * shape[1] + across
    if len(np.unique(flat)) < len(flat):
        raise ValueError("several rows are drawn at the same place; select rows by where")
    matrix = np.full(shape, np.nan)
    matrix[upward, across] = numbers
    return matrix


def _middles(borders: Numbers, logarithmic: bool) -> Numbers:
    import numpy as np

    low, high = borders[:-1], borders[1:]
    return np.asarray(np.sqrt(low * high) if logarithmic else (low + high) / 2)
