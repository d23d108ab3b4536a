"""Writes a stored zip whose bytes depend on its contents alone.

Nothing is compressed, because deflated bytes depend on the build of zlib. Each file's sha256 comes from the pass that writes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, FileIO
from typing import BinaryIO

from kpublish.bundles.layout import Record, central_header, directory_end, dos_date, local_header
from kpublish.errors import UsageError
from kpublish.files import CHUNK, chunks

#: Files up to this size are read once; of larger ones, which do not fit into the buffer, the header's checksum is read first.
HELD = 16 * CHUNK


@dataclass(frozen=True, slots=True)
class Packed:
    """A file inside a zip: where its bytes begin, how many there are, and their sha256."""

    path: str
    offset: int
    size: int
    sha256: str


class ZipWriter:
    """Writes files one after the other; every one has the same date and the same permissions.

    Parameters
    ----------
    stream
        Where the zip goes.
    date
        ISO date that all files get.
    """

    def __init__(self, stream: BinaryIO, date: str) -> None:
        self.packed: list[Packed] = []
        self.size = 0
        self._stream = stream
        self._date = dos_date(date)
        self._records: list[Record] = []
        self._buffer = memoryview(bytearray(HELD))

    def add(self, path: str, source: FileIO | BytesIO) -> Packed:
        """Add what ``source`` (seekable, at its beginning) holds as ``path``.

        Raises
        ------
        UsageError
            If it changes while it is read.
        """
        digest, crc, size = hashlib.sha256(), 0, 0
        for block in self._blocks(source):
            digest.update(block)
            crc = zlib.crc32(block, crc)
            size += len(block)
        record = Record(path, size, crc, self._date, self.size)
        self._records.append(record)
        self._emit(local_header(record))
        offset = self.size
        for start in range(0, min(size, HELD), CHUNK):
            self._emit(self._buffer[start : min(start + CHUNK, size)])
        if size > HELD:
            self._emit_rest(source, record)
        if self.size - offset != size:
            raise _changed(path)
        self.packed.append(Packed(path, offset, size, digest.hexdigest()))
        return self.packed[-1]

    def close(self) -> None:
        """Write the directory."""
        start = self.size
        for record in self._records:
            self._emit(central_header(record))
        self._emit(directory_end(len(self._records), start, self.size - start))

    def _blocks(self, source: FileIO | BytesIO) -> Iterator[bytes | memoryview]:
        """The blocks of a file; the first ``HELD`` bytes stay in the buffer."""
        filled = 0
        while filled < HELD and (count := source.readinto(self._buffer[filled : filled + CHUNK])):
            yield self._buffer[filled : filled + count]
            filled += count
        if filled == HELD:
            yield from chunks(source)

    def _emit_rest(self, source: FileIO | BytesIO, record: Record) -> None:
        """Read again what the buffer could not hold; it must be what was read before."""
        crc = zlib.crc32(self._buffer)
        source.seek(HELD)
        for block in chunks(source):
            crc = zlib.crc32(block, crc)
            self._emit(block)
        if crc != record.crc:
            raise _changed(record.path)

    def _emit(self, block: bytes | memoryview) -> None:
        self._stream.write(block)
        self.size += len(block)


def _changed(path: str) -> UsageError:
    return UsageError(f"{path} changed while it was being packed.", remedy="Let other programs finish, then run again.")
