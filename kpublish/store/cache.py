"""Keeps verified files by their sha256, so that nothing is fetched twice and nothing unverified is ever handed out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from kpublish.errors import IntegrityError, MissingFile, UnreadableFile
from kpublish.files import atomic, chunks, sha256_of
from kpublish.http import plain
from kpublish.model.bundle import FileEntry


class Cache:
    """A folder of files named by their checksum: ``<folder>/<aa>/<sha256>``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, entry: FileEntry) -> Path:
        """Where the file is kept, whether it is there or not."""
        return self.folder / entry.sha256[:2] / entry.sha256

    def find(self, entry: FileEntry) -> Path | None:
        """Return the kept file, read again and found unchanged, or None."""
        path = self.path(entry)
        try:
            return path if sha256_of(path) == (entry.sha256, entry.size) else None
        except (MissingFile, UnreadableFile):
            return None

    def keep(self, entry: FileEntry, content: BinaryIO) -> Path:
        """Write ``content`` into the cache while verifying it; on any failure nothing is kept.

        Raises
        ------
        IntegrityError
            If size or sha256 are not those of ``entry``.
        StorageError
            If the cache cannot be written.
        """
        path = self.path(entry)
        with atomic(path, mode=0o444) as stream:
            digest, size = hashlib.sha256(), 0
            for block in chunks(content):
                size += len(block)
                if size > entry.size:
                    break
                digest.update(block)
                stream.write(block)
            if (digest.hexdigest(), size) != (entry.sha256, entry.size):
                why = _difference(entry, size, digest.hexdigest())
                raise IntegrityError(
                    f"The bytes of {plain(entry.path)} are not those that were published: {why}.",
                    remedy="Nothing was kept. Try again; if it stays so, tell who runs the source.",
                )
        return path


def _difference(entry: FileEntry, size: int, sha256: str) -> str:
    if size > entry.size:
        return f"more than {entry.size} bytes"
    if size < entry.size:
        return f"{size} bytes instead of {entry.size}"
    return f"sha256 {sha256} instead of {entry.sha256}"
