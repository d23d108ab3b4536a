"""Tells how far a download is: on a terminal only, and only of what takes a while."""

from __future__ import annotations

import sys
from typing import TextIO

from kpublish.http import plain
from kpublish.model.bundle import FileEntry

#: Smaller files come without a word, in bytes.
LARGE = 8 * 1024**2


class Told:
    """One line that is written anew with each block, on a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._last = ""

    def __call__(self, entry: FileEntry, arrived: int) -> None:
        stream = self._stream or sys.stderr
        if entry.size < LARGE or not stream.isatty():
            return
        line = f"\r{plain(entry.path)}: {100 * arrived // entry.size:3d} % of {entry.size / 1e6:.0f} MB"
        if line != self._last:
            stream.write(line + ("\n" if arrived == entry.size else ""))
            stream.flush()
            self._last = line
