"""Change the description of a published version, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import archives, findings

if TYPE_CHECKING:
    from kpublish.archives.targets import Target
    from kpublish.model.archive import State


@click.command("amend")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@archives.to
@archives.url
@archives.token_file
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@archives.yes
def command(
    path: Path,
    *,
    names: tuple[str, ...],
    urls: tuple[str, ...],
    token_files: tuple[str, ...],
    dry_run: bool,
    yes: bool,
) -> None:
    """Bring titles, authors, DOIs of papers and whatever else describes the version of PATH to all archives that have published it.

    The repository says the new description; files, and what the numbers mean, stay as they were published. For other data raise the
    version and release it.
    """
    from kpublish.archives.amending import amended
    from kpublish.archives.push import asked
    from kpublish.cli.console import heading, note, step
    from kpublish.model.archive import ArchiveStatus
    from kpublish.pipeline import bundle, load, render

    project = load(path)
    findings.stop_at_errors(project, "public")
    settings = archives.chosen(project, names, urls, token_files)
    package = bundle(project, render(project))
    changing: list[tuple[Target, State]] = []
    for target in asked(package, settings, project.root):
        state = target.archive.find(target.bundle.release.kid, target.bundle.release.version)
        if state.status is not ArchiveStatus.PUBLISHED:
            heading(f"{target.settings.name}: version {target.bundle.release.version} is {state.status}, not published")
            continue
        differences = target.archive.differences(amended(target.bundle.release, state), state)
        heading(f"{target.settings.name}: {len(differences)} field{'s' if len(differences) != 1 else ''} would change")
        for difference in differences:
            note(f"{difference.field}: {difference.stored!r} → {difference.sent!r}")
        if differences:
            changing.append((target, state))
    if dry_run or not changing:
        return
    archives.stop_at_missing_tokens([target.settings for target, _ in changing])
    if not yes:
        archives.confirm(package.release.version, "The description that everybody sees will change.")
    for target, state in changing:
        told = target.archive.amend(amended(target.bundle.release, state), state.links)
        step(f"{target.settings.name}: amended")
        note(told.url or told.id)
