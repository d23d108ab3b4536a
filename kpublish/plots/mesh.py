"""A two-dimensional histogram or matrix: one coloured cell for each row, with a colour bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, FiniteFloat

from kpublish.model.figure import Layer
from kpublish.model.noun import Noun
from kpublish.model.table import Table
from kpublish.plots import grid

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from numpy.typing import NDArray

    from kpublish.plots.series import Series


class MeshOptions(Noun):
    """Keys of a layer with ``mark: mesh``: ``y`` names any column of the quantity along y; ``label`` replaces the colour bar's."""

    value: str | None = Field(default=None, description="Column that the colour shows; else the only value on axis z.")
    scale: Literal["linear", "log"] = Field(
        default="linear", description="Of the colour; cells without positive number stay blank."
    )
    range: tuple[FiniteFloat, FiniteFloat] | None = Field(default=None, description="From and to on the colour bar.")
    lower: str | None = Field(default=None, description="Column of the lower edges along x; else found by role.")
    upper: str | None = Field(default=None, description="Column of the upper edges along x.")
    y_lower: str | None = Field(default=None, description="Column of the lower edges along y; else found by role.")
    y_upper: str | None = Field(default=None, description="Column of the upper edges along y.")


OPTIONS = MeshOptions


def columns(layer: Layer, table: Table) -> dict[str, str]:
    """Return the columns of the edges along both axes and of the value.

    Raises
    ------
    KeyError
        If the table has no edges along x or y, no value, or if it cannot be told which are meant.
    """
    found = grid.cells(layer, table)
    if "lower" not in found:
        raise KeyError(f"{table.path} has no columns with roles lower_edge and upper_edge on axis x, which a mesh needs.")
    if "y_lower" not in found:
        raise KeyError(f"{table.path} has no columns with roles lower_edge and upper_edge that belong to {layer.y!r}.")
    return found | {"y": layer.y, "value": grid.value(layer, table)}


def draw(axes: Axes, series: Series, options: MeshOptions) -> None:
    """Draw the cells; where there is no row, or none with a number, the figure stays blank.

    Raises
    ------
    ValueError
        If the rows form no grid, or the colour has nothing to show.
    """
    x, y, matrix = grid.binned(series)
    shades = _shades(matrix, options)
    # As an image also in SVG and PDF: side by side, cells would leave hairlines, and large ones make large files.
    cells = axes.pcolormesh(x, y, matrix, norm=shades, rasterized=True, zorder=series.height)
    # Inside, the mesh would hide them.
    axes.tick_params(which="both", direction="out", top=False, right=False)
    label = series.label or series.names.get("value", "")
    axes.figure.colorbar(cells, ax=axes, label=label, extend=_beyond(matrix, shades), pad=0.02)


def _shades(matrix: NDArray[np.float64], options: MeshOptions) -> Normalize:
    """How numbers become colours; numbers that cannot be shown become NaN in ``matrix``."""
    import numpy as np
    from matplotlib.colors import LogNorm, Normalize

    kind = LogNorm if options.scale == "log" else Normalize
    if options.scale == "log":
        matrix[~(matrix > 0)] = np.nan
    if not np.isfinite(matrix).any():
        raise ValueError(f"no selected row has a {'positive ' if options.scale == 'log' else ''}number for the colour")
    low, high = options.range or (float(np.nanmin(matrix)), float(np.nanmax(matrix)))
    if low > high or (options.scale == "log" and low <= 0):
        raise ValueError(f"the colours' range from {low} to {high} does not suit a {options.scale} scale")
    return kind(low, high)


def _beyond(matrix: NDArray[np.float64], shades: Normalize) -> Literal["neither", "both", "min", "max"]:
    """On which side there are numbers beyond the colour bar."""
    import numpy as np

    below, above = bool(np.nanmin(matrix) < (shades.vmin or 0)), bool(np.nanmax(matrix) > (shades.vmax or 0))
    if below and above:
        return "both"
    return "min" if below else "max" if above else "neither"
