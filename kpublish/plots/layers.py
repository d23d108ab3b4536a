"""From a figure's description to what its marks draw: each layer with its table, columns, options and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from kpublish.errors import UnknownName
from kpublish.model.figure import Figure, FigureDescription, Layer
from kpublish.model.finding import Fault
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.plots import MARKS, Mark
from kpublish.plots.series import Series, numbers, selected
from kpublish.plots.style import axis_label, color_of, dashes_of

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
    """A layer with everything that its mark needs; ``columns`` as :meth:`Mark.columns` tells them."""

    mark: Mark
    options: BaseModel
    table: Table
    columns: dict[str, str]
    series: Series

    @property
    def along_x(self) -> str:
        """Column that names the x axis."""
        return self.columns["x"] if "x" in self.columns else self.columns["lower"]


def drawables(figure: Figure, project: Project) -> tuple[Drawable, ...]:
    """Return what the layers of a figure draw, in their order.

    Raises
    ------
    Undrawable
        With the fault that a check would tell: FIG01 to FIG04, FIG12 (no rows), FIG13 (colour).
    """
    description = understood(figure)
    return tuple(_drawable(figure, project, number, layer) for number, layer in enumerate(description.layers))


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


def _drawable(figure: Figure, project: Project, number: int, layer: Layer) -> Drawable:
    node = ("layers", number)
    table = project.table(layer.table)
    if table is None:
        raise fault(figure, (*node, "table"), "FIG03", f"There is no table {layer.table!r}.", "Name a table of this repository.")
    try:
        mark = MARKS.get(layer.mark)
        options = mark.OPTIONS.model_validate(layer.options)
        columns = mark.columns(layer, table)
        rows = selected(layer, table)
        values = {purpose: numbers(table, column, rows) for purpose, column in columns.items()}
    except UnknownName as error:
        raise fault(figure, (*node, "mark"), "FIG02", error.message, error.remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        message = f"The mark {layer.mark!r} does not take {'.'.join(map(str, first['loc']))}: {first['msg']}."
        raise fault(figure, (*node, *first["loc"]), "FIG01", message) from error
    except KeyError as error:
        raise fault(figure, node, "FIG04", str(error.args[0])) from error
    if not rows:
        raise fault(figure, (*node, "where"), "FIG12", f"No row of {layer.table} is selected.", "Check where: against the table.")
    if not any(_has_numbers(values[purpose]) for purpose in ("y", "limit") if purpose in values):
        raise fault(
            figure, (*node, "y"), "FIG12", f"No selected row of {layer.table} has a number in {layer.y}.", "Choose other rows."
        )
    names = {purpose: axis_label(table.parameter(column)) for purpose, column in columns.items()}
    series = Series(values, _color(figure, number, layer), dashes_of(number), layer.label, number, names)
    return Drawable(mark, options, table, columns, series)


def _has_numbers(cells: NDArray[np.float64]) -> bool:
    import numpy as np

    return bool(np.isfinite(cells).any())


def _color(figure: Figure, number: int, layer: Layer) -> str:
    from matplotlib.colors import is_color_like

    if layer.color is not None and not is_color_like(layer.color):
        remedy = "Write a name such as black, or red, green and blue as '#006BA4'."
        raise fault(figure, ("layers", number, "color"), "FIG13", f"{layer.color!r} is not a colour.", remedy)
    return layer.color or color_of(number)
