"""Brings a package to archives, each exactly once: plan, stage everywhere, publish, link; every phase is safe to repeat.

Nothing is published anywhere before all archives hold, and have told the checksums of, what they shall publish. A witness, as the
data center is one, is staged first: it keeps what the others call this version, so that a run without journal finds their drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kpublish.archives import Archive
from kpublish.archives.journey import Journey, Told
from kpublish.archives.linking import links, missing
from kpublish.archives.phases import Run
from kpublish.archives.planning import plan
from kpublish.archives.remembering import before, found, unremembered
from kpublish.archives.targets import Target, sealed, targets
from kpublish.archives.telling import write_reports
from kpublish.config import ArchiveSettings, missing_token
from kpublish.errors import IntegrityError
from kpublish.files import sha256_of
from kpublish.journal import Journal, keep_receipts, opened
from kpublish.model.archive import Choices, Receipt
from kpublish.model.bundle import Bundle, Release
from kpublish.model.project import PROJECT_FILE


def push_all(
    bundle: Bundle,
    archives: Sequence[ArchiveSettings],
    *,
    journal_root: Path | None = None,
    choices: Choices = Choices(),  # noqa: B008 - a frozen value
    progress: Told | None = None,
    done: Callable[[Receipt], None] | None = None,
) -> tuple[Receipt, ...]:
    """Bring a package to every archive; return a receipt for each, in the order in which they are named.

    Parameters
    ----------
    bundle
        The package.
    archives
        Where to.
    journal_root
        The project whose ``.kpublish/`` holds journal and receipts; if None, the one around the package.
    choices
        Only ask and plan; or stop after staging; and until when the files stay closed.
    progress
        Is told each step.
    done
        Is given the receipt of an archive as soon as there is one, before the next archive's turn.

    Raises
    ------
    VersionTaken
        If an archive has this version from other inputs.
    Leased
        If another runner releases this version at the moment.
    ArchiveError
        If an archive cannot be reached or refuses.
    ConfigurationError
        If a token is missing where something has to be sent.
    IntegrityError
        If bytes are not what their checksum says; then nothing is published.
    """
    bundle = sealed(bundle, archives)
    whereto = targets(bundle, archives, choices.embargo)
    root = journal_root or _project_of(bundle.path)
    receipts = _planned(whereto, root)
    if choices.dry_run:
        return receipts
    for target, receipt in zip(whereto, receipts, strict=True):
        if receipt.plan and target.kind.NEEDS_TOKEN and not target.settings.may_write:
            raise missing_token(target.settings)
    unsure = frozenset(target.settings.name for target in whereto if unremembered(target, whereto, root))
    with opened(root) as journal:
        if any(receipt.plan for receipt in receipts):
            _stop_at_changed(bundle)
        moved = _metered(choices, receipts)
        journey = Journey(whereto, journal, root, moved, progress or _silent, _silent if done is None else done, unsure)
        return journey.bring(receipts, choices)


def released(release: Release, archives: Sequence[ArchiveSettings], root: Path, *, keep: bool = True) -> tuple[Receipt, ...] | None:
    """Return the receipts of a release that every archive has already, linked to the others; None, if anything is to be done.

    Parameters
    ----------
    release
        The release as its inputs tell it; its files are not looked at.
    archives
        Where it should be.
    root
        The project.
    keep
        Whether receipts and reports are written.

    Raises
    ------
    VersionTaken, ArchiveError
        As for :func:`push_all`.
    """
    whereto = targets(Bundle(root, release, {}), archives, None)
    receipts = _planned(whereto, root)
    states = {receipt.archive: receipt.state for receipt in receipts}
    older = before(root, release.kid, release.version)
    if any(receipt.plan or missing(links(release, receipt.archive, states, older), receipt.state) for receipt in receipts):
        return None
    if keep:
        keep_receipts(root, release, receipts)
        write_reports(root, release, receipts)
    return receipts


def asked(bundle: Bundle, archives: Sequence[ArchiveSettings], root: Path) -> tuple[Target, ...]:
    """Return where a release goes, each archive told what is remembered of it.

    Raises
    ------
    IntegrityError, ArchiveError
        As for :func:`push_all`.
    """
    whereto = targets(sealed(bundle, archives), archives, None)
    found(whereto, root)
    return whereto


def push(bundle: Bundle, archive: Archive, journal: Journal, *, progress: Told = lambda _: None) -> Receipt:
    """Bring a package to one archive, or go on where an earlier push was interrupted.

    Raises
    ------
    VersionTaken, ArchiveError, IntegrityError
        As for :func:`push_all`.
    """
    release, name = bundle.release, archive.settings.name
    state = archive.find(release.kid, release.version)
    steps = plan(release, state)
    if not steps:
        return Receipt(name, archive.settings.kind, state, adopted=True)
    _stop_at_changed(bundle)
    asked = journal.unanswered(name, release)
    if asked:
        progress(f"{name}: going on after an interruption ({asked.get('verb')} {asked.get('path', '')}".rstrip() + ")")
    run = Run(bundle, archive, journal, progress)
    state, sent = run.fill(steps[0])
    state = run.publish()
    return Receipt(name, archive.settings.kind, state, sent=sent, plan=steps)


def _metered(choices: Choices, receipts: Sequence[Receipt]) -> Callable[[int], None]:
    """What counts the bytes that are sent, of all that are to be sent."""
    total = sum(step.size for receipt in receipts for step in receipt.plan if step.verb == "send")
    sent = 0

    def moved(count: int) -> None:
        nonlocal sent
        sent += count
        choices.moved(sent, total)

    return moved


def _silent(_: object) -> None:
    """Tell nobody."""


def _planned(whereto: Sequence[Target], root: Path) -> tuple[Receipt, ...]:
    """What is there, and what is to be done."""
    receipts = []
    states = found(whereto, root)
    for target in whereto:
        name = target.settings.name
        steps = plan(target.bundle.release, states[name])
        receipts.append(Receipt(name, target.settings.kind, states[name], adopted=not steps, plan=steps))
    return tuple(receipts)


def _stop_at_changed(bundle: Bundle) -> None:
    if sha256_of(bundle.path)[0] != bundle.sha256:
        raise IntegrityError(f"{bundle.path} is not what was packed.", remedy="Run the same command again; it packs anew.")


def _project_of(package: Path) -> Path:
    """The project around a package; its folder, if there is none."""
    return next((folder for folder in package.absolute().parents if (folder / PROJECT_FILE).is_file()), package.parent)
