"""Where a KM3Store finds releases: one module per kind of source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from kpublish.model.bundle import FileEntry, Release
from kpublish.registry import Registry
from kpublish.store.cache import Cache


class Source(Protocol):
    """One place that holds published releases."""

    def releases(self) -> Iterator[Release]:
        """Yield the newest published version of every release."""

    def release(self, kid: str, version: str | None = None) -> Release:
        """Return the release that is or holds ``kid``; the newest version unless one is named.

        Raises
        ------
        NotFound
            If the source does not know it.
        """

    def open(self, release: Release, entry: FileEntry, start: int = 0) -> AbstractContextManager[BinaryIO]:
        """Open the bytes of one file from ``start`` on; the caller verifies them."""


class SourceKind(Protocol):
    """A module of this room."""

    def understands(self, address: str) -> bool:
        """Whether ``address`` is one of this kind."""

    def connect(self, address: str, cache: Cache) -> Source:
        """Return the source at ``address``; nothing is asked yet. In ``cache`` it may keep what it needs to fetch as a whole."""


SOURCES: Registry[SourceKind] = Registry("kpublish.store.sources", "source")
