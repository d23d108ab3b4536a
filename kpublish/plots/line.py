"""A curve through the rows, in the table's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from kpublish.model.figure import Layer
from kpublish.model.noun import Noun
from kpublish.model.table import Table
from kpublish.plots.series import along_x, named
from kpublish.plots.style import Dashes
from kpublish.plots.thinning import MANY, envelope

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kpublish.plots.series import Series


class LineOptions(Noun):
    """Keys of a layer with ``mark: line``."""

    dashes: Dashes | None = Field(default=None, description="Line style: solid, dashed, dotted or dashdot.")


OPTIONS = LineOptions
SKY = "curve"


def columns(layer: Layer, table: Table) -> dict[str, str]:
    """Return the columns along x and y.

    Raises
    ------
    KeyError
        If the table has no column for x, or no column ``y``.
    """
    x = named(table, layer.x) if layer.x else along_x(table, but=layer.y)
    if x is None:
        raise KeyError(f"{table.path} has no column on axis x that a line can follow. Name one: x: in the layer.")
    return {"x": x, "y": named(table, layer.y)}


def draw(axes: Axes, series: Series, options: LineOptions) -> None:
    """Draw the line; it is broken where a cell is empty."""
    style = options.dashes or series.dashes
    x, y = envelope(axes, series.values["x"], series.values["y"])
    looks: dict[str, Any] = {"color": series.color, "linestyle": style, "label": series.label, "zorder": series.height}
    axes.plot(x, y, rasterized=len(series.values["x"]) > MANY, **looks)
