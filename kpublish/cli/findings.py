"""How commands tell findings, and stop at errors before anything is made."""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.errors import MissingFile

if TYPE_CHECKING:
    from kpublish.checks.mending import Edited
    from kpublish.model.finding import Fault, Finding
    from kpublish.model.project import Project


def as_seen(project: Project, findings: Iterable[Finding]) -> tuple[list[Finding], dict[str, str]]:
    """Return findings with paths as seen from the current folder, so that terminals open them, and the texts they point into."""
    found = list(findings)
    told_of = {each.where.path for each in found if each.where.line} & set(project.texts)
    texts = {shown(project.root, path): project.texts[path] for path in told_of}
    return [replace(each, where=replace(each.where, path=shown(project.root, each.where.path))) for each in found], texts


def shown(root: Path, path: str) -> str:
    """A path of the project as seen from the current folder."""
    return os.path.relpath(root / path).replace(os.sep, "/")


def in_color(stream: object) -> bool:
    """Whether a stream is a terminal whose reader wants colours (https://no-color.org)."""
    return bool(getattr(stream, "isatty", lambda: False)()) and not os.environ.get("NO_COLOR")


def tell(project: Project, findings: Sequence[Finding]) -> None:
    """Tell findings on standard error."""
    from kpublish.reports import REPORTS

    told, texts = as_seen(project, findings)
    click.echo(REPORTS.get("text").render(told, texts, color=in_color(sys.stderr)), nl=False, err=True)


def warn(project: Project, faults: Iterable[Fault]) -> None:
    """Tell what was noticed while drawing."""
    from kpublish.model.finding import Finding, Severity

    warnings = [Finding(fault.code, Severity.WARNING, fault.where, fault.message, fault.remedy) for fault in faults]
    if warnings:
        tell(project, warnings)


def stop_at_loose(project: Project) -> None:
    """Refuse folders without a project."""
    if project.document is None:
        raise MissingFile(
            f"{project.root} holds no kpublish.yaml.", remedy="Name the folder of a project, or make one: kpublish new."
        )


def stop_at_errors(project: Project, profile: str, *, later: Container[str] = ()) -> None:
    """Refuse folders without a project; tell all findings and exit with 1, if there are errors.

    ``later`` are codes of what may still be missing.
    """
    from kpublish.model.finding import Severity
    from kpublish.pipeline import validate

    stop_at_loose(project)
    findings = validate(project, profile)
    if any(finding.severity is Severity.ERROR and finding.code not in later for finding in findings):
        tell(project, findings)
        raise click.exceptions.Exit(1)


def tell_code(project: Project, names: Sequence[str] = ()) -> None:
    """Say which code of the repository is run to draw its figures."""
    from kpublish.cli.console import note

    for figure in project.figures:
        if figure.description and figure.description.draw and (not names or figure.name in names):
            note(f"runs {shown(project.root, figure.description.draw)}, to draw {figure.name}")


def tell_files(root: Path, files: Mapping[str, bytes]) -> None:
    """Say which files were written."""
    from kpublish.cli.console import size, step

    for name, content in files.items():
        step(f"{shown(root, name)}  {size(len(content))}")


def tell_edits(root: Path, edited: Sequence[Edited], dry: bool) -> None:
    """Show what was mended, or would be, as a diff on standard error: the report keeps standard output."""
    from kpublish.reports.text import printable

    colors = {"+": "green", "-": "red", "@": "cyan"} if in_color(sys.stderr) else {}
    for each in edited:
        for line in each.diff(shown(root, each.path)).splitlines():
            click.secho(printable(line), fg=colors.get(line[:1]), err=True)
    files = f"{len(edited)} file{'s' * (len(edited) != 1)}"
    what = f"would change {files}; nothing is written" if dry else f"changed {files}"
    click.secho(f"--fix {what}." if edited else "--fix found nothing that is safe to mend.", bold=True, err=True)
