"""A band: the area between two columns, or around a value with its errors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import Field, StrictBool

from kpublish.model.figure import Layer
from kpublish.model.noun import Noun
from kpublish.model.table import Table
from kpublish.plots.series import ERRORS, along_x, companions, edges, named
from kpublish.plots.steps import outline

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from kpublish.plots.series import Series

#: How much of what lies below shows through.
ALPHA = 0.3


class BandOptions(Noun):
    """Keys of a layer with ``mark: band``: it reaches from ``low`` to ``high``, or around ``y`` by its errors."""

    low: str | None = Field(default=None, description="Column of the lower bound; else y, where high is named.")
    high: str | None = Field(default=None, description="Column of the upper bound; else y, where low is named.")
    error: str | None = Field(default=None, description="Column of the symmetric error of y; else errors are found by role.")
    error_plus: str | None = Field(default=None, description="Column of the upward error of y.")
    error_minus: str | None = Field(default=None, description="Column of the downward error of y.")
    lower: str | None = Field(default=None, description="Column of the bins' lower edges: then the band goes in steps.")
    upper: str | None = Field(default=None, description="Column of the bins' upper edges.")
    steps: StrictBool = Field(default=False, description="Draw in steps from edge to edge, also where the table has positions.")


OPTIONS = BandOptions


def columns(layer: Layer, table: Table) -> dict[str, str]:
    """Return the columns along x, of y, and of bounds or errors.

    Raises
    ------
    KeyError
        If the table has neither positions nor edges along x, no column ``y``, or nothing that bounds the band.
    """
    y, stated = named(table, layer.y), layer.options
    across = _across(layer, table)
    bounds = {purpose: named(table, stated[key]) for purpose, key in (("bottom", "low"), ("top", "high")) if stated.get(key)}
    errors = {key: named(table, stated[key]) for key in ERRORS if stated.get(key)}
    reach = bounds or errors or companions(table, y, ERRORS)
    if not reach:
        raise KeyError(f"{table.path} has no errors of {y!r} that a band could show. Name columns: low: and high:, or error:.")
    return across | {"y": y} | {str(purpose): column for purpose, column in reach.items()}


def _across(layer: Layer, table: Table) -> dict[str, str]:
    """The position along x, or the edges if it is drawn in steps."""
    stated = layer.options
    in_steps = stated.get("steps") is True or stated.get("lower") or stated.get("upper")
    x = None if in_steps else named(table, layer.x) if layer.x else along_x(table, but=layer.y)
    if x:
        return {"x": x}
    found = edges(table, stated.get("lower"), stated.get("upper"))
    if not found:
        raise KeyError(f"{table.path} has neither positions nor edges on axis x that a band can follow. Name one: x: in the layer.")
    return found


def draw(axes: Axes, series: Series, options: BandOptions) -> None:  # noqa: ARG001 - they decided which columns there are
    """Fill the band; it is broken where a bound is missing, and reaches the end of a logarithmic axis where it is not positive.

    Raises
    ------
    ValueError
        If bins overlap, or no row has both bounds.
    """
    import numpy as np

    low, high = limits(series)
    if not np.isfinite(low + high).any():
        raise ValueError("no selected row has both bounds of the band")
    looks: dict[str, Any] = {"color": series.color, "alpha": ALPHA, "linewidth": 0, "label": series.label, "zorder": series.height}
    if "x" in series.values:
        axes.fill_between(series.values["x"], low, high, where=np.isfinite(low + high).tolist(), **looks)
        return
    low[np.isnan(high)], high[np.isnan(low)] = np.nan, np.nan
    bottom, _ = outline(replace(series, values={**series.values, "y": low}))
    top, borders = outline(replace(series, values={**series.values, "y": high}))
    axes.stairs(top, borders, baseline=bottom, fill=True, **looks)


def limits(series: Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper bound of each row, shape (rows,) each; NaN where there is none."""
    import numpy as np

    values = series.values
    y = values["y"]
    if "bottom" in values or "top" in values:
        return values.get("bottom", y).copy(), values.get("top", y).copy()
    both = values.get("error", np.zeros_like(y))
    return y - values.get("error_minus", both), y + values.get("error_plus", both)
