"""From a figure's description to what its marks draw: each layer with its table, columns, options and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from kpublish.errors import UnknownName
from kpublish.model.document import NodePath
from kpublish.model.figure import Figure, FigureDescription, Layer, Panel
from kpublish.model.finding import Fault
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.plots import MARKS, Mark
from kpublish.plots.quantities import ALONG_X, ALONG_Y, Reckoned, shown
from kpublish.plots.reckoning import reckoned
from kpublish.plots.series import Series, lacking, selected
from kpublish.plots.style import color_of, dashes_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pydantic import BaseModel


class Undrawable(Exception):
    """A figure cannot be drawn, for the reason that the fault tells."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Drawable:
    """A layer with everything that its mark needs.

    Attributes
    ----------
    node
        The way to the layer below ``figure``.
    table
        None where the layer says itself what it shows.
    columns
        As :meth:`Mark.columns` tells them.
    rows
        Rows of the table that are drawn.
    """

    layer: Layer
    node: NodePath
    mark: Mark
    options: BaseModel
    series: Series
    table: Table | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0

    @property
    def across(self) -> str:
        """Purpose whose column names the x axis."""
        return "x" if "x" in self.columns else "lower"


@dataclass(frozen=True, slots=True)
class Part:
    """A panel with what its layers draw; ``units`` are those of its axes ``x`` and ``y``."""

    node: NodePath
    panel: Panel
    drawn: tuple[Drawable, ...]
    units: Mapping[str, str | None]

    @property
    def first(self) -> Drawable | None:
        """The layer that names the axes: the first one with a table."""
        return next((item for item in self.drawn if item.table), None)


def parts(figure: Figure, project: Project) -> tuple[Part, ...]:
    """Return the panels of a figure with what their layers draw, in their order; hidden layers are left out.

    Raises
    ------
    Undrawable
        With the fault that a check would tell: FIG01 to FIG04, FIG12 (no rows), FIG13 (colour, stack), FIG14 (units).
    """
    return tuple(_part(figure, project, node, panel) for node, panel in understood(figure).parts)


def _part(figure: Figure, project: Project, above: NodePath, panel: Panel) -> Part:
    drawn: list[Drawable] = []
    units: dict[str, str | None] = {}
    dark = bool(figure.description and figure.description.dark)
    coloured = 0
    for number, layer in enumerate(panel.layers):
        node = (*above, "layers", number)
        mark, options = _mark(figure, node, layer)
        own = getattr(mark, "COLOR", None)
        if not layer.hidden:
            color = _color(figure, node, layer) or own or color_of(coloured, dark=dark)
            series = Series({}, color, dashes_of(coloured), legend_text(layer, options), number)
            item = Drawable(layer, node, mark, options, series)
            drawn.append(_filled(item, figure, project, panel, units) if layer.table else _bare(item, figure, panel))
        coloured += own is None
    if not drawn:
        raise fault(figure, above, "FIG12", "All layers are hidden.", "Show one of them.")
    return Part(above, panel, tuple(_stacked(figure, drawn)), units)


def understood(figure: Figure) -> FigureDescription:
    """Return the figure's description.

    Raises
    ------
    Undrawable
        With the first fault of the reader, where there is none.
    """
    if figure.description is not None:
        return figure.description
    missing = Fault(
        figure.document.at("figure"), "This file does not describe a figure.", "FIG01", "Say what to draw under figure:."
    )
    raise Undrawable(figure.faults[0] if figure.faults else missing)


def fault(figure: Figure, node: tuple[str | int, ...], code: str, message: str, remedy: str = "") -> Undrawable:
    """Return the error that stands at a node below ``figure``."""
    return Undrawable(Fault(figure.document.at("figure", *node), message, code, remedy))


def legend_text(layer: Layer, options: BaseModel) -> str | None:
    """Return the text in the legend: label, and whom the layer cites."""
    cited = getattr(options, "cite", None)
    return f"{layer.label} ({cited})" if layer.label and cited else layer.label


