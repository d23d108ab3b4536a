"""Publish the repository in archives, each version exactly once."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import archives, findings

if TYPE_CHECKING:
    from kpublish.model.archive import Receipt
    from kpublish.model.bundle import Bundle
    from kpublish.model.figure import DrawnFigure
    from kpublish.model.project import Project


#: What a merge request need not have yet: the tag.
_LATER = ("GIT02",)


@click.command("release")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@archives.to
@archives.url
@archives.token_file
@click.option("--dry-run", is_flag=True, help="Only ask the archives, and tell what would be done.")
@click.option("--draft", is_flag=True, help="Stop when everything is staged: drafts, verified, with reserved DOIs.")
@click.option("--embargo", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="The day on which archives open the files.")
@click.option("--bundle", "package", metavar="FILE", type=click.Path(path_type=Path), help="Publish this package; pack none.")
@archives.yes
def command(  # noqa: PLR0913 - one parameter for each option
    path: Path,
    *,
    names: tuple[str, ...],
    urls: tuple[str, ...],
    token_files: tuple[str, ...],
    dry_run: bool,
    draft: bool,
    embargo: datetime | None,
    package: Path | None,
    yes: bool,
) -> None:
    """Validate, render and pack the repository around PATH (the current folder), and publish it in its archives.

    First everything is staged everywhere and verified, then it is published. A version that an archive has already is left as it
    is; after an interruption the same command continues. Before what cannot be undone the version is typed on a terminal;
    elsewhere the pipeline of its tag, or --yes, is leave. Tokens come from KPUBLISH_<NAME>_TOKEN, KPUBLISH_<NAME>_TOKEN_FILE
    or, in GitLab CI, KPUBLISH_<NAME>_ID_TOKEN. They go only to the host of KPUBLISH_<NAME>_URL, or to the KM3NeT Open Data Center
    or Zenodo, if that is the archive.
    """
    from kpublish.cli.console import heading
    from kpublish.cli.sending import Sending
    from kpublish.model.archive import Choices
    from kpublish.pipeline import load, push, released

    project = load(path)
    findings.stop_at_errors(project, "public", later=_LATER if dry_run else ())
    # Code of the repository runs before any token is read.
    coded = any(figure.description and figure.description.draw for figure in project.figures)
    drawn = _drawn(project) if coded and package is None else None
    settings = archives.chosen(project, names, urls, token_files)
    by_name = {archive.name: archive for archive in settings}
    if not dry_run:
        archives.stop_at_missing_tokens(settings)
    heading(f"Asking {', '.join(f'{archive.name} ({archive.url})' for archive in settings)}")
    ended = released(project, settings, keep=not dry_run) if package is None else None
    if ended is not None:
        for receipt in ended:
            archives.tell_receipt(receipt)
        return
    packed = _package(project, package, drawn)
    sending = Sending()
    leave = archives.leave(packed.release.version, settings, yes, sending.end)
    choices = Choices(dry_run, draft, _day(embargo), leave, sending.moved)
    if dry_run:
        for receipt in push(packed, settings, choices=choices):
            archives.tell_plan(receipt, by_name[receipt.archive])
        return

    def done(receipt: Receipt) -> None:
        sending.end()
        archives.tell_receipt(receipt)
        archives.tell_concept(receipt, by_name[receipt.archive])

    try:
        push(packed, settings, journal=project.root, choices=choices, progress=sending.step, done=done)
    finally:
        sending.end()


def _day(stated: datetime | None) -> date | None:
    return stated.date() if stated else None


def _drawn(project: Project) -> tuple[DrawnFigure, ...]:
    from kpublish.pipeline import render

    findings.tell_code(project)
    return render(project)


def _package(project: Project, file: Path | None, drawn: tuple[DrawnFigure, ...] | None) -> Bundle:
    """Draw, unless that was done, and pack; or take a package that was packed elsewhere from the same commit."""
    from kpublish.pipeline import bundle

    if file is None:
        figures = _drawn(project) if drawn is None else drawn
        packed = bundle(project, figures)
        _tell_package(packed, "Packed")
        findings.warn(project, (fault for figure in figures for fault in figure.faults))
        return packed
    packed = _verified(project, file)
    _tell_package(packed, "Verified")
    return packed


def _verified(project: Project, file: Path) -> Bundle:
    from kpublish.bundles.packing import of_clone
    from kpublish.bundles.verifying import verify
    from kpublish.errors import UsageError

    packed, git = verify(file), project.git
    kid = project.release.kid if project.release else None
    if git is None or (kid, git.commit) != (packed.release.kid, packed.release.commit):
        raise UsageError(f"{file} was not made from this commit.", remedy="Check out the commit of its tag, or pack anew.")
    return replace(packed, release=of_clone(packed.release, git))


def _tell_package(package: Bundle, how: str) -> None:
    from kpublish.cli.console import note, size, step

    release = package.release
    step(f"{how} {os.path.relpath(package.path)}: {len(package.contents)} files, {size(package.path.stat().st_size)}")
    note(f"{release.resource.title}, version {release.version}, kid {release.kid}")
