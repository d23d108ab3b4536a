"""Compare the repository with what its archives have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpublish.cli import archives, findings

if TYPE_CHECKING:
    from kpublish.archives.targets import Target


@click.command("status")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@archives.to
@archives.url
@archives.token_file
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(path: Path, names: tuple[str, ...], urls: tuple[str, ...], token_files: tuple[str, ...], as_json: bool) -> None:
    """Tell how far the version of the repository around PATH is in each archive, and everything that differs.

    What was published is compared with what this commit would give: files by checksum, metadata field by field. Ends with exit code
    1 if anything differs.
    """
    from kpublish.archives.push import asked
    from kpublish.pipeline import bundle, load, render

    project = load(path)
    findings.stop_at_errors(project, "public")
    settings = archives.chosen(project, names, urls, token_files)
    package = bundle(project, render(project))
    told = [_told(target) for target in asked(package, settings, project.root)]
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        for one in told:
            _print(one)
    if any(one["drifts"] for one in told):
        raise click.exceptions.Exit(1)


def _told(target: Target) -> dict[str, Any]:
    from kpublish.archives.comparing import drifts

    release = target.bundle.release
    state = target.archive.find(release.kid, release.version)
    return {
        "archive": target.settings.name,
        "status": state.status.value,
        "version": release.version,
        "url": state.url,
        "doi": state.doi,
        "drifts": list(drifts(target, state)),
    }


def _print(one: dict[str, Any]) -> None:
    from kpublish.cli.console import heading, note, step

    title = f"{one['archive']}: version {one['version']} is {one['status']}"
    if one["drifts"]:
        heading(title)
    else:
        step(f"{title}, as this commit has it")
    for text in (one["url"], f"DOI {one['doi']}" if one["doi"] else "", *one["drifts"]):
        if text:
            note(text)
