"""Check repositories or annotated files and tell every finding with its remedy."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpublish.cli.findings import as_seen, in_color, tell_edits
from kpublish.reports import REPORTS

if TYPE_CHECKING:
    from kpublish.model.finding import Finding
    from kpublish.model.project import Project


@click.command("validate")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--report", default="text", show_default=True, metavar="|".join(REPORTS.names()), help="How findings are told.")
@click.option(
    "--profile",
    type=click.Choice(["draft", "public"]),
    default="draft",
    show_default=True,
    help="public asks for all that a release needs.",
)
@click.option("-j", "--jobs", type=click.IntRange(0), default=1, show_default=True, help="Processes that read; 0: all cores.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file.")
@click.option("--fix", is_flag=True, help="Mend what is safe, and show what was changed.")
@click.option("--dry-run", is_flag=True, help="With --fix: show what would be changed.")
def command(paths: tuple[Path, ...], report: str, output: Path | None, fix: bool, dry_run: bool, **how: Any) -> None:
    """Check repositories or annotated files; without PATH, the repository around the current folder.

    Exits with 1 if there are errors, with 0 if there are only warnings and notes.
    """
    from kpublish.files import write_bytes
    from kpublish.model.finding import Severity

    teller = REPORTS.get(report)
    if dry_run and not fix:
        raise click.UsageError("--dry-run goes with --fix: without it nothing is changed.")
    findings: list[Finding] = []
    sources: dict[str, str] = {}
    files = 0
    for root, only in _projects(paths or (Path(),)).items():
        project, told = _checked(root, only, fix, dry_run, **how)
        files += _count(project)
        seen, texts = as_seen(project, told)
        findings += seen
        sources |= texts
    if output:
        write_bytes(output, teller.render(findings, sources, files=files).encode("utf-8"))
    else:
        click.echo(teller.render(findings, sources, color=in_color(sys.stdout), files=files), nl=False)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise click.exceptions.Exit(1)


def _checked(
    root: Path, only: tuple[str, ...], fix: bool, dry_run: bool, *, profile: str, jobs: int
) -> tuple[Project, Sequence[Finding]]:
    """A project and its findings, after what is safe was mended, if that is wanted."""
    from kpublish.pipeline import load, validate

    if fix:
        from kpublish.checks.mending import mend

        tell_edits(root, mend(partial(load, root, only=only, jobs=jobs), profile, dry=dry_run), dry_run)
    project = load(root, only=only, jobs=jobs)
    _stop_at_nothing(project)
    return project, validate(project, profile)


def _stop_at_nothing(project: Project) -> None:
    """Refuse a folder in which nothing can be checked: "No findings" would be taken for "all is well"."""
    from kpublish.errors import MissingFile

    if project.document is None and not project.tables:
        raise MissingFile(
            f"{project.root} holds neither kpublish.yaml nor an annotated table (.ecsv).",
            remedy="Name the folder of a project or a file, or make a project: kpublish new.",
        )


def _projects(paths: tuple[Path, ...]) -> dict[Path, tuple[str, ...]]:
    """Root of each project → the files asked for, relative to it; empty if the whole project was."""
    from kpublish.formats.kpublish_yaml import find_root

    asked: dict[Path, list[str]] = {}
    for path in paths:
        root = find_root(path)
        asked.setdefault(root, []).append(os.path.relpath(path, root).replace(os.sep, "/"))
    return {root: () if "." in names else tuple(names) for root, names in asked.items()}


def _count(project: Project) -> int:
    """How many files were checked."""
    paths = {*(table.path for table in project.tables), *(figure.path for figure in project.figures)}
    if project.document:
        paths.add(project.document.path)
    paths |= {fault.where.path for fault in project.faults if fault.where.path} | set(project.files)
    asked = project.paths
    return sum(not asked or any(path == name or path.startswith(f"{name}/") for name in asked) for path in paths)
