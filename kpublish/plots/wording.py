"""The words of a figure: labels of its axes, its alternative text, and faults in mathematical text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kpublish.model.figure import Figure, FigureAxis, FigureDescription
from kpublish.model.finding import Fault, Position
from kpublish.model.table import Table
from kpublish.plots.layers import Drawable, Part, Undrawable
from kpublish.plots.quantities import SYSTEMATIC
from kpublish.plots.style import plain, sentence
from kpublish.plots.thinning import MANY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture
    from matplotlib.legend import Legend
    from matplotlib.text import Text

_GLYPH = re.compile(r"Glyph (\d+) .*missing", re.DOTALL)


def axis_labels(part: Part) -> tuple[str, str]:
    """Return the labels of x and y: what the description says, else what the columns of the first layer with a table say."""
    if part.panel.sky:
        from kpublish.plots.sky import LABELS

        own = LABELS[part.panel.sky.frame]
    elif first := part.first:
        own = first.series.names[first.across], first.series.names["y"]
    else:
        own = "", ""
    return part.panel.x.label or own[0], part.panel.y.label or own[1]


def texts(figure: Figure, description: FigureDescription, ready: Sequence[Part]) -> Iterator[tuple[str, Position]]:
    """Yield every text of a figure with the place where it is written."""
    for part in ready:
        yield from _texts(figure, part)
    if description.panels:
        yield description.heading or "", figure.document.at("figure", "heading")


def _texts(figure: Figure, part: Part) -> Iterator[tuple[str, Position]]:
    at, first = figure.document.at, part.first
    for name, axis, label in zip("xy", (part.panel.x, part.panel.y), axis_labels(part), strict=True):
        if axis.label or not (first and first.table):
            yield label, at("figure", *part.node, name, "label")
        else:
            yield label, _column(first.table, first.columns[first.across if name == "x" else "y"])
        if axis.secondary:
            yield axis.secondary.label or "", at("figure", *part.node, name, "secondary", "label")
    for item in part.drawn:
        yield item.series.label or "", at("figure", *item.node, "label")
        yield from ((name, at("figure", *item.node, "names")) for name in getattr(item.options, "names", None) or ())
        yield getattr(item.options, "text", None) or "", at("figure", *item.node, "text")
        if (shown := item.columns.get("value")) and item.table:
            yield item.series.names["value"], _column(item.table, shown)
    for key in ("heading", "legend"):
        yield getattr(part.panel, key) or "", at("figure", *part.node, key)


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


def alternative_text(description: FigureDescription, ready: Sequence[Part], axes: Sequence[Axes]) -> str:
    """Return the description's alternative text, or one made from axes, ranges and layers."""
    if description.alt:
        return description.alt
    said = [_panel_text(part, its_axes) for part, its_axes in zip(ready, axes, strict=False)]
    if len(said) == 1:
        return said[0]
    heading = f"{plain(description.heading)}. " if description.heading else ""
    return f"{heading}{len(said)} panels. " + " ".join(f"Panel {number}: {text}" for number, text in enumerate(said, 1))


def _panel_text(part: Part, axes: Axes) -> str:
    if part.panel.sky:
        start = f"Map of the sky in {'equatorial' if part.panel.sky.frame == 'icrs' else 'galactic'} coordinates"
    else:
        (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        labels = axis_labels(part)
        start = f"Plot of {axis_text(labels[1], part.panel.y, bottom, top)} against {axis_text(labels[0], part.panel.x, low, high)}"
    names = [plain(item.series.label) for item in part.drawn if item.series.label]
    kinds = sentence(list(dict.fromkeys(item.layer.mark for item in part.drawn)))
    shown = f" Shown: {'; '.join(names)}." if names else ""
    values = dict.fromkeys(plain(item.series.names["value"]) for item in part.drawn if "value" in item.columns)
    shown += f" Value: {sentence(list(values))}." if values else ""
    if any(purpose in item.columns for item in part.drawn for purpose in SYSTEMATIC):
        shown += " Thin bars are statistical errors, wide ones systematic errors."
    shown += "".join(f" Of {item.rows} rows, those at the same place are drawn once." for item in part.drawn if _many(item))
    count = f"{len(part.drawn)} layers" if len(part.drawn) > 1 else "One layer"
    return f"{start}. {count} drawn as {kinds}.{shown}"


def _many(item: Drawable) -> bool:
    return item.rows > MANY and item.layer.mark in ("points", "line")


def axis_text(label: str, axis: FigureAxis, low: float, high: float) -> str:
    """Return what an axis shows, in words: label, scale and range."""
    if axis.dates:
        first, last = (f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number):%Y-%m-%d}" for number in (low, high))
        return f"{plain(label)} (from {first} to {last})"
    kind = {"log": "logarithmic", "symlog": "logarithmic on both sides of zero"}.get(axis.scale, "linear")
    return f"{plain(label)} ({kind}, from {low:.3g} to {high:.3g})"
