"""Take a published version away; a tombstone with the reason stays."""

from __future__ import annotations

from pathlib import Path

import click

from kpublish.cli import archives


@click.command("withdraw")
@click.argument("version")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--reason", required=True, metavar="TEXT", help="Why; everybody will read it.")
@archives.to
@archives.url
@archives.token_file
@archives.yes
def command(  # noqa: PLR0913 - one parameter for each option
    version: str,
    path: Path,
    *,
    reason: str,
    names: tuple[str, ...],
    urls: tuple[str, ...],
    token_files: tuple[str, ...],
    yes: bool,
) -> None:
    """Withdraw VERSION of the repository around PATH from its archives: its files are no longer served, its page tells the reason.

    A withdrawn version is never published again. Archives that let only their staff do so are told, with exit code 3, after all
    others have been asked.
    """
    from kpublish.archives import ARCHIVES
    from kpublish.cli.console import note, step
    from kpublish.errors import ArchiveError, UsageError
    from kpublish.journal import recalled
    from kpublish.pipeline import load

    project = load(path)
    if project.release is None or not project.release.kid:
        raise UsageError(f"{project.root} does not say its kid.", remedy="Name the folder of a project.")
    if not reason.strip():
        raise UsageError("The reason says nothing.", remedy="Write one sentence that everybody may read.")
    settings = archives.chosen(project, names, urls, token_files)
    archives.stop_at_missing_tokens(settings)
    if not yes:
        where = ", ".join(archive.name for archive in settings)
        archives.confirm(version, f"Version {version} will be withdrawn from {where} for ever.")
    refusals: list[ArchiveError] = []
    for one in settings:
        archive = ARCHIVES.get(one.kind).connect(one)
        if record := recalled(project.root, one.name, project.release.kid, version):
            archive.recall(record)
        try:
            state = archive.withdraw(project.release.kid, version, reason)
        except ArchiveError as error:
            refusals.append(error)
            continue
        step(f"{one.name}: version {version} is {state.status}")
        note(state.url or state.id)
    for refusal in refusals[1:]:
        note(str(refusal))
    if refusals:
        raise refusals[0]
