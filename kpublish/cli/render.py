"""Draw the figures of a repository as PNG, SVG and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import findings

if TYPE_CHECKING:
    from kpublish.model.project import Project


@click.command("render")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--figure", "names", metavar="NAME", multiple=True, help="Draw only the figure of this name; may be repeated.")
def command(path: Path, names: tuple[str, ...]) -> None:
    """Draw the figures of the repository around PATH (the current folder) below rendered/, if it has no errors."""
    from kpublish.pipeline import load, render

    project = load(path)
    findings.stop_at_errors(project, "draft")
    _check_names(project, names)
    if not project.figures:
        click.echo("There is nothing to render: the repository describes no figure.")
        click.echo("  Describe one in figures/<name>.yaml, or name other files under figures: in kpublish.yaml.")
        return
    drawn = render(project, only=names)
    for figure in drawn:
        findings.tell_files(project.root, figure.files)
    findings.warn(project, (fault for figure in drawn for fault in figure.faults))


def _check_names(project: Project, names: Sequence[str]) -> None:
    from kpublish.errors import UnknownName
    from kpublish.registry import did_you_mean

    known = [figure.name for figure in project.figures]
    for name in names:
        if name not in known:
            remedy = did_you_mean(name, known) or (f"Figures: {', '.join(known)}." if known else "The repository has no figure.")
            raise UnknownName(f"There is no figure named {name!r}.", remedy=remedy)
