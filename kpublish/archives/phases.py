"""One archive's part of a release: asked, filled and verified, published; each step with its intent noted before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from kpublish.archives import Archive
from kpublish.archives.planning import file_steps, holds, plan, verify
from kpublish.errors import ArchiveError, KpublishError
from kpublish.journal import Journal
from kpublish.model.archive import Link, State, Step
from kpublish.model.bundle import Bundle, Release

#: Is given the state of an archive as soon as something new is known of it.
Noted = Callable[[State], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One release at one archive, with the open package."""

    bundle: Bundle
    archive: Archive
    journal: Journal
    progress: Callable[[str], None]
    content: BinaryIO
    noted: Noted = lambda _: None
    hold: Callable[[], None] = lambda: None

    @property
    def release(self) -> Release:
        """What this archive is given."""
        return self.bundle.release

    def fill(self, start: Step) -> tuple[State, int]:
        """Make the draft hold exactly the files of the release; return it and the number of files sent."""
        sent = 0
        state = self.do(start)
        self.noted(state)
        for step in file_steps(self.release, state):
            entry = self.release.file(step.path)
            if step.verb == "send" and entry and holds(state, entry):
                continue  # the same bytes came with another path
            state = self.do(step)
            sent += step.verb == "send"
        return state, sent

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

    def publish(self) -> State:
        """Publish what was verified; an unclear answer is cleared up by asking what is there."""
        state = self.check()
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
        self.hold()
        self.progress(f"{name}: {step.verb} {step.path}".rstrip() + size)
        self.journal.intent(name, self.release, step)
        try:
            state = ask()
        except KpublishError as error:
            self.journal.failure(name, self.release, step, error.message)
            raise
        self.journal.answer(name, self.release, step, state)
        return state

    def _ask(self, step: Step) -> State:
        release = self.release
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
