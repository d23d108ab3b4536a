"""PUSH: one module per kind of archive.

An archive holds versions of resources. Every verb is safe to call twice and returns the state of (kid, version) as the archive
tells it afterwards; what was lost on the way is found out by ``find``.
"""

from __future__ import annotations

from typing import BinaryIO, Protocol

from kpublish.config import ArchiveSettings
from kpublish.model.archive import State
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
        """Send one file of the draft: exactly ``entry.size`` bytes from ``content``."""

    def remove(self, release: Release, path: str) -> State:
        """Take one file out of the draft."""

    def publish(self, release: Release) -> State:
        """Publish the draft, or submit it for review."""


class ArchiveKind(Protocol):
    """A module of this room; it may also offer ``probe(settings)`` for ``kpublish doctor``."""

    #: Whether writing needs a token.
    NEEDS_TOKEN: bool

    def connect(self, settings: ArchiveSettings) -> Archive:
        """Return the archive at ``settings.url``; nothing is sent yet."""


ARCHIVES: Registry[ArchiveKind] = Registry("kpublish.archives", "kind of archive", machinery=("push",))
