"""PUSH: one module per kind of archive.

An archive holds versions of resources. Every verb is safe to call twice and returns the state of (kid, version) as the archive
tells it afterwards; what was lost on the way is found out by ``find``.
"""

from __future__ import annotations

from typing import BinaryIO, Protocol

from kpublish.config import ArchiveSettings
from kpublish.model.archive import Difference, Link, Record, State
from kpublish.model.bundle import FileEntry, Release
from kpublish.registry import Registry


class Archive(Protocol):
    """One archive, ready to be talked to."""

    settings: ArchiveSettings

    def find(self, kid: str, version: str) -> State:
        """Return what is there for (kid, version)."""

    def draft(self, release: Release) -> State:
        """Create the draft of this version with its metadata and file list, or adopt the one that is there as it is."""

    def describe(self, release: Release) -> State:
        """Put metadata and file list; return what was stored."""

    def send(self, release: Release, entry: FileEntry, content: BinaryIO) -> State:
        """Send one file of the draft: exactly ``entry.size`` bytes from ``content``; several files may be sent at once."""

    def remove(self, release: Release, path: str) -> State:
        """Take one file out of the draft."""

    def publish(self, release: Release) -> State:
        """Publish the draft, or submit it for review."""

    def recall(self, record: Record) -> None:
        """Take a hint, before ``find``, of what this version was called by an earlier run; it is believed only where it fits."""

    def differences(self, release: Release, state: State) -> tuple[Difference, ...]:
        """Compare what was stored with what the release says, after the archive's own normalisation."""

    def amend(self, release: Release, links: tuple[Link, ...]) -> State:
        """Put description and cross-links of a published version; where nothing changes, nothing is sent."""

    def withdraw(self, kid: str, version: str, reason: str) -> State:
        """Take a published version away and leave a tombstone.

        Raises
        ------
        ArchiveError
            If the archive lets nobody do so; the remedy says who can.
        """


class Witness(Protocol):
    """An archive that remembers what the others call a version, and whose draft only one runner fills at a time."""

    def note(self, kid: str, version: str, record: Record) -> State:
        """Remember what another archive calls this version."""

    def lease(self, kid: str, version: str, holder: str) -> None:
        """Become the only one who may change the draft, for a while, or go on being it.

        Raises
        ------
        Leased
            If somebody else is.
        """

    def give_back(self, kid: str, version: str) -> None:
        """End the lease."""


class ArchiveKind(Protocol):
    """A module of this room; it may also offer ``probe(settings)``, which yields :class:`Probe` for ``kpublish doctor``."""

    #: Whether writing needs a token.
    NEEDS_TOKEN: bool
    #: Whether publishing mints a DOI, and cannot be undone by anybody; such archives come last.
    MINTS: bool
    #: Whether it tells md5, and no sha256.
    NEEDS_MD5: bool
    #: Whether it offers what :class:`Witness` says.
    WITNESS: bool
    #: Whether it takes empty files.
    TAKES_EMPTY: bool
    #: How many files may be sent at once.
    PARALLEL: int
    #: Which files it is given unless ``kpublish.yaml`` says otherwise: ``bundle``, ``all`` or ``both``.
    FILES: str

    def connect(self, settings: ArchiveSettings) -> Archive:
        """Return the archive at ``settings.url``; nothing is sent yet."""


ARCHIVES: Registry[ArchiveKind] = Registry(
    "kpublish.archives",
    "kind of archive",
    machinery=(
        "amending",
        "clock",
        "comparing",
        "entrance",
        "going_on",
        "journey",
        "linking",
        "metering",
        "phases",
        "planning",
        "push",
        "remembering",
        "targets",
        "telling",
    ),
)
