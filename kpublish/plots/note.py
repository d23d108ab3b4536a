"""What others found, and remarks: reference curves with their citation, spans, lines across the axes, and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from kpublish.model.figure import Layer
from kpublish.model.noun import Noun
from kpublish.model.table import Table
from kpublish.plots import line
from kpublish.plots.areas import REMARK
from kpublish.plots.sky import on_map, plane
from kpublish.plots.style import Dashes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kpublish.plots.series import Series

#: Grey, so that one's own results stand out.
COLOR = "#595959"
#: It can do without a table.
BARE = True
SKY = "curve"
#: Spans and lines across lie below the data, so that legends may stand on them.
BEHIND = 0.5
#: How much of the grid a span hides.
ALPHA = 0.2


class NoteOptions(Noun):
    """Keys of a layer with ``mark: note``: with a table it is a thin curve; else one of text, span, line and plane."""

    cite: str | None = Field(default=None, description="Whose curve it is, e.g. Phys. Rev. D 104, 022002; added to the label.")
    text: str | None = Field(default=None, description="Text at a place in the axes.")
    at: tuple[FiniteFloat, FiniteFloat] | None = Field(default=None, description="Place of the text: x and y.")
    axis: Literal["x", "y"] = Field(default="x", description="Axis on which span and line have their numbers.")
    span: tuple[FiniteFloat, FiniteFloat] | None = Field(default=None, description="Tint the axes from one number to another.")
    line: FiniteFloat | None = Field(default=None, description="Draw a line across the axes at this number.")
    plane: Literal["galactic", "ecliptic"] | None = Field(default=None, description="On maps of the sky: this plane.")
    dashes: Dashes = Field(default="dashed", description="Line style: solid, dashed, dotted or dashdot.")

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if (self.text is None) is not (self.at is None):
            raise ValueError("text and at belong together")
        return self


OPTIONS = NoteOptions


def columns(layer: Layer, table: Table) -> dict[str, str]:
    """Return the columns of a reference curve, as for a line.

    Raises
    ------
    KeyError
        As for a line.
    """
    return line.columns(layer, table)


def draw(axes: Axes, series: Series, options: NoteOptions) -> None:
    """Draw the curve, or what the layer says itself.

    Raises
    ------
    ValueError
        If a plane of the sky is asked for where there is none.
    """
    looks: dict[str, Any] = {"color": series.color, "label": series.label}
    thin: dict[str, Any] = {"linewidth": 1.5, "linestyle": options.dashes}
    if "x" in series.values:
        axes.plot(series.values["x"], series.values["y"], zorder=series.height, **looks, **thin)
    elif options.plane:
        if series.sky is None:
            raise ValueError("only a map of the sky has such a plane")
        axes.plot(*plane(options.plane, series.sky).T, zorder=series.height, **looks, **thin)
    elif series.sky and not options.text:
        raise ValueError("spans and lines across cannot be drawn on a map of the sky")
    elif options.span:
        across = axes.axvspan if options.axis == "x" else axes.axhspan
        across(*options.span, alpha=ALPHA, linewidth=0, zorder=BEHIND, **looks)
    elif options.line is not None:
        (axes.axvline if options.axis == "x" else axes.axhline)(options.line, zorder=BEHIND, **looks, **thin)
    if options.text and options.at:
        place = on_map(*options.at, series.sky) if series.sky else options.at
        still: dict[str, Any] = {"fontsize": "small", "ha": "center", "va": "center", "label": REMARK}
        axes.text(*place, options.text, color=series.color, zorder=series.height, **still)
