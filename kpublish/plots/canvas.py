"""Draws a figure as PNG, SVG and PDF: the same bytes in every process with the same libraries.

What could make a difference is taken away: settings of the user (rcdefaults, then ours), fonts of the machine, the clock, random
ids in SVG, and the order in which the formats are saved (the layout is found once and frozen).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from kpublish.model.figure import DrawnFigure, Figure, FigureDescription, Panel
from kpublish.model.project import Project
from kpublish.model.vocabularies import Status
from kpublish.plots import logo
from kpublish.plots.composing import compose
from kpublish.plots.identity import packet_of, resource_of
from kpublish.plots.layers import Undrawable, fault, parts, understood
from kpublish.plots.placement import furnish
from kpublish.plots.style import looking_like_km3net
from kpublish.plots.wording import alternative_text, axis_labels, check_mathematics, cut, texts, warned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

#: What each format would say about clock and software, silenced.
SILENT: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>\s*")


def draw(figure: Figure, project: Project, formats: Sequence[str] = tuple(SILENT)) -> DrawnFigure:
    """Draw a figure in all formats, with its identity inside; nothing is written.

    A figure that cannot be drawn has no files and a fault that says why. Code of the repository runs in a process of its own.

    Raises
    ------
    MissingExtra
        If matplotlib or pikepdf is not installed.
    """
    data = {path: table.sha256 for path in figure.tables if (table := project.table(path))}
    try:
        description = understood(figure)
        if description.given:
            from kpublish.plots.given import taken

            return taken(figure, description, project, data)
        if description.draw:
            from kpublish.plots.coding import run

            return run(figure, description, project, data)
        return _drawn(figure, description, project, data, formats)
    except Undrawable as error:
        return DrawnFigure(figure, {}, data, faults=(error.fault,))


def _drawn(
    figure: Figure, description: FigureDescription, project: Project, data: dict[str, str], formats: Sequence[str]
) -> DrawnFigure:
    with settings(figure, description) as heard:
        ready = parts(figure, project)
        said = tuple(texts(figure, description, ready))
        check_mathematics(said)
        labels = [axis_labels(part) for part in ready]
        finish = Finishing(figure, description, project)
        with drawable(figure):
            picture = compose(figure, description, ready, labels, finish)
            too_long = tuple(cut(picture, said))
            saved = save(picture, formats)
        alt = alternative_text(description, ready, picture.axes)
    faults = (*warned([str(warning.message) for warning in heard], said, figure), *too_long)
    return finished(figure, project, data, saved, alt, faults)


@contextmanager
def settings(figure: Figure, description: FigureDescription) -> Iterator[list[warnings.WarningMessage]]:
    """Set everything as a figure needs it, and hear what the drawing library warns about."""
    salt = (figure.resource and figure.resource.kid) or figure.path
    with looking_like_km3net(salt, description.context, dark=description.dark), warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("always", RuntimeWarning)
        yield heard


@contextmanager
def drawable(figure: Figure) -> Iterator[None]:
    """Turn what matplotlib cannot draw into fault FIG13."""
    try:
        yield
    except (ValueError, ArithmeticError) as error:
        remedy = "Give the axes ranges that leave out the extreme numbers."
        message = f"matplotlib cannot draw these numbers: {' '.join(str(error).split())}."
        raise fault(figure, (), "FIG13", message, remedy) from error


class Finishing:
    """Places legends and, in the first panel, the label of preliminary results and a logo."""

    def __init__(self, figure: Figure, description: FigureDescription, project: Project) -> None:
        self.preliminary = resource_of(figure, project).status is Status.PRELIMINARY
        self.logo = description.logo
        self.pixels = logo.read(figure, project, description.logo) if description.logo else None

    def __call__(self, axes: Axes, panel: Panel, order: Sequence[str], number: int) -> None:
        """Finish the panel ``number``; the legend's entries stand in ``order``."""
        taken = furnish(axes, panel, order, preliminary=self.preliminary and number == 0)
        if self.logo and self.pixels is not None and number == 0:
            logo.add(axes, self.pixels, self.logo.width, taken)


def save(picture: Picture, formats: Sequence[str] = tuple(SILENT)) -> dict[str, bytes]:
    """Return the bytes of each format."""
    return {suffix: _save(picture, suffix) for suffix in formats}


def _save(picture: Picture, suffix: str) -> bytes:
    stream = BytesIO()
    picture.savefig(stream, format=suffix, metadata=SILENT[suffix])
    content = stream.getvalue()
    # Without a document type no reader is tempted to look for one in the network.
    return _DOCTYPE.sub(b"", content, count=1) if suffix == "svg" else content


def finished(
    figure: Figure, project: Project, data: dict[str, str], saved: dict[str, bytes], alt: str, faults: Sequence[Any]
) -> DrawnFigure:
    """Return the figure with its identity in every format."""
    packet = packet_of(figure, project, alt)
    files = {f"{figure.rendered}.{suffix}": identified(suffix, content, packet) for suffix, content in saved.items()}
    return DrawnFigure(figure, files, data, alt, tuple(faults))


def identified(suffix: str, content: bytes, packet: str) -> bytes:
    """Return a figure with a packet inside.

    Raises
    ------
    IntegrityError
        If ``content`` is not of that format.
    """
    from kpublish.formats import FORMATS, FigureFormat

    format_: FigureFormat = FORMATS.get(suffix)  # type: ignore[assignment]
    return format_.embed(content, packet)
