"""Measured points with their errors: bins or errors along x, errors along y (also asymmetric), limits as arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from kpublish.model.figure import Layer
from kpublish.model.noun import Noun
from kpublish.model.table import Table
from kpublish.model.vocabularies import Role
from kpublish.plots.series import ERRORS, along_x, companions, edges, named, systematics
from kpublish.plots.thinning import MANY, distinct

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.path import Path
    from numpy.typing import NDArray

    from kpublish.plots.series import Series

#: One for each layer, so that layers differ without colour.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")


#: Width of error bars, in widths of lines; length of arrows, in sizes of markers.
THIN, ARROW = 0.75, 5.0
#: Of more points than these the markers are smaller, so that they leave one another room; never smaller than this part.
CROWD, SMALLEST = 200, 0.25
#: Width of the bars of systematic errors.
WIDE = 8.0
#: How much of what lies below they hide.
ALPHA = 0.35


class PointsOptions(Noun):
    """Keys of a layer with ``mark: points``: errors and limits are those that it names, or if it names none, found by role."""

    lower: str | None = Field(default=None, description="Column of the bins' lower edges, drawn as horizontal bars.")
    upper: str | None = Field(default=None, description="Column of the bins' upper edges.")
    error: str | None = Field(default=None, description="Column of the symmetric error of y.")
    error_plus: str | None = Field(default=None, description="Column of the upward error of y.")
    error_minus: str | None = Field(default=None, description="Column of the downward error of y.")
    limit: str | None = Field(default=None, description="Column of limits, drawn as arrows in rows where y is empty.")
    arrow: Literal["down", "up"] = Field(default="down", description="Where limits point: down for upper limits.")
    systematic: str | None = Field(default=None, description="Column of the symmetric systematic error, drawn as a wide bar.")
    radius: str | None = Field(default=None, description="On maps of the sky: column of the radius of a circle around each point.")
    marker: Literal["o", "s", "^", "D", "v", "P", "X", "p"] | None = Field(
        default=None, description="matplotlib's name of the marker."
    )


OPTIONS = PointsOptions
SKY = "places"


def columns(layer: Layer, table: Table) -> dict[str, str]:
    """Return the columns of position, value, errors and limits.

    Raises
    ------
    KeyError
        If the table has neither positions nor edges along x, no column ``y``, or if it cannot be told to what an error belongs.
    """
    options, y = layer.options, named(table, layer.y)
    found = _across(layer, table) | {"y": y}
    if options.get("radius"):
        return found | {"radius": named(table, options["radius"])}
    if table.parameter(y).role is Role.LIMIT:
        return found | {"limit": y}
    named_keys = ("error", "error_plus", "error_minus", "limit", "systematic")
    if given := {key: named(table, options[key]) for key in named_keys if options.get(key)}:
        return found | given
    return found | companions(table, y, (*ERRORS, Role.LIMIT)) | systematics(table, y)


def _across(layer: Layer, table: Table) -> dict[str, str]:
    """Columns along x: the position, or edges, or both."""
    x = named(table, layer.x) if layer.x else along_x(table, but=layer.y)
    stated = layer.options.get("lower"), layer.options.get("upper")
    # Edges found by role belong to axis x of the table, not to another column that the layer names.
    found = edges(table, *stated) if any(stated) or not layer.x else {}
    if x is None and not found:
        raise KeyError(f"{table.path} has neither positions nor edges on axis x. Name a column: x: in the layer.")
    if x is not None and not found:
        found = {f"x_{key}": name for key, name in companions(table, x, ERRORS).items()}
    return found | ({"x": x} if x else {})


def draw(axes: Axes, series: Series, options: PointsOptions) -> None:
    """Draw the points; rows without position or value are left out.

    Raises
    ------
    ValueError
        If an error is negative, or a point lies outside its bin.
    """
    import numpy as np
    from matplotlib import rcParams

    x, y = positions(series, logarithmic=axes.get_xscale() == "log"), series.values["y"]
    limit = series.values.get("limit", np.full_like(y, np.nan))
    limited = np.isfinite(x) & np.isfinite(limit) & (np.isnan(y) | (limit == y))
    shown = np.isfinite(x) & np.isfinite(y) & ~limited
    label = series.label
    looks: dict[str, Any] = {"color": series.color, "linestyle": "none", "zorder": series.height}
    for ring in series.rings:
        axes.plot(*ring.T, color=series.color, linewidth=1.0, zorder=series.height)
    if shown.any():
        marker = options.marker or MARKERS[series.number % len(MARKERS)]
        across, upward = _bars(series, "x_", x, shown), _bars(series, "", y, shown)
        if (wide := _bars(series, "systematic", y, shown)) is not None:
            broad: dict[str, Any] = {"fmt": "none", "ecolor": series.color, "elinewidth": WIDE, "alpha": ALPHA}
            axes.errorbar(x[shown], y[shown], yerr=wide, zorder=series.height, **broad)
        if across is None and upward is None:
            seen = distinct(axes, x[shown], y[shown])
            size = rcParams["lines.markersize"] * max(SMALLEST, min(1.0, (CROWD / len(seen)) ** 0.5))
            dots = looks | {"marker": marker, "markersize": size, "markeredgewidth": size / 6, "label": label}
            axes.plot(x[shown][seen], y[shown][seen], rasterized=len(x) > MANY, **dots)
        else:
            looks_of_points = looks | {"marker": marker, "elinewidth": THIN * rcParams["lines.linewidth"], "label": label}
            axes.errorbar(x[shown], y[shown], xerr=across, yerr=upward, rasterized=len(x) > MANY, **looks_of_points)
        label = None
    if limited.any():
        arrow = _arrow(-1 if options.arrow == "down" else 1)
        if "lower" in series.values:
            axes.errorbar(
                x[limited],
                limit[limited],
                xerr=_bars(series, "x_", x, limited),
                fmt="none",
                ecolor=series.color,
                elinewidth=THIN * rcParams["lines.linewidth"],
                zorder=series.height,
            )
        axes.plot(
            x[limited],
            limit[limited],
            marker=arrow,
            markersize=ARROW * rcParams["lines.markersize"],
            markeredgewidth=THIN * rcParams["lines.linewidth"],
            markerfacecolor="none",
            label=label,
            **looks,
        )


def positions(series: Series, *, logarithmic: bool) -> NDArray[np.float64]:
    """Where the points stand along x: as the table says, else in the middle of the bin as the axis shows it."""
    import numpy as np

    if "x" in series.values:
        return series.values["x"]
    lower, upper = series.values["lower"], series.values["upper"]
    return np.sqrt(lower * upper) if logarithmic else (lower + upper) / 2


def _bars(series: Series, prefix: str, center: NDArray[np.float64], shown: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Lengths of the bars downwards and upwards, shape (2, rows shown), or None; where a cell is empty there is no bar."""
    import numpy as np

    values = series.values
    if prefix == "x_" and "lower" in values:
        pair = center - values["lower"], values["upper"] - center
    else:
        name = prefix if prefix == "systematic" else f"{prefix}error"
        both = values.get(name, np.zeros_like(center))
        pair = values.get(f"{name}_minus", both), values.get(f"{name}_plus", both)
    bars = np.nan_to_num(np.array(pair)[:, shown])
    return bars if bars.any() else None


def _arrow(direction: int) -> Path:
    """A bar at the limit and an arrow that leads away from it."""
    from matplotlib.path import Path

    strokes = [(-0.3, 0), (0.3, 0)], [(0, 0), (0, direction)], [(-0.2, 0.7 * direction), (0, direction), (0.2, 0.7 * direction)]
    codes = [code for stroke in strokes for code in (Path.MOVETO, *[Path.LINETO] * (len(stroke) - 1))]
    return Path([point for stroke in strokes for point in stroke], codes)
