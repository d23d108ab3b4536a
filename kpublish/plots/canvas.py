"""Draws a figure as PNG, SVG and PDF: the same bytes in every process with the same libraries.

What could make a difference is taken away: settings of the user (rcdefaults, then ours), fonts of the machine, the clock, random
ids in SVG, and the order in which the formats are saved (the layout is found once and frozen).
"""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any

from kpublish.model.figure import DrawnFigure, Figure, FigureDescription
from kpublish.model.project import Project
from kpublish.model.vocabularies import Status
from kpublish.plots.identity import packet_of, resource_of
from kpublish.plots.layers import Drawable, Undrawable, drawables, fault, understood
from kpublish.plots.placement import furnish
from kpublish.plots.style import looking_like_km3net
from kpublish.plots.wording import alternative_text, axis_labels, check_mathematics, cut, texts, warned

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

#: What each format would say about clock and software, silenced.
SILENT: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>\s*")


def draw(figure: Figure, project: Project) -> DrawnFigure:
    """Draw a figure in all formats, with its identity inside; nothing is written.

    A figure that cannot be drawn has no files and a fault that says why.

    Raises
    ------
    MissingExtra
        If matplotlib or pikepdf is not installed.
    """
    data = {path: table.sha256 for path in figure.tables if (table := project.table(path))}
    try:
        return _drawn(figure, project, data)
    except Undrawable as error:
        return DrawnFigure(figure, {}, data, faults=(error.fault,))


def _drawn(figure: Figure, project: Project, data: dict[str, str]) -> DrawnFigure:
    description = understood(figure)
    with looking_like_km3net(_salt(figure)), warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("always", RuntimeWarning)
        drawn = drawables(figure, project)
        said = tuple(texts(figure, description, drawn))
        check_mathematics(said)
        labels = axis_labels(description, drawn)
        preliminary = resource_of(figure, project).status is Status.PRELIMINARY
        try:
            picture = compose(figure, description, drawn, labels, preliminary=preliminary)
            too_long = tuple(cut(picture, said))
            saved = {suffix: _save(picture, suffix) for suffix in SILENT}
        except (ValueError, ArithmeticError) as error:
            remedy = "Give the axes ranges that leave out the extreme numbers."
            raise fault(
                figure, (), "FIG13", f"matplotlib cannot draw these numbers: {' '.join(str(error).split())}.", remedy
            ) from error
        alt = alternative_text(description, labels, drawn, picture.axes[0])
    packet = packet_of(figure, project, alt)
    files = {f"{figure.rendered}.{suffix}": _identified(suffix, content, packet) for suffix, content in saved.items()}
    warnings_ = warned([str(warning.message) for warning in heard], said, figure)
    return DrawnFigure(figure, files, data, alt, (*warnings_, *too_long))


def _salt(figure: Figure) -> str:
    return (figure.resource and figure.resource.kid) or figure.path


def compose(
    figure: Figure, description: FigureDescription, drawn: tuple[Drawable, ...], labels: tuple[str, str], *, preliminary: bool
) -> Picture:
    """Return the figure with its layout frozen.

    Raises
    ------
    Undrawable
        With fault FIG13 if a mark cannot draw its numbers.
    """
    from matplotlib import rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    # The layout is found at the resolution of the PNG, so that each text is typeset once for both.
    picture = Picture(figsize=description.size, dpi=rcParams["savefig.dpi"], layout="constrained")
    FigureCanvasAgg(picture)
    axes = picture.add_subplot()
    axes.set(xscale=description.x.scale, yscale=description.y.scale, xlabel=labels[0], ylabel=labels[1])
    axes.set_title(description.heading or "")
    for number, item in enumerate(drawn):
        try:
            item.mark.draw(axes, item.series, item.options)
        except ValueError as error:
            raise fault(figure, ("layers", number), "FIG13", f"This layer cannot be drawn: {error}.") from error
    furnish(axes, description, preliminary=preliminary)
    picture.draw_without_rendering()
    # Without any engine, not even a place holder, no format changes the layout, and saving draws once and not twice.
    picture.set_layout_engine(None)
    return picture


def _save(picture: Picture, suffix: str) -> bytes:
    stream = BytesIO()
    picture.savefig(stream, format=suffix, metadata=SILENT[suffix])
    content = stream.getvalue()
    # Without a document type no reader is tempted to look for one in the network.
    return _DOCTYPE.sub(b"", content, count=1) if suffix == "svg" else content


def _identified(suffix: str, content: bytes, packet: str) -> bytes:
    from kpublish.formats import FORMATS, FigureFormat

    format_: FigureFormat = FORMATS.get(suffix)  # type: ignore[assignment]
    return format_.embed(content, packet)
