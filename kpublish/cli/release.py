"""Publish the repository in archives, each version exactly once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import findings

if TYPE_CHECKING:
    from kpublish.config import ArchiveSettings
    from kpublish.model.archive import Receipt
    from kpublish.model.bundle import Bundle
    from kpublish.model.project import Project


@click.command("release")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--to", "names", metavar="NAME", multiple=True, help="Only this archive of kpublish.yaml; may be repeated.")
@click.option("--url", "urls", metavar="NAME=URL", multiple=True, help="Another address for an archive.")
@click.option("--token-file", "token_files", metavar="NAME=FILE", multiple=True, help="The file that holds an archive's token.")
@click.option("--dry-run", is_flag=True, help="Only ask the archives, and tell what would be done.")
def command(path: Path, names: tuple[str, ...], urls: tuple[str, ...], token_files: tuple[str, ...], dry_run: bool) -> None:
    """Validate, render and pack the repository around PATH (the current folder), and publish it in its archives.

    A version that an archive has already is left as it is. After an interruption the same command continues. Tokens come from
    KPUBLISH_<NAME>_TOKEN or KPUBLISH_<NAME>_TOKEN_FILE and go only to the host of KPUBLISH_<NAME>_URL.
    """
    from kpublish.cli.console import heading, note
    from kpublish.model.archive import Choices
    from kpublish.pipeline import bundle, load, push, render

    project = load(path)
    addresses, files = _pairs("--url", urls), _pairs("--token-file", token_files)
    findings.stop_at_errors(project, "public")
    settings = _settings(project, names, addresses, files)
    if not dry_run:
        _stop_at_missing_tokens(settings)
    figures = render(project)
    package = bundle(project, figures)
    _tell_package(package)
    findings.warn(project, (fault for figure in figures for fault in figure.faults))
    heading(f"Asking {', '.join(f'{archive.name} ({archive.url})' for archive in settings)}")
    if dry_run:
        for receipt in push(package, settings, choices=Choices(dry_run=True)):
            _tell_plan(receipt)
        return
    push(package, settings, journal=project.root, progress=note, done=_tell_receipt)


def _pairs(option: str, stated: Sequence[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in stated)
    wrong = [text for text in stated if not all(text.partition("="))]
    if wrong:
        raise click.UsageError(f"{option} {wrong[0]!r} is not of the form NAME=VALUE.")
    return pairs


def _settings(
    project: Project, names: Sequence[str], urls: dict[str, str], token_files: dict[str, str]
) -> tuple[ArchiveSettings, ...]:
    """The archives to be released to, as ``kpublish.yaml``, environment and options say."""
    from kpublish.config import DATACENTER, configure
    from kpublish.errors import ConfigurationError
    from kpublish.registry import did_you_mean

    entries = project.archives or (DATACENTER,)
    known = [entry.name for entry in entries]
    for name in (*names, *urls, *token_files):
        if name not in known:
            remedy = did_you_mean(name, known) or f"Known: {', '.join(known)}; add it under archives: in kpublish.yaml."
            raise ConfigurationError(f"No archive is named {name!r}.", remedy=remedy)
    chosen = tuple(entry for entry in entries if not names or entry.name in names)
    files = {name: Path(file) for name, file in token_files.items()}
    return configure(chosen, urls=urls, token_files=files).archives


def _stop_at_missing_tokens(settings: Sequence[ArchiveSettings]) -> None:
    """Before anything is drawn; what the archives answer to a token is found out later."""
    from kpublish.archives import ARCHIVES
    from kpublish.config import missing_token

    for archive in settings:
        if ARCHIVES.get(archive.kind).NEEDS_TOKEN and archive.token is None:
            raise missing_token(archive)


def _tell_package(package: Bundle) -> None:
    from kpublish.cli.console import note, size, step

    release = package.release
    step(f"Packed {os.path.relpath(package.path)}: {len(package.contents)} files, {size(package.path.stat().st_size)}")
    note(f"{release.resource.title}, version {release.version}, kid {release.kid}")


def _tell_plan(receipt: Receipt) -> None:
    from kpublish.cli.console import heading, note, size

    if not receipt.plan:
        _tell_receipt(receipt)
        return
    heading(f"{receipt.archive}: {receipt.state.status}; a release would")
    for step in receipt.plan:
        amount = f"  {size(step.size)}" if step.verb == "send" else ""
        note(f"{step.verb} {step.path}".rstrip() + amount)


def _tell_receipt(receipt: Receipt) -> None:
    from kpublish.cli.console import note, step

    state = receipt.state
    how = (
        f"{state.status} already, nothing sent"
        if receipt.adopted
        else f"{state.status}, {receipt.sent} file{'s' if receipt.sent != 1 else ''} sent, checksums verified"
    )
    step(f"{receipt.archive}: {how}")
    note(state.url or state.id)
