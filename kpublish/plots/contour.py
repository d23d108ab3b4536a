"""Contours: closed curves whose points are rows, or lines of equal value on a grid; with a marker at the best fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field, FiniteFloat, ValidationInfo, field_validator

from kpublish.model.figure import Layer
from kpublish.model.noun import Noun
from kpublish.model.table import Table
from kpublish.plots import grid
from kpublish.plots.series import along_x, named
from kpublish.plots.style import Dashes

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from kpublish.plots.series import Series

    Numbers = NDArray[np.float64]

#: How much of what lies below a filled contour shows through.
ALPHA = 0.25


class ContourOptions(Noun):
    """Keys of a layer with ``mark: contour``: with ``levels`` the table is a grid, else its rows are points of closed curves."""

    levels: tuple[FiniteFloat, ...] | None = Field(default=None, min_length=1, description="Values of the grid at which lines run.")
    names: tuple[str, ...] | None = Field(default=None, description="Text on each of these lines, e.g. 68 % CL; else its value.")
    value: str | None = Field(default=None, description="Column of the grid's values; else the only value on axis z.")
    best: tuple[FiniteFloat, FiniteFloat] | Literal["lowest", "highest"] | None = Field(
        default=None, description="Where the best fit is marked: x and y, or the grid's lowest or highest value."
    )
    fill: bool = Field(default=False, description="Tint the inside of closed curves.")
    dashes: Dashes | None = Field(default=None, description="Line style: solid, dashed, dotted or dashdot.")
    lower: str | None = Field(default=None, description="Column of the grid's lower edges along x; else found by role.")
    upper: str | None = Field(default=None, description="Column of the grid's upper edges along x.")
    y_lower: str | None = Field(default=None, description="Column of the grid's lower edges along y; else found by role.")
    y_upper: str | None = Field(default=None, description="Column of the grid's upper edges along y.")

    @field_validator("levels")
    @classmethod
    def _rising(cls, levels: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if levels and list(levels) != sorted(set(levels)):
            raise ValueError("levels must rise")
        return levels

    @field_validator("names")
    @classmethod
    def _one_each(cls, names: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        if names and len(names) != len(info.data.get("levels") or ()):
            raise ValueError("there must be one for each of levels")
        return names

    @field_validator("best")
    @classmethod
    def _on_a_grid(cls, best: tuple[float, float] | str | None, info: ValidationInfo) -> tuple[float, float] | str | None:
        if isinstance(best, str) and not info.data.get("levels"):
            raise ValueError("closed curves have no such value; write x and y")
        return best


OPTIONS = ContourOptions
SKY = "closed"


def columns(layer: Layer, table: Table) -> dict[str, str]:
    """Return the columns along x and y; of a grid also its value, and its edges where the table has them.

    Raises
    ------
    KeyError
        If the table has no column for x, no column ``y``, or a grid no value.
    """
    y = named(table, layer.y)
    if layer.options.get("levels"):
        found = grid.cells(layer, table) | {"value": grid.value(layer, table)}
        if "lower" in found and "y_lower" in found:
            return found | {"y": y}
        return {"x": _along_x(layer, table), "y": y, "value": found["value"]}
    return {"x": _along_x(layer, table), "y": y}


def _along_x(layer: Layer, table: Table) -> str:
    x = named(table, layer.x) if layer.x else along_x(table, but=layer.y)
    if x is None:
        raise KeyError(f"{table.path} has no column on axis x that a contour can follow. Name one: x: in the layer.")
    return x


def draw(axes: Axes, series: Series, options: ContourOptions) -> None:
    """Draw the contours and the best fit; a row without numbers ends one closed curve and begins the next.

    Raises
    ------
    ValueError
        If a curve is a single point, or the rows form no grid.
    """
    best = _lines(axes, series, options) if options.levels else _curves(axes, series, options)
    if best is not None:
        axes.plot([best[0]], [best[1]], "*", markersize=12, color=series.color, zorder=series.height)


def _curves(axes: Axes, series: Series, options: ContourOptions) -> tuple[float, float] | None:
    label = series.label
    for x, y in closed(series):
        if options.fill:
            axes.fill(x, y, color=series.color, alpha=ALPHA, linewidth=0, zorder=series.height)
        axes.plot(x, y, color=series.color, linestyle=options.dashes or series.dashes, label=label, zorder=series.height)
        label = None
    return None if isinstance(options.best, str) else options.best


def closed(series: Series) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield x and y of each closed curve; the first point is repeated at the end."""
    import numpy as np

    points = np.column_stack([series.values["x"], series.values["y"]])
    whole = np.isfinite(points[:, 0] + points[:, 1])
    for piece in np.split(np.arange(len(points)), np.flatnonzero(np.diff(whole)) + 1):
        if not whole[piece[0]]:
            continue
        if len(piece) < 2:
            raise ValueError("a single point is no curve")
        x, y = points[piece if series.sky else [*piece, piece[0]]].T
        yield x, y


def _lines(axes: Axes, series: Series, options: ContourOptions) -> tuple[float, float] | None:
    import numpy as np

    x, y, matrix = grid.nodes(series, logarithmic=(axes.get_xscale() == "log", axes.get_yscale() == "log"))
    if min(matrix.shape) < 2 or not np.isfinite(matrix).any():
        raise ValueError("lines of equal value need a grid of at least two by two numbers")
    levels, style = options.levels or (), options.dashes or series.dashes
    lines = axes.contour(x, y, matrix, levels, colors=series.color, linestyles=style, linewidths=2.0, zorder=series.height)
    # On a logarithmic axis they would cut off what other layers show.
    lines.sticky_edges.x[:] = lines.sticky_edges.y[:] = []
    axes.autoscale_view()
    words = dict(zip(levels, options.names or [f"{level:g}" for level in levels], strict=True))
    for text in lines.clabel(fmt=words, fontsize=11):
        text.set_clip_on(True)
    if series.label:
        axes.plot([], [], color=series.color, linestyle=style, label=series.label)
    if not isinstance(options.best, str):
        return options.best
    place = np.nanargmin(matrix) if options.best == "lowest" else np.nanargmax(matrix)
    row, column = np.unravel_index(place, matrix.shape)
    return float(x[column]), float(y[row])
