"""Files that arrive in pieces, from several processes: each says where its piece belongs, and only who comes next is let write."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kpublish.files.reading import CHUNK
from kpublish.files.writing import storing, sync_folder

#: Seconds for which another process may be at work before it counts as busy for long, and between two looks.
_PATIENCE, _PAUSE = 2.0, 0.02


class Busy(Exception):
    """Another process works on the file."""


class Elsewhere(Exception):
    """The file ends at another ``place`` than the piece begins, or is gone (None)."""

    def __init__(self, place: int | None) -> None:
        super().__init__(place)
        self.place = place


class Growing:
    """An open file that grows; made by :func:`open_growing`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    @property
    def size(self) -> int:
        """Where the next piece belongs."""
        return os.fstat(self.descriptor).st_size

    @property
    def time(self) -> float:
        """When it last grew."""
        return os.fstat(self.descriptor).st_mtime

    @property
    def is_there(self) -> bool:
        """Whether the path still names this very file."""
        try:
            return os.path.samestat(os.fstat(self.descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def append(self, place: int, piece: bytes) -> None:
        """Write a piece that begins at ``place``; if the disk is full, as much of it as it holds.

        Raises
        ------
        Elsewhere
            If the file does not end there.
        Busy
            If another process holds it.
        StorageError
            If it cannot be written.
        """
        left = memoryview(piece)
        with self.locked(), storing(self.path):
            if not self.is_there:
                raise Elsewhere(None)
            if self.size != place:
                raise Elsewhere(self.size)
            while left:
                count = os.pwrite(self.descriptor, left, place)
                place, left = place + count, left[count:]

    def sync(self) -> None:
        """Force what was written to disk.

        Raises
        ------
        StorageError
            If that fails.
        """
        with storing(self.path):
            os.fsync(self.descriptor)

    def touch(self) -> None:
        """Make it as new as if it had just grown."""
        with storing(self.path):
            os.utime(self.descriptor)

    def read(self, place: int) -> Iterator[bytes]:
        """What stands there from a place on."""
        while piece := os.pread(self.descriptor, CHUNK, place):
            yield piece
            place += len(piece)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all others from it.

        Raises
        ------
        Busy
            If another process holds it for longer than a moment.
        """
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy from None
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)


@contextmanager
def open_growing(path: Path, *, make: bool = False) -> Iterator[Growing]:
    """Open a file that grows; with ``make`` an empty one, if it is not there.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    StorageError
        If it cannot be made.
    """
    if make:
        with storing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            sync_folder(path.parent)
    else:
        descriptor = os.open(path, os.O_RDWR)
    try:
        yield Growing(path, descriptor)
    finally:
        os.close(descriptor)
