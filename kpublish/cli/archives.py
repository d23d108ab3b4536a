"""What commands that speak to archives share: which archives are meant, leave for what cannot be undone, how an end is told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kpublish.config import ArchiveSettings
    from kpublish.model.archive import Receipt
    from kpublish.model.project import Project

#: Which archives, at which addresses, with which tokens.
to = click.option("--to", "names", metavar="NAME", multiple=True, help="Only this archive of kpublish.yaml; may be repeated.")
url = click.option("--url", "urls", metavar="NAME=URL", multiple=True, help="Another address for an archive.")
token_file = click.option(
    "--token-file", "token_files", metavar="NAME=FILE", multiple=True, help="The file that holds an archive's token."
)
yes = click.option("--yes", is_flag=True, help="Do what cannot be undone without being asked.")


def chosen(
    project: Project, names: Sequence[str], urls: Sequence[str] = (), token_files: Sequence[str] = ()
) -> tuple[ArchiveSettings, ...]:
    """The archives that are meant, as ``kpublish.yaml``, environment and options say.

    Raises
    ------
    ConfigurationError
        If there is no such archive.
    """
    from kpublish.config import DATACENTER, configure
    from kpublish.errors import ConfigurationError
    from kpublish.registry import did_you_mean

    addresses, files = _pairs("--url", urls), _pairs("--token-file", token_files)
    entries = project.archives or (DATACENTER,)
    known = [entry.name for entry in entries]
    for name in (*names, *addresses, *files):
        if name not in known:
            remedy = did_you_mean(name, known) or f"Known: {', '.join(known)}; add it under archives: in kpublish.yaml."
            raise ConfigurationError(f"No archive is named {name!r}.", remedy=remedy)
    meant = tuple(entry for entry in entries if not names or entry.name in names)
    return configure(meant, urls=addresses, token_files={name: Path(file) for name, file in files.items()}).archives


def stop_at_missing_tokens(settings: Sequence[ArchiveSettings]) -> None:
    """Before anything is drawn; what the archives answer to a token is found out later."""
    from kpublish.archives import ARCHIVES
    from kpublish.config import missing_token

    for archive in settings:
        if ARCHIVES.get(archive.kind).NEEDS_TOKEN and not archive.may_write:
            raise missing_token(archive)


def irrevocable(settings: ArchiveSettings) -> bool:
    """Whether nobody can undo what is published there: a DOI, or a page of a data center that others can reach."""
    from kpublish.archives import ARCHIVES
    from kpublish.config import is_loopback

    kind = ARCHIVES.get(settings.kind)
    return kind.MINTS or (kind.WITNESS and not is_loopback(settings.url))


def leave(
    version: str, settings: Sequence[ArchiveSettings], yes: bool, before: Callable[[], None]
) -> Callable[[Sequence[Receipt]], None]:
    """Return what asks for leave before anything is published that cannot be undone; ``before`` makes place for the question.

    On a terminal the version is typed; elsewhere the pipeline of the version's tag, or ``--yes``, is leave.
    """
    from kpublish.ci import surroundings

    by_name = {archive.name: archive for archive in settings}

    def ask(receipts: Sequence[Receipt]) -> None:
        before()
        waiting = [one.archive for one in receipts if one.plan and irrevocable(by_name[one.archive])]
        if waiting and not yes and surroundings().tag not in (version, f"v{version}"):
            confirm(
                version, f"Publishing version {version} in {', '.join(waiting)} cannot be undone.", "Everything is staged there."
            )

    return ask


def confirm(answer: str, what: str, so_far: str = "Nothing was changed.") -> None:
    """Have ``answer`` typed on a terminal; elsewhere there is nobody to ask.

    Raises
    ------
    UsageError
        If it was not typed, or cannot be.
    """
    from kpublish.errors import UsageError

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(f"{what} Nobody is here to confirm it.", remedy=f"{so_far} Use --yes, or the pipeline of the tag.")
    if click.prompt(f"{what} Type {answer} to go on", default="", show_default=False) != answer:
        raise UsageError("It was not confirmed.", remedy=f"{so_far} Run the same command again.")


def tell_receipt(receipt: Receipt) -> None:
    """Tell how a release ended at an archive."""
    from kpublish.cli.console import note, step
    from kpublish.model.archive import ArchiveStatus

    state = receipt.state
    if receipt.adopted:
        how = f"{state.status} already, nothing sent"
    else:
        count = f"{receipt.sent} file{'s' if receipt.sent != 1 else ''} sent, checksums verified"
        how = f"{'staged as a ' if state.status is ArchiveStatus.DRAFT else ''}{state.status}, {count}"
    step(f"{receipt.archive}: {how}")
    note(state.url or state.id)
    if state.doi:
        note(f"DOI {state.doi}{' (reserved)' if not state.ended else ''}")
    if state.note:
        note(state.note)
    for difference in receipt.differences:
        text = f"{receipt.archive} stored {difference.field} otherwise than it was told: {difference.stored!r}"
        click.secho("  warning: ", fg="yellow", nl=False, err=True)
        click.echo(text, err=True)


def tell_plan(receipt: Receipt, settings: ArchiveSettings) -> None:
    """Tell what a release would do at an archive."""
    from kpublish.cli.console import heading, note, size

    if not receipt.plan:
        tell_receipt(receipt)
        return
    heading(f"{receipt.archive}: {receipt.state.status}; a release would")
    for step in receipt.plan:
        amount = f"  {size(step.size)}" if step.verb == "send" else ""
        final = ", which cannot be undone" if step.verb == "publish" and irrevocable(settings) else ""
        note(f"{step.verb} {step.path}".rstrip() + amount + final)


def tell_concept(receipt: Receipt, settings: ArchiveSettings) -> None:
    """After the first publication: the line by which later runs, and figures, know all versions together."""
    from kpublish.cli.console import note

    if receipt.state.concept_doi and receipt.state.ended and not settings.options.concept:
        note(f"add to kpublish.yaml, under archives: {receipt.archive}:  concept: {receipt.state.concept_doi}")


def _pairs(option: str, stated: Sequence[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in stated)
    wrong = [text for text in stated if not all(text.partition("="))]
    if wrong:
        raise click.UsageError(f"{option} {wrong[0]!r} is not of the form NAME=VALUE.")
    return pairs
