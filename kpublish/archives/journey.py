"""One release on its way to all archives: staged everywhere, then published, then linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from kpublish.archives import Witness
from kpublish.archives.linking import links, missing
from kpublish.archives.phases import Run
from kpublish.archives.remembering import before, witness_first
from kpublish.archives.targets import Target
from kpublish.archives.telling import write_reports
from kpublish.ci import surroundings
from kpublish.errors import KpublishError
from kpublish.http import passed
from kpublish.journal import Journal, keep_receipts
from kpublish.model.archive import ABOUT_TO, ArchiveStatus, Choices, Receipt, Record, State

#: Seconds for which what an archive told of its draft counts as known.
FRESH = 10.0
Told = Callable[[str], None]


@dataclass(slots=True)
class Journey:
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
    checked: dict[str, float] = field(default_factory=dict)
    leased: list[Target] = field(default_factory=list)

    def bring(self, planned: Sequence[Receipt], choices: Choices) -> tuple[Receipt, ...]:
        """Stage, ask for leave, publish and link; return how it ended at each archive, in the order in which they are named."""
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
        self.states[name], self.checked[name] = state, passed()
        differences = target.archive.differences(run.release, state)
        return replace(receipt, state=state, sent=sent, differences=differences)

    def _in_order(self, choices: Choices) -> Sequence[Target]:
        """Who is published in which order: those that mint DOIs last; nobody, if only drafts are wanted."""
        return () if choices.draft else sorted(self.targets, key=lambda target: target.kind.MINTS)

    def _publish(self, target: Target, receipt: Receipt) -> Receipt:
        if receipt.plan:
            name = target.settings.name
            fresh = self.states[name] if passed(self.checked[name]) < FRESH else None
            receipt = replace(receipt, state=self.runs[name].publish(fresh))
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
