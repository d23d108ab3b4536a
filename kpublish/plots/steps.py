"""A histogram-like curve: one horizontal step from edge to edge for each bin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from pydantic import Field

from kpublish.model.figure import Layer
from kpublish.model.noun import Noun
from kpublish.model.table import Table
from kpublish.plots.series import edges, named
from kpublish.plots.style import Dashes

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from kpublish.plots.series import Series


#: How much of what lies below filled steps hides.
ALPHA = 0.6


class StepsOptions(Noun):
    """Keys of a layer with ``mark: steps``."""

    lower: str | None = Field(
        default=None, description="Column of the bins' lower edges; else the one with role lower_edge on axis x."
    )
    upper: str | None = Field(
        default=None, description="Column of the bins' upper edges; else the one with role upper_edge on axis x."
    )
    dashes: Dashes | None = Field(default=None, description="Line style: solid, dashed, dotted or dashdot.")
    fill: bool = Field(default=False, description="Fill the area below the steps.")
    stack: bool = Field(default=False, description="Stand on the stacked layers before this one, and fill the area between.")


OPTIONS = StepsOptions


def columns(layer: Layer, table: Table) -> dict[str, str]:
    """Return the columns of the edges and of the height of the steps.

    Raises
    ------
    KeyError
        If the table has no edges along x, or no column ``y``.
    """
    found = edges(table, layer.options.get("lower"), layer.options.get("upper"))
    if not found:
        raise KeyError(f"{table.path} has no columns with roles lower_edge and upper_edge on axis x, which steps need.")
    return {**found, "y": named(table, layer.y)}


def draw(axes: Axes, series: Series, options: StepsOptions) -> None:
    """Draw the steps; bins that do not touch leave a gap, empty cells too, and zeros reach the lower end of a logarithmic axis.

    Raises
    ------
    ValueError
        If bins overlap: then the layer selects more than one row for each bin.
    """
    from matplotlib import rcParams

    heights, borders = outline(series)
    style = options.dashes or series.dashes
    looks: dict[str, Any] = {"color": series.color, "label": series.label, "zorder": series.height}
    if options.stack:
        bottom, _ = outline(replace(series, values={**series.values, "y": series.values["base"]}))
        axes.stairs(heights, borders, baseline=bottom, fill=True, **looks)
        return
    if options.fill:
        axes.stairs(heights, borders, fill=True, alpha=ALPHA, **looks)
        looks["label"] = None
    axes.stairs(heights, borders, baseline=None, linestyle=style, linewidth=rcParams["lines.linewidth"], **looks)


def outline(series: Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return heights, shape (n,), and borders, shape (n + 1,), of the bins and of the gaps between them, whose height is NaN."""
    import numpy as np

    lower, upper, heights = (series.values[purpose] for purpose in ("lower", "upper", "y"))
    order = np.argsort(lower, kind="stable")
    order = order[np.isfinite(lower[order]) & np.isfinite(upper[order])]
    lower, upper, heights = lower[order], upper[order], heights[order]
    step = lower[1:] - upper[:-1]
    # Neighbours' edges may differ in the last digit when they were computed.
    tolerance = 1e-6 * np.minimum(upper[1:] - lower[1:], upper[:-1] - lower[:-1])
    if np.any(step < -tolerance):
        raise ValueError("bins overlap, so that several rows are drawn at the same place; select rows by where")
    gaps = np.flatnonzero(step > tolerance) + 1
    heights = np.insert(heights, gaps, np.nan)
    borders = np.append(np.insert(lower, gaps, upper[gaps - 1]), upper[-1:])
    return cast("NDArray[np.float64]", heights), borders
