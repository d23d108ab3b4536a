"""Keeps verified files by their sha256, so that nothing is fetched twice and nothing unverified is ever handed out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from kpublish.errors import IntegrityError, MissingFile, Unreachable, UnreadableFile
from kpublish.files import chunks, open_bytes, resumable
from kpublish.http import plain
from kpublish.model.bundle import FileEntry

#: Opens the bytes of a file from a place on.
Opener = Callable[[int], AbstractContextManager[BinaryIO]]
#: Is told of which file how many bytes have arrived.
Progress = Callable[[FileEntry, int], None]


class Cache:
    """A folder of files named by their checksum: ``<folder>/<aa>/<sha256>``; ``md5-…`` where only that is known.

    ``told`` is given the entry and the number of bytes that have arrived, after each block.
    """

    def __init__(self, folder: Path, told: Progress | None = None) -> None:
        self.folder = folder
        self._told = told

    def path(self, entry: FileEntry) -> Path:
        """Where the file is kept, whether it is there or not."""
        name = entry.sha256 or f"md5-{entry.md5}"
        return self.folder / name.removeprefix("md5-")[:2] / name

    def find(self, entry: FileEntry) -> Path | None:
        """Return the kept file, read again and found unchanged, or None."""
        path = self.path(entry)
        return path if holds(path, entry) else None

    def keep(self, entry: FileEntry, opened: Opener) -> Path:
        """Write a file into the cache while verifying it; what arrived before an interruption is not asked for again.

        Parameters
        ----------
        entry
            Which file.
        opened
            Opens its bytes from a place on, in bytes.

        Raises
        ------
        IntegrityError
            If size or sha256 are not those of ``entry``; then nothing is kept.
        StorageError
            If the cache cannot be written.
        """
        path = self.path(entry)
        with resumable(path, mode=0o444) as stream:
            fault, resumed = _filled(stream, entry, opened, self._told)
            if fault and resumed:  # the beginning may be that of other bytes: once more from there
                fault, _ = _filled(stream, entry, opened, self._told)
            if fault:
                raise IntegrityError(
                    f"The bytes of {plain(entry.path)} are not those that were published: {fault}.",
                    remedy="Nothing was kept. Try again; if it stays so, tell who runs the source.",
                )
        return path


def holds(path: Path, entry: FileEntry) -> bool:
    """Whether a file is there and has the published bytes."""
    try:
        with open_bytes(path) as stream:
            digest = hashlib.file_digest(stream, lambda: _hash(entry)).hexdigest()
            return (digest, stream.tell()) == (entry.sha256 or entry.md5, entry.size)
    except (MissingFile, UnreadableFile):
        return False


def _hash(entry: FileEntry) -> hashlib._Hash:
    return hashlib.sha256() if entry.sha256 else hashlib.md5(usedforsecurity=False)


def _filled(stream: BinaryIO, entry: FileEntry, opened: Opener, told: Progress | None) -> tuple[str, bool]:
    """Append what is missing; return what is wrong with the whole (empty: nothing), and whether there was a beginning."""
    digest, size = _hash(entry), 0
    for block in chunks(stream):
        digest.update(block)
        size += len(block)
    start = size
    for block in _rest(opened, size) if size < entry.size else ():
        size += len(block)
        if size > entry.size:
            break
        digest.update(block)
        stream.write(block)
        if told:
            told(entry, size)
    if (digest.hexdigest(), size) == (entry.sha256 or entry.md5, entry.size):
        return "", start > 0
    stream.truncate(0)
    stream.seek(0)
    return _difference(entry, size, digest.hexdigest()), start > 0


def _rest(opened: Opener, size: int) -> Iterator[bytes]:
    """The bytes from a place on; a connection that breaks is opened anew as long as each brings something."""
    while True:
        before = size
        try:
            with opened(size) as content:
                for block in chunks(content):
                    size += len(block)
                    yield block
            return
        except Unreachable:
            if size == before:
                raise


def _difference(entry: FileEntry, size: int, digest: str) -> str:
    if size > entry.size:
        return f"more than {entry.size} bytes"
    if size < entry.size:
        return f"{size} bytes instead of {entry.size}"
    return f"{'sha256' if entry.sha256 else 'md5'} {digest} instead of {entry.sha256 or entry.md5}"
