"""Brings a package to archives, each exactly once: plan, stage everywhere, publish, link; every phase is safe to repeat.

Nothing is published anywhere before all archives hold, and have told the checksums of, what they shall publish. A witness, as the
data center is one, is staged first: it keeps what the others call this version, so that a run without journal finds their drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from kpublish.archives import Archive, Witness
from kpublish.archives.linking import links, missing
from kpublish.archives.phases import Run
from kpublish.archives.planning import plan
from kpublish.archives.remembering import before, found, unremembered, witness_first
from kpublish.archives.targets import Target, sealed, targets
from kpublish.archives.telling import write_reports
from kpublish.ci import surroundings
from kpublish.config import ArchiveSettings, missing_token
from kpublish.errors import IntegrityError, KpublishError
from kpublish.files import sha256_of
from kpublish.journal import Journal, keep_receipts, opened
from kpublish.model.archive import ABOUT_TO, ArchiveStatus, Choices, Receipt, Record, State
from kpublish.model.bundle import Bundle
from kpublish.model.project import PROJECT_FILE

Told = Callable[[str], None]


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
        release = _Release(whereto, journal, root, moved, progress or _silent, _silent if done is None else done, unsure)
        return release.bring(receipts, choices)


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


@dataclass(slots=True)
class _Release:
    """One release on its way to all archives; ``states`` is what is known of each, by name."""

    targets: tuple[Target, ...]
    journal: Journal
    root: Path
    moved: Callable[[int], None]
    progress: Told
    done: Callable[[Receipt], None]
    unsure: frozenset[str] = frozenset()
    states: dict[str, State] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    leased: list[Target] = field(default_factory=list)

    def bring(self, planned: Sequence[Receipt], choices: Choices) -> tuple[Receipt, ...]:
        receipts = {receipt.archive: receipt for receipt in planned}
        self.states = {name: receipt.state for name, receipt in receipts.items()}
        self.runs = {target.settings.name: self._run(target) for target in self.targets}
        try:
            for target in witness_first(self.targets):
                receipts[target.settings.name] = self._stage(target, receipts[target.settings.name])
            if not choices.draft and any(receipt.plan for receipt in receipts.values()):
                choices.leave(tuple(receipts.values()))
            for target in self._in_order(choices):
                receipts[target.settings.name] = self._publish(target, receipts[target.settings.name])
            if not choices.draft:
                self._link(receipts)
        finally:
            self._give_back()
        kept = tuple(receipts[target.settings.name] for target in self.targets)
        keep_receipts(self.root, self.targets[0].bundle.release, kept)
        write_reports(self.root, self.targets[0].bundle.release, kept)
        if choices.draft:
            for receipt in kept:
                self.done(receipt)
        return kept

    def _run(self, target: Target) -> Run:
        name = target.settings.name

        def noted(state: State) -> None:
            self.states[name] = state
            self._lease(target, state)
            self._note(target, state.record(name, target.settings.kind))

        return Run(target.bundle, target.archive, self.journal, self.progress, noted, self._hold, target.kind.PARALLEL, self.moved)

    def _stage(self, target: Target, receipt: Receipt) -> Receipt:
        """Make one archive hold everything, as a draft, verified."""
        run, name = self.runs[target.settings.name], target.settings.name
        if not receipt.plan:
            return receipt
        asked = self.journal.unanswered(name, run.release)
        if asked:
            self.progress(f"{name}: going on after an interruption ({asked.get('verb')} {asked.get('path', '')}".rstrip() + ")")
        if receipt.state.status is ArchiveStatus.ABSENT and target.kind.MINTS and name in self.unsure:
            settle = target.settings.options.settle
            self.progress(f"{name}: nothing remembers an earlier run; waiting {settle:g} s for a draft that it may have left")
        if receipt.state.status is ArchiveStatus.ABSENT and target.kind.MINTS:
            self._note(target, replace(receipt.state.record(name, target.settings.kind), status=ABOUT_TO))
        self._lease(target, receipt.state)
        _, sent = run.fill(receipt.plan[0])
        state = run.check()
        self.states[name] = state
        differences = target.archive.differences(run.release, state)
        return replace(receipt, state=state, sent=sent, differences=differences)

    def _in_order(self, choices: Choices) -> Sequence[Target]:
        """Who is published in which order: those that mint DOIs last; nobody, if only drafts are wanted."""
        return () if choices.draft else sorted(self.targets, key=lambda target: target.kind.MINTS)

    def _publish(self, target: Target, receipt: Receipt) -> Receipt:
        if receipt.plan:
            receipt = replace(receipt, state=self.runs[target.settings.name].publish())
        self._keep(receipt)
        return receipt

    def _keep(self, receipt: Receipt) -> None:
        keep_receipts(self.root, self.targets[0].bundle.release, (receipt,))
        self.done(receipt)

    def _link(self, receipts: dict[str, Receipt]) -> None:
        """Say everywhere where else the same version is."""
        release = self.targets[0].bundle.release
        older = before(self.root, release.kid, release.version)
        for target in self.targets:
            name = target.settings.name
            wanted = links(release, name, self.states, older)
            state = self.states[name]
            if state.status is ArchiveStatus.PUBLISHED and target.settings.may_write and missing(wanted, state):
                self.states[name] = self.runs[name].link(wanted)
                receipts[name] = replace(receipts[name], state=self.states[name])

    def _note(self, target: Target, record: Record) -> None:
        """Tell the witness what another archive calls this version, as soon as it has a draft itself."""
        for other in self.targets:
            there = self.states.get(other.settings.name, State()).status is not ArchiveStatus.ABSENT
            if other.kind.WITNESS and other is not target and there and other.settings.may_write:
                release = target.bundle.release
                known = self.states[other.settings.name].records.get(record.archive)
                if known != record:
                    self.states[other.settings.name] = self._witness(other).note(release.kid, release.version, record)

    def _lease(self, target: Target, state: State) -> None:
        if target.kind.WITNESS and state.status is ArchiveStatus.DRAFT and target not in self.leased:
            self.leased.append(target)
            self._hold()

    def _hold(self) -> None:
        """Be the only one who releases this version, from the witness's draft on."""
        holder = surroundings().holder or f"{surroundings().machine}, {self.root.absolute()}"
        for target in self.leased:
            self._witness(target).lease(target.bundle.release.kid, target.bundle.release.version, holder)

    def _give_back(self) -> None:
        for target in self.leased:
            with suppress(KpublishError):  # it ends by itself
                self._witness(target).give_back(target.bundle.release.kid, target.bundle.release.version)

    @staticmethod
    def _witness(target: Target) -> Witness:
        return cast(Witness, target.archive)


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