def _mark(figure: Figure, node: NodePath, layer: Layer) -> tuple[Mark, BaseModel]:
    try:
        mark = MARKS.get(layer.mark)
        options = mark.OPTIONS.model_validate(layer.options)
    except UnknownName as error:
        raise fault(figure, (*node, "mark"), "FIG02", error.message, error.remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        message = f"The mark {layer.mark!r} does not take {'.'.join(map(str, first['loc']))}: {first['msg']}."
        raise fault(figure, (*node, *first["loc"]), "FIG01", message) from error
    if missing := lacking(layer, mark):
        raise fault(figure, node, "FIG01", missing, "Write the path of a table, and the column to draw.")
    return mark, options


def _bare(item: Drawable, figure: Figure, panel: Panel) -> Drawable:
    if not item.layer.options:
        raise fault(figure, item.node, "FIG12", f"The mark {item.layer.mark} shows nothing.", "Give it a table, a text or a span.")
    return replace(item, series=replace(item.series, sky=panel.sky))


def _filled(item: Drawable, figure: Figure, project: Project, panel: Panel, units: dict[str, str | None]) -> Drawable:
    """The layer with the numbers of its table."""
    layer, node = item.layer, item.node

    def find(path: str) -> Table:
        table = project.table(path)
        if table is None:
            way = (*node, "table") if path == layer.table else (*node, "over", "table")
            raise fault(figure, way, "FIG03", f"There is no table {path!r}.", "Name a table of this repository.")
        return table

    table = find(layer.table)
    try:
        columns = item.mark.columns(layer, table)
        rows = selected(layer.where, table)
        found = reckoned(layer, table, columns, rows, find)
    except KeyError as error:
        raise fault(figure, node, "FIG04", str(error.args[0])) from error
    if not rows:
        raise fault(figure, (*node, "where"), "FIG12", f"No row of {layer.table} is selected.", "Check where: against the table.")
    if not any(_has_numbers(found.values[purpose]) for purpose in ("y", "limit") if purpose in found.values):
        raise fault(
            figure, (*node, "y"), "FIG12", f"No selected row of {layer.table} has a number in {layer.y}.", "Choose other rows."
        )
    filled = replace(item, table=table, columns=columns, rows=len(rows))
    try:
        return _on_axes(filled, found, panel, units)
    except KeyError as error:
        raise fault(figure, node, "FIG14", str(error.args[0]), "Say unit: of the axis, or draw another column.") from error


def _on_axes(item: Drawable, found: Reckoned, panel: Panel, units: dict[str, str | None]) -> Drawable:
    """The layer with numbers in the units of the axes, or as places on the map of the sky."""
    assert item.table is not None
    if panel.sky:
        from kpublish.plots.sky import projected

        if "value" in found.values or not (way := getattr(item.mark, "SKY", None)):
            raise KeyError(f"The mark {item.layer.mark} cannot be drawn on a map of the sky from this table.")
        return replace(item, series=projected(item.series, found, item.table, item.columns, panel.sky, way))
    for name, axis, purposes in (("x", panel.x, ALONG_X), ("y", panel.y, ALONG_Y)):
        first = next((purpose for purpose in purposes if purpose in found.values), "")
        timescale = item.table.parameter(item.columns[first]).timescale if first else None
        found = shown(found, axis, purposes, units.get(name), timescale)
        units.setdefault(name, found.meanings[first].unit if first else None)
    names = {purpose: meaning.label for purpose, meaning in found.meanings.items()}
    return replace(item, series=replace(item.series, values=found.values, names=names))


def _stacked(figure: Figure, drawn: Sequence[Drawable]) -> list[Drawable]:
    """Layers with ``stack`` stand on those before them: ``base`` is the lower end of each bin, ``y`` the upper one."""
    import numpy as np

    result: list[Drawable] = []
    below: Mapping[str, NDArray[np.float64]] | None = None
    for item in drawn:
        if getattr(item.options, "stack", False):
            values = item.series.values
            if below and not all(np.array_equal(values[edge], below[edge]) for edge in ("lower", "upper")):
                raise fault(figure, item.node, "FIG13", "This layer is stacked on another with other bins.", "Choose equal bins.")
            base = below["y"] if below else np.zeros_like(values["y"])
            below = {**values, "base": base, "y": base + np.nan_to_num(values["y"])}
            result.append(replace(item, series=replace(item.series, values=below)))
        else:
            result.append(item)
    return result


def _has_numbers(cells: NDArray[np.float64]) -> bool:
    import numpy as np

    return bool(np.isfinite(cells).any())


def _color(figure: Figure, node: NodePath, layer: Layer) -> str | None:
    from matplotlib.colors import is_color_like

    if layer.color is not None and not is_color_like(layer.color):
        remedy = "Write a name such as black, or red, green and blue as '#006BA4'."
        raise fault(figure, (*node, "color"), "FIG13", f"{layer.color!r} is not a colour.", remedy)
    return layer.color
