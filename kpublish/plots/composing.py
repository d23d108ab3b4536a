"""Puts a picture together: panels, what their marks draw, and a layout that no format changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from kpublish.model.figure import Figure, FigureDescription, Panel
from kpublish.plots.layers import Part, fault
from kpublish.plots.scales import prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

    Finish = Callable[[Axes, Panel, Sequence[str], int], None]
    Fill = Callable[[Sequence[Axes]], None]


#: Height of a map of the sky with its legend, in widths.
MAP = 0.58


def compose(
    figure: Figure,
    description: FigureDescription,
    parts: Sequence[Part],
    labels: Sequence[tuple[str, str]],
    finish: Finish,
) -> Picture:
    """Return the picture with its layout frozen; its first axes are those of the panels, in their order.

    Raises
    ------
    Undrawable
        With fault FIG13 if a mark cannot draw its numbers, or an axis has no such second scale.
    """

    def fill(panels: Sequence[Axes]) -> None:
        for part, axes, words in zip(parts, panels, labels, strict=True):
            _draw(figure, part, axes, words)
        _hide_shared(description, panels)
        for number, (part, axes) in enumerate(zip(parts, panels, strict=True)):
            order = [item.series.label for item in part.drawn if item.series.label]
            finish(axes, part.panel, order, number)

    return laid_out(description, fill)


def laid_out(description: FigureDescription, fill: Fill) -> Picture:
    """Return a picture whose empty axes ``fill`` fills, with its layout frozen."""
    from matplotlib import rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    # The layout is found at the resolution of the PNG, so that each text is typeset once for both.
    width, height = description.size or rcParams["figure.figsize"]
    if description.size is None and description.sky:
        height = MAP * width
    picture = Picture(figsize=(width, height), dpi=rcParams["savefig.dpi"], layout="constrained")
    FigureCanvasAgg(picture)
    if description.panels and description.heading:
        picture.suptitle(description.heading, fontsize=rcParams["axes.titlesize"])
    fill(list(_panels(picture, description)))
    picture.draw_without_rendering()
    # Without any engine, not even a place holder, no format changes the layout, and saving draws once and not twice.
    picture.set_layout_engine(None)
    return picture


def _panels(picture: Picture, description: FigureDescription) -> Iterator[Axes]:
    """Empty axes, row by row."""
    panels, columns = [panel for _, panel in description.parts], description.columns
    rows = -(-len(panels) // columns)
    ratios = {"height_ratios": description.heights or None, "width_ratios": description.widths or None}
    grid = picture.add_gridspec(rows, columns, **ratios)
    if description.share != "none" and (engine := picture.get_layout_engine()):
        for axis, way in (("x", "h"), ("y", "w")):
            if axis in description.share:
                engine.set(**{f"{way}space": 0.0, f"{way}_pad": 0.03})
    made: list[Axes] = []
    for number, panel in enumerate(panels):
        place = grid[divmod(number, columns)]
        if panel.sky:
            from kpublish.plots.sky import axes_of

            made.append(axes_of(picture, place, panel.sky))
        else:
            above = made[number % columns] if "x" in description.share and number >= columns else None
            left = made[number - number % columns] if "y" in description.share and number % columns else None
            made.append(picture.add_subplot(place, sharex=above, sharey=left))
    yield from made


def _hide_shared(description: FigureDescription, panels: Sequence[Axes]) -> None:
    """Say the numbers of a shared axis once: below the lowest panel, and on the left."""
    for number, axes in enumerate(panels):
        if "x" in description.share and number + description.columns < len(panels):
            axes.tick_params(axis="x", which="both", labelbottom=False)
            axes.set_xlabel("")
        if "y" in description.share and number % description.columns:
            axes.tick_params(axis="y", which="both", labelleft=False)
            axes.set_ylabel("")


def _draw(figure: Figure, part: Part, axes: Axes, labels: tuple[str, str]) -> None:
    try:
        axes.set_title(part.panel.heading or "")
        if not part.panel.sky:
            prepare(axes, part, labels)
    except ValueError as error:
        raise fault(figure, part.node, "FIG13", f"This panel cannot be drawn: {error}") from error
    for item in part.drawn:
        try:
            item.mark.draw(axes, item.series, item.options)
        except ValueError as error:
            raise fault(figure, item.node, "FIG13", f"This layer cannot be drawn: {error}.") from error
