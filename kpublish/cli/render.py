"""Draw the figures of a repository as PNG, SVG and PDF."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kpublish.model.finding import Finding
    from kpublish.model.project import Project


@click.command("render")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--figure", "names", metavar="NAME", multiple=True, help="Draw only the figure of this name; may be repeated.")
def command(path: Path, names: tuple[str, ...]) -> None:
    """Draw the figures of the repository around PATH (the current folder) below rendered/, if it has no errors."""
    from kpublish.errors import MissingFile
    from kpublish.model.finding import Finding, Severity
    from kpublish.pipeline import load, render, validate

    project = load(path)
    if project.document is None:
        raise MissingFile(
            f"{project.root} holds no kpublish.yaml.", remedy="Name the folder of a project, or make one: kpublish new."
        )
    errors = [finding for finding in validate(project) if finding.severity is Severity.ERROR]
    if errors:
        _tell(project, errors)
        raise click.exceptions.Exit(1)
    _check_names(project, names)
    if not project.figures:
        click.echo("There is nothing to render: the repository describes no figure.")
        click.echo("  Describe one in figures/<name>.yaml, or name other files under figures: in kpublish.yaml.")
        return
    drawn = render(project, only=names)
    for figure in drawn:
        _say(project, figure.files)
    warnings = [
        Finding(fault.code, Severity.WARNING, fault.where, fault.message, fault.remedy) for each in drawn for fault in each.faults
    ]
    if warnings:
        _tell(project, warnings)


def _check_names(project: Project, names: Sequence[str]) -> None:
    from kpublish.errors import UnknownName
    from kpublish.registry import did_you_mean

    known = [figure.name for figure in project.figures]
    for name in names:
        if name not in known:
            remedy = did_you_mean(name, known) or (f"Figures: {', '.join(known)}." if known else "The repository has no figure.")
            raise UnknownName(f"There is no figure named {name!r}.", remedy=remedy)


def _say(project: Project, files: Mapping[str, bytes]) -> None:
    from kpublish.cli.console import size, step

    for name, content in files.items():
        step(f"{_shown(project.root, name)}  {size(len(content))}")


def _tell(project: Project, findings: Sequence[Finding]) -> None:
    """Tell findings on standard error, their paths as seen from the current folder."""
    from kpublish.reports import text

    told_of = {each.where.path for each in findings} & set(project.texts)
    texts = {_shown(project.root, path): project.texts[path] for path in told_of}
    told = [replace(each, where=replace(each.where, path=_shown(project.root, each.where.path))) for each in findings]
    color = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    click.echo(text.render(told, texts, color=color), nl=False, err=True)


def _shown(root: Path, path: str) -> str:
    return os.path.relpath(root / path).replace(os.sep, "/")
