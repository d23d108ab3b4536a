"""RENDER: one module per mark; what each mark needs is declared without importing matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kpublish.model.figure import Layer
from kpublish.model.table import Table
from kpublish.registry import Registry

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pydantic import BaseModel

    from kpublish.plots.series import Series


class Mark(Protocol):
    """A mark: the keys a layer may have for it, the columns it needs, and how it is drawn.

    ``OPTIONS`` is the pydantic model of the layer's further keys (``Layer.options``); its field descriptions are the reference.
    """

    OPTIONS: type[BaseModel]

    def columns(self, layer: Layer, table: Table) -> dict[str, str]:
        """Return what the mark draws: purpose (``x``, ``y``, ``lower``, ``error_plus``, …) → column name.

        Raises
        ------
        KeyError
            With a sentence, where the table has no column for a purpose that the mark cannot do without.
        """

    def draw(self, axes: Axes, series: Series, options: BaseModel) -> None:
        """Draw the selected rows into ``axes``; ``series`` carries numbers (float arrays), colour, label and layer number.

        Raises
        ------
        ValueError
            With half a sentence that says why these numbers cannot be drawn.
        """


MARKS: Registry[Mark] = Registry(
    "kpublish.plots",
    "mark",
    machinery=(
        *("all_figures", "areas", "canvas", "coding", "comparing", "composing", "drawing", "given", "grid", "identity", "layers"),
        *("libraries", "logo", "overriding", "placement", "quantities", "ready", "reckoning", "remembering", "scales", "series"),
        *("sky", "style", "thinning", "vision", "wording"),
    ),
)
