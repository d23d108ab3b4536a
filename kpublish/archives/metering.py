"""A stream that tells how many of its bytes have gone; those that are sent once more do not count."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO


class Metered:
    """The reading side of a stream; ``moved`` is told of bytes that were not read before."""

    def __init__(self, content: BinaryIO, moved: Callable[[int], None]) -> None:
        self._content = content
        self._moved = moved
        self._furthest = content.tell()

    def read(self, count: int = -1) -> bytes:
        """Read as a stream does."""
        block = self._content.read(count)
        place = self._content.tell()
        if place > self._furthest:
            self._moved(place - self._furthest)
            self._furthest = place
        return block

    def seek(self, place: int) -> int:
        """Go to a place, counted from the beginning."""
        return self._content.seek(place)

    def tell(self) -> int:
        """The place of the next byte."""
        return self._content.tell()
