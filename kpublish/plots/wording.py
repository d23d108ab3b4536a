"""The words of a figure: labels of its axes, its alternative text, and faults in mathematical text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kpublish.model.figure import Figure, FigureAxis, FigureDescription
from kpublish.model.finding import Fault, Position
from kpublish.model.table import Table
from kpublish.plots.layers import Drawable, Undrawable
from kpublish.plots.style import axis_label, plain, sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture
    from matplotlib.legend import Legend
    from matplotlib.text import Text

_GLYPH = re.compile(r"Glyph (\d+) .*missing", re.DOTALL)


def axis_labels(description: FigureDescription, drawn: Sequence[Drawable]) -> tuple[str, str]:
    """Return the labels of x and y: what the description says, else what the first layer's columns say."""
    first = drawn[0]
    along_x, along_y = first.table.parameter(first.along_x), first.table.parameter(first.columns["y"])
    return description.x.label or axis_label(along_x), description.y.label or axis_label(along_y)


def texts(figure: Figure, description: FigureDescription, drawn: Sequence[Drawable]) -> Iterator[tuple[str, Position]]:
    """Yield every text of a figure with the place where it is written."""
    at = figure.document.at
    first = drawn[0]
    for name, axis, column in (("x", description.x, first.along_x), ("y", description.y, first.columns["y"])):
        if axis.label:
            yield axis.label, at("figure", name, "label")
        else:
            yield axis_label(first.table.parameter(column)), _column(first.table, column)
    for number, layer in enumerate(description.layers):
        yield layer.label or "", at("figure", "layers", number, "label")
        yield from ((name, at("figure", "layers", number, "names")) for name in getattr(drawn[number].options, "names", None) or ())
        if shown := drawn[number].columns.get("value"):
            yield drawn[number].series.names["value"], _column(drawn[number].table, shown)
    for key in ("heading", "legend"):
        yield getattr(description, key) or "", at("figure", key)


def _column(table: Table, name: str) -> Position:
    number = [parameter.columnname for parameter in table.parameters].index(name)
    return table.header.at("datatype", number, "meta", "symbol")


def check_mathematics(said: Sequence[tuple[str, Position]]) -> None:
    """Let matplotlib's typesetter read every text.

    Raises
    ------
    Undrawable
        With fault FIG11 for the first text that cannot be typeset.
    """
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    for text, where in said:
        if "$" not in text.replace(r"\$", ""):
            continue
        try:
            parser.parse(text)
        except ValueError as error:
            reason = str(error).strip().splitlines()[-1]
            remedy = r"Mend the mathematics between the dollar signs; a dollar sign itself is written \$."
            raise Undrawable(Fault(where, f"The text {text!r} cannot be typeset: {reason}", "FIG11", remedy)) from error


def warned(messages: Sequence[str], said: Sequence[tuple[str, Position]], figure: Figure) -> tuple[Fault, ...]:
    """Return what the drawing library warned about as faults FIG10, each once, at the text that holds the glyph."""
    return tuple(dict.fromkeys(_fault(message, said, figure) for message in messages))


def _fault(message: str, said: Sequence[tuple[str, Position]], figure: Figure) -> Fault:
    found = _GLYPH.search(message)
    if not found:
        return Fault(figure.document.at("figure"), f"While drawing: {' '.join(message.split())}", "FIG10", "Look at the figure.")
    glyph = chr(int(found[1]))
    where = next((where for text, where in said if glyph in text), figure.document.at("figure"))
    remedy = "Write it in another way, e.g. as mathematics between dollar signs."
    return Fault(where, f"The font has no glyph for {glyph!r} (U+{ord(glyph):04X}).", "FIG10", remedy)


def cut(picture: Picture, said: Sequence[tuple[str, Position]]) -> Iterator[Fault]:
    """Yield a fault FIG10 for every text that reaches beyond the picture, or whose legend reaches beyond the axes."""
    from matplotlib.text import Text

    remedy = "Write a shorter text, or give the figure another size."
    legends = [(axes, legend) for axes in picture.axes if (legend := axes.get_legend())]
    wide = {text for axes, legend in legends if not _inside(axes, legend) for text in legend.findobj(Text)}
    places = {text: where for text, where in said if text}
    for text in dict.fromkeys(picture.findobj(Text)):
        where = places.get(text.get_text())
        if where and (text in wide or not _inside(picture, text)):
            yield Fault(where, f"The text {text.get_text()!r} does not fit into the figure.", "FIG10", remedy)


def _inside(whole: Picture | Axes, part: Text | Legend) -> bool:
    bounds, extent = whole.bbox, part.get_window_extent()
    return bool(bounds.x0 <= extent.x0 and extent.x1 <= bounds.x1 and bounds.y0 <= extent.y0 and extent.y1 <= bounds.y1)


def alternative_text(description: FigureDescription, labels: tuple[str, str], drawn: Sequence[Drawable], axes: Axes) -> str:
    """Return the description's alternative text, or one made from axes, ranges and layers."""
    if description.alt:
        return description.alt
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    across = _axis(labels[0], description.x, low, high)
    upward = _axis(labels[1], description.y, bottom, top)
    names = [plain(item.series.label) for item in drawn if item.series.label]
    kinds = sentence(list(dict.fromkeys(layer.mark for layer in description.layers)))
    shown = f" Shown: {'; '.join(names)}." if names else ""
    values = dict.fromkeys(plain(item.series.names["value"]) for item in drawn if "value" in item.columns)
    shown += f" Value: {sentence(list(values))}." if values else ""
    count = f"{len(drawn)} layers" if len(drawn) > 1 else "One layer"
    return f"Plot of {upward} against {across}. {count} drawn as {kinds}.{shown}"


def _axis(label: str, axis: FigureAxis, low: float, high: float) -> str:
    kind = "logarithmic" if axis.scale == "log" else "linear"
    return f"{plain(label)} ({kind}, from {low:.3g} to {high:.3g})"
