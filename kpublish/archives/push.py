"""Brings a package to archives, each exactly once: decide from what is there, act, and verify what was stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kpublish.archives import ARCHIVES, Archive
from kpublish.bundles.verifying import seal
from kpublish.config import ArchiveSettings, missing_token
from kpublish.errors import ArchiveError, IntegrityError, KpublishError, VersionTaken
from kpublish.files import open_bytes, sha256_of
from kpublish.journal import Journal, keep_receipts, opened
from kpublish.model.archive import ArchiveStatus, Receipt, State, Step
from kpublish.model.bundle import Bundle, FileEntry, Release
from kpublish.model.project import PROJECT_FILE


def push_all(
    bundle: Bundle,
    archives: Sequence[ArchiveSettings],
    *,
    journal_root: Path | None = None,
    dry_run: bool = False,
    progress: Callable[[str], None] | None = None,
    done: Callable[[Receipt], None] | None = None,
) -> tuple[Receipt, ...]:
    """Bring a package to every archive; nothing is sent anywhere before all of them have told what they have.

    Parameters
    ----------
    bundle
        The package.
    archives
        Where to.
    journal_root
        The project whose ``.kpublish/`` holds journal and receipts; if None, the one around the package.
    dry_run
        Only ask and plan.
    progress
        Is told each step.
    done
        Is given the receipt of an archive as soon as the version is there, before the next archive's turn.

    Raises
    ------
    VersionTaken
        If an archive has this version from other inputs.
    ArchiveError
        If an archive cannot be reached or refuses.
    ConfigurationError
        If a token is missing where something has to be sent.
    IntegrityError
        If bytes are not what their checksum says; then nothing is published.
    """
    tell = progress or (lambda _: None)
    bundle = seal(bundle)
    targets = [(settings, ARCHIVES.get(settings.kind)) for settings in archives]
    connected = [(kind, kind.connect(settings)) for settings, kind in targets]
    planned = tuple(_planned(bundle.release, archive) for _, archive in connected)
    if dry_run:
        return planned
    for (kind, archive), receipt in zip(connected, planned, strict=True):
        if receipt.plan and kind.NEEDS_TOKEN and archive.settings.token is None:
            raise missing_token(archive.settings)
    root = journal_root or _project_of(bundle.path)
    receipts: tuple[Receipt, ...] = ()
    with opened(root) as journal:
        for _, archive in connected:
            receipts = (*receipts, push(bundle, archive, journal, progress=tell))
            keep_receipts(root, bundle.release, receipts)
            if done is not None:
                done(receipts[-1])
    return receipts


def _project_of(package: Path) -> Path:
    """The project around a package; its folder, if there is none."""
    return next((folder for folder in package.absolute().parents if (folder / PROJECT_FILE).is_file()), package.parent)


def _planned(release: Release, archive: Archive) -> Receipt:
    state = archive.find(release.kid, release.version)
    steps = plan(release, state)
    return Receipt(archive.settings.name, archive.settings.kind, state, adopted=not steps, plan=steps)


def plan(release: Release, state: State) -> tuple[Step, ...]:
    """Return what brings an archive from ``state`` to the published release; nothing, if it is there already.

    Raises
    ------
    VersionTaken
        If this version was released from other inputs.
    """
    if state.ended:
        if state.digest != release.digest:
            raise VersionTaken(
                f"Version {release.version} of {release.kid} was already released from other inputs: {state.url or state.id}",
                remedy="Raise version: in kpublish.yaml, commit, tag it, and release again.",
            )
        return ()
    start = Step("draft" if state.status is ArchiveStatus.ABSENT else "describe")
    return (start, *_file_steps(release, state), Step("publish"))


def _file_steps(release: Release, state: State) -> tuple[Step, ...]:
    wanted = {entry.path for entry in release.files}
    superfluous = [Step("remove", path) for path in sorted(state.files) if path not in wanted]
    missing = [Step("send", entry.path, entry.size) for entry in release.files if not _holds(state, entry)]
    return (*superfluous, *missing)


def _holds(state: State, entry: FileEntry) -> bool:
    stored = state.files.get(entry.path)
    return stored is not None and (stored.size, stored.sha256) == (entry.size, entry.sha256)


def push(bundle: Bundle, archive: Archive, journal: Journal, *, progress: Callable[[str], None] = lambda _: None) -> Receipt:
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
    asked = journal.unanswered(name, release)
    if asked:
        progress(f"{name}: going on after an interruption ({asked.get('verb')} {asked.get('path', '')}".rstrip() + ")")
    if sha256_of(bundle.path)[0] != bundle.sha256:
        raise IntegrityError(f"{bundle.path} is not what was packed.", remedy="Run the same command again; it packs anew.")
    with open_bytes(bundle.path) as content:
        run = _Run(bundle, archive, journal, progress, content)
        state, sent = run.fill(steps[0])
        state = run.publish()
    return Receipt(name, archive.settings.kind, state, sent=sent, plan=steps)


@dataclass(frozen=True, slots=True)
class _Run:
    """One push to one archive, with the open package."""

    bundle: Bundle
    archive: Archive
    journal: Journal
    progress: Callable[[str], None]
    content: BinaryIO

    def fill(self, start: Step) -> tuple[State, int]:
        """Make the draft hold exactly the files of the release; return it and the number of files sent."""
        release, sent = self.bundle.release, 0
        state = self.do(start)
        for step in _file_steps(release, state):
            entry = release.file(step.path)
            if step.verb == "send" and entry and _holds(state, entry):
                continue  # the same bytes came with another path
            state = self.do(step)
            sent += step.verb == "send"
        return state, sent

    def publish(self) -> State:
        """Publish what was verified; an unclear answer is cleared up by asking what is there."""
        release = self.bundle.release
        state = self.archive.find(release.kid, release.version)
        if plan(release, state):
            verify(release, state)
            try:
                state = self.do(Step("publish"))
            except ArchiveError:
                state = self.archive.find(release.kid, release.version)
                if not state.ended:
                    raise
        verify(release, state)
        if plan(release, state):
            raise ArchiveError(f"{self.archive.settings.name} did not publish the draft.", remedy="Run the same command again.")
        return state

    def do(self, step: Step) -> State:
        """Take one step, with the intent noted before and the answer after."""
        name, release = self.archive.settings.name, self.bundle.release
        size = f" ({step.size} bytes)" if step.verb == "send" else ""
        self.progress(f"{name}: {step.verb} {step.path}".rstrip() + size)
        self.journal.intent(name, release, step)
        try:
            state = self._ask(step)
        except KpublishError as error:
            self.journal.failure(name, release, step, error.message)
            raise
        self.journal.answer(name, release, step, state)
        return state

    def _ask(self, step: Step) -> State:
        release = self.bundle.release
        if step.verb == "remove":
            return self.archive.remove(release, step.path)
        if step.verb == "send":
            entry = next(entry for entry in release.files if entry.path == step.path)
            self.content.seek(self.bundle.contents.get(entry.path, 0))
            return self.archive.send(release, entry, self.content)
        whole: dict[str, Callable[[Release], State]] = {
            "draft": self.archive.draft,
            "describe": self.archive.describe,
            "publish": self.archive.publish,
        }
        return whole[step.verb](release)


def verify(release: Release, state: State) -> None:
    """Compare what an archive holds with the release.

    Raises
    ------
    VersionTaken
        If meanwhile another release of the same version took its place.
    IntegrityError
        If files are missing, superfluous, or differ.
    """
    if state.digest != release.digest:
        raise VersionTaken(
            f"Version {release.version} of {release.kid} was meanwhile changed by another release.",
            remedy="See who else releases it; then raise version: in kpublish.yaml or run the same command again.",
        )
    wrong = [step.path for step in _file_steps(release, state)]
    if wrong:
        raise IntegrityError(
            f"The archive does not hold what was sent: {', '.join(wrong[:5])}{' …' if len(wrong) > 5 else ''}.",
            remedy="Nothing was published; run the same command again.",
        )
