"""Checksums of parts as far as this process has computed them; forgetting one costs no more than reading the part again."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from kpublish.files import Growing

#: How many are kept, and for how many seconds after the last piece.
_MOST, _IDLE = 16, 600.0


@dataclass(slots=True)
class Running:
    """The checksum of the first ``upto`` bytes of a part."""

    digest: Any = field(default_factory=hashlib.sha256)
    upto: int = 0

    def of_whole(self, part: Growing) -> str:
        """The checksum of all that stands in the part; what was not seen is read."""
        for piece in part.read(self.upto):
            self.add(piece)
        return str(self.digest.hexdigest())

    def add(self, piece: bytes) -> None:
        """Go on by a piece."""
        self.digest.update(piece)
        self.upto += len(piece)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file that is kept open: no other one can get its number meanwhile, and what stands in it is never overwritten."""

    descriptor: int
    running: Running
    since: float


_kept: dict[tuple[int, int], _Kept] = {}
_lock = Lock()


def resume(part: Growing) -> Running:
    """What is known of this part; it is nobody else's from then on."""
    with _lock:
        _tidy()
        found = _kept.pop(_key(part.descriptor), None)
        if found is None:
            return Running()
        os.close(found.descriptor)
        return found.running


def keep(part: Growing, running: Running) -> None:
    """Remember it for the next piece."""
    with _lock:
        _tidy()
        key = _key(part.descriptor)
        if key not in _kept and running.upto:
            if len(_kept) == _MOST:
                _drop(next(iter(_kept)))
            _kept[key] = _Kept(os.dup(part.descriptor), running, time.monotonic())


@contextmanager
def beside(running: Running) -> Iterator[Any]:
    """Give what adds pieces to a checksum on another processor, one at a time."""
    last: Future[None] | None = None

    def add(piece: bytes) -> None:
        nonlocal last
        if last is not None:
            last.result()
        last = pool.submit(running.add, piece)

    with ThreadPoolExecutor(1) as pool:  # which ends when all is added
        yield add


def _key(descriptor: int) -> tuple[int, int]:
    about = os.fstat(descriptor)
    return about.st_dev, about.st_ino


def _tidy() -> None:
    """Let go of files that are removed, or that nobody went on with."""
    before = time.monotonic() - _IDLE
    for key in [key for key, kept in _kept.items() if kept.since < before or os.fstat(kept.descriptor).st_nlink == 0]:
        _drop(key)


def _drop(key: tuple[int, int]) -> None:
    os.close(_kept.pop(key).descriptor)
