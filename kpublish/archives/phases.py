"""One archive's part of a release: asked, filled and verified, published; each step with its intent noted before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import BinaryIO, cast

from kpublish.archives import Archive
from kpublish.archives.metering import Metered
from kpublish.archives.planning import file_steps, holds, plan, verify
from kpublish.errors import ArchiveError, KpublishError
from kpublish.files import open_bytes
from kpublish.journal import Journal
from kpublish.model.archive import Link, State, Step
from kpublish.model.bundle import Bundle, FileEntry, Release

#: Is given the state of an archive as soon as something new is known of it.
Noted = Callable[[State], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One release at one archive; up to ``parallel`` files are sent at once, and ``moved`` is told of bytes that were sent."""

    bundle: Bundle
    archive: Archive
    journal: Journal
    progress: Callable[[str], None]
    noted: Noted = lambda _: None
    hold: Callable[[], None] = lambda: None
    parallel: int = 1
    moved: Callable[[int], None] = lambda _: None
    _lock: Lock = field(default_factory=Lock)

    @property
    def release(self) -> Release:
        """What this archive is given."""
        return self.bundle.release

    def fill(self, start: Step) -> tuple[State, int]:
        """Make the draft hold exactly the files of the release; return it and the number of files sent."""
        state = self.do(start)
        self.noted(state)
        steps = file_steps(self.release, state)
        for step in steps:
            if step.verb == "remove":
                state = self.do(step)
        sent = 0
        first, more = _by_content([entry for step in steps if step.verb == "send" and (entry := self.release.file(step.path))])
        for wave in (first, more):
            missing = [entry for entry in wave if not holds(state, entry)]  # the same bytes came with another path
            state = self._send(missing) or state
            sent += len(missing)
        return state, sent

    def _send(self, entries: Sequence[FileEntry]) -> State | None:
        """Send files, and return the last state that was told; after a failure what is under way ends, and nothing more begins."""
        steps = [Step("send", entry.path, entry.size) for entry in entries]
        if self.parallel == 1 or len(steps) < 2:
            states = [self.do(step) for step in steps]
            return states[-1] if states else None
        stop = Event()

        def one(step: Step) -> State | None:
            try:
                return None if stop.is_set() else self.do(step)
            except BaseException:
                stop.set()
                raise

        with ThreadPoolExecutor(min(self.parallel, len(steps))) as pool:
            try:
                return list(pool.map(one, steps))[-1]
            except BaseException:
                stop.set()
                raise

    def check(self) -> State:
        """Ask what the archive has now, and compare every checksum.

        Raises
        ------
        VersionTaken, IntegrityError
            As for :func:`kpublish.archives.planning.verify`.
        """
        state = self.archive.find(self.release.kid, self.release.version)
        verify(self.release, state)
        return state

    def publish(self, checked: State | None = None) -> State:
        """Publish what was verified, just now or now; an unclear answer is cleared up by asking what is there."""
        state = checked or self.check()
        if plan(self.release, state):
            try:
                state = self.do(Step("publish"))
            except ArchiveError:
                state = self.archive.find(self.release.kid, self.release.version)
                if not state.ended:
                    raise
        verify(self.release, state)
        if plan(self.release, state):
            raise ArchiveError(f"{self.archive.settings.name} did not publish the draft.", remedy="Run the same command again.")
        self.noted(state)
        return state

    def link(self, links: tuple[Link, ...]) -> State:
        """Put the cross-links of a published version."""
        return self._told(Step("amend"), lambda: self.archive.amend(self.release, links))

    def do(self, step: Step) -> State:
        """Take one step, with the intent noted before and the answer after."""
        return self._told(step, lambda: self._ask(step))

    def _told(self, step: Step, ask: Callable[[], State]) -> State:
        name = self.archive.settings.name
        size = f" ({step.size} bytes)" if step.verb == "send" else ""
        with self._lock:
            self.hold()
            self.progress(f"{name}: {step.verb} {step.path}".rstrip() + size)
            self.journal.intent(name, self.release, step)
        try:
            state = ask()
        except KpublishError as error:
            with self._lock:
                self.journal.failure(name, self.release, step, error.message)
            raise
        with self._lock:
            self.journal.answer(name, self.release, step, state)
        return state

    def _ask(self, step: Step) -> State:
        release = self.release
        if step.verb == "remove":
            return self.archive.remove(release, step.path)
        if step.verb == "send":
            entry = next(entry for entry in release.files if entry.path == step.path)
            with closing(open_bytes(self.bundle.path)) as content:
                content.seek(self.bundle.contents.get(entry.path, 0))
                return self.archive.send(release, entry, cast(BinaryIO, Metered(content, self._counted)))
        whole: dict[str, Callable[[Release], State]] = {
            "draft": self.archive.draft,
            "describe": self.archive.describe,
            "publish": self.archive.publish,
        }
        return whole[step.verb](release)

    def _counted(self, count: int) -> None:
        with self._lock:
            self.moved(count)


def _by_content(entries: Iterable[FileEntry]) -> tuple[list[FileEntry], list[FileEntry]]:
    """The first file of each content, and all others."""
    first: dict[str, FileEntry] = {}
    more = [entry for entry in entries if first.setdefault(entry.sha256, entry) is not entry]
    return list(first.values()), more
