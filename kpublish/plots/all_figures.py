"""Draws the figures of a project: what is drawn already is taken as it is, the rest is drawn, on several processes if wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kpublish.files import safe_join, write_bytes
from kpublish.formats.many import each
from kpublish.model.figure import DrawnFigure, Figure
from kpublish.model.project import Project
from kpublish.plots.canvas import draw
from kpublish.plots.remembering import remember

#: Figures for which it is worth to start a process.
_WORTH = 2
#: What processes import once, before the first figure is asked for.
_PRELOAD = ("kpublish.plots.ready",)


def draw_all(
    project: Project, figures: Sequence[Figure], *, known: Mapping[str, DrawnFigure] | None = None, jobs: int = 1
) -> tuple[DrawnFigure, ...]:
    """Return the figures as drawn, in their order; nothing is written.

    Parameters
    ----------
    project
        As loaded.
    figures
        Those to draw.
    known
        Those that are drawn already, by :attr:`Figure.rendered`.
    jobs
        Processes that draw; 0 for one per core.

    Raises
    ------
    UnreadableFile
        If the system ended one of the processes.
    """
    known = known or {}
    missing = [(figure, alone(figure, project)) for figure in figures if figure.rendered not in known]
    drawn = each(_draw, missing, jobs, worth=_WORTH, preload=_PRELOAD)
    new = {figure.rendered: replace(one, figure=figure) for (figure, _), one in zip(missing, drawn, strict=True)}
    return tuple({**known, **new}[figure.rendered] for figure in figures)


def write(project: Project, figures: Sequence[DrawnFigure]) -> None:
    """Write what was drawn, and remember it.

    Raises
    ------
    StorageError
        If a file cannot be written.
    """
    for figure in figures:
        for name, content in figure.files.items():
            write_bytes(safe_join(project.root, name), content)
    remember(project, figures)


def _draw(work: tuple[Figure, Project]) -> DrawnFigure:
    return draw(*work)


def alone(figure: Figure, project: Project) -> Project:
    """Return the project as far as the figure needs it."""
    tables = tuple(table for path in figure.tables if (table := project.table(path)))
    return replace(project, tables=tables, figures=(figure,), texts={}, files={}, git=None)
