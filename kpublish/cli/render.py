"""Draw the figures of a repository as PNG, SVG and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpublish.cli import findings, options

if TYPE_CHECKING:
    from kpublish.model.figure import DrawnFigure
    from kpublish.model.project import Project
    from kpublish.plots.comparing import Comparison


@click.command("render")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--figure", "names", metavar="NAME", multiple=True, help="Draw only the figure of this name; may be repeated.")
@options.looks
@click.option("-j", "--jobs", type=click.IntRange(0), default=1, show_default=True, help="Processes that draw; 0: all cores.")
@click.option("--again", is_flag=True, help="Draw also what has not changed since it was drawn.")
@click.option("--check", is_flag=True, help="Write nothing; compare what is drawn here with the files below rendered/.")
def command(path: Path, *, names: tuple[str, ...], jobs: int, again: bool, check: bool, **changed: Any) -> None:
    """Draw the figures of the repository around PATH (the current folder) below rendered/, if it has no errors.

    A figure is drawn again only if its data, its description, the style or the libraries have changed.

    Figures for another context, ground or with changes go into a folder of their own below rendered/ and into no package.
    Where a figure is drawn by a Python file of the repository, this runs it: without environment, for a limited time.
    """
    from kpublish.pipeline import compare, load, render

    look = options.look_of(**changed)
    project = load(path)
    findings.stop_at_errors(project, "draft")
    _check_names(project, names)
    if not project.figures:
        click.echo("There is nothing to render: the repository describes no figure.")
        click.echo("  Describe one in figures/<name>.yaml, or name other files under figures: in kpublish.yaml.")
        return
    findings.tell_code(project, names)
    if check:
        _check(project, *compare(project, only=names, look=look, jobs=jobs))
        return
    drawn = render(project, only=names, look=look, jobs=jobs, again=again)
    for figure in drawn:
        findings.tell_files(project.root, figure.files)
    findings.warn(project, (fault for figure in drawn for fault in figure.faults))


def _check(project: Project, drawn: Sequence[DrawnFigure], compared: Sequence[Comparison]) -> None:
    """Tell how files compare; exit with 1, if one is not what is drawn here."""
    from kpublish.cli.console import step
    from kpublish.plots.comparing import Verdict, otherwise

    for each in compared:
        told = f"{findings.shown(project.root, each.path)}  {each.verdict}{f': {each.why}' if each.why else ''}"
        step(told) if each.agrees else click.echo(f"✗ {told}")
    if any(each.verdict is not Verdict.SAME for each in compared):
        for name, (there, here) in otherwise(project.root).items():
            click.echo(f"  {name}: the package was drawn with {there}, here is {here}.")
    findings.warn(project, (fault for figure in drawn for fault in figure.faults))
    if not all(each.agrees for each in compared):
        click.echo("  Draw them anew: kpublish render", err=True)
        raise click.exceptions.Exit(1)


def _check_names(project: Project, names: Sequence[str]) -> None:
    from kpublish.errors import UnknownName
    from kpublish.registry import did_you_mean

    known = [figure.name for figure in project.figures]
    for name in names:
        if name not in known:
            remedy = did_you_mean(name, known) or (f"Figures: {', '.join(known)}." if known else "The repository has no figure.")
            raise UnknownName(f"There is no figure named {name!r}.", remedy=remedy)
