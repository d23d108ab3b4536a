"""The records of a stored zip, both directions (PKWARE APPNOTE 6.3.10, https://support.pkware.com/pkzip/appnote).

Of all zips that say the same, one is canonical here: nothing compressed, one date and one set of permissions for all files, names
in UTF-8, no comments, no extra fields but those of zip64, no gaps. So a package is verified by writing its records again.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

#: Zip64 begins where a number no longer fits into 32 bits (16 bits for the number of files).
LIMIT32 = 0xFFFFFFFF
LIMIT16 = 0xFFFF

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_END = struct.Struct("<4s4H2LH")
#: The longest end of a zip: both records of zip64 and the classic one.
END_SIZE = _END64.size + _LOCATOR64.size + _END.size
_UTF8 = 0x800
_UNIX = 3 << 8
_REGULAR_FILE = 0o100644 << 16
_FIRST_YEAR, _LAST_YEAR = 1980, 2107


@dataclass(frozen=True, slots=True)
class Record:
    """A file as the zip's records tell it; ``start`` is where its local header begins, ``date`` in the zip's own form."""

    path: str
    size: int
    crc: int
    date: int
    start: int

    @property
    def offset(self) -> int:
        """Where its bytes begin."""
        return self.start + len(local_header(self))


def dos_date(date: str) -> int:
    """Return an ISO date as the zip format writes it; it knows the years 1980 to 2107.

    >>> dos_date("2026-11-23") == (46 << 9) | (11 << 5) | 23
    True
    """
    year, month, day = (int(part) for part in date[:10].split("-"))
    return (min(max(year, _FIRST_YEAR), _LAST_YEAR) - _FIRST_YEAR) << 9 | month << 5 | day


def local_header(record: Record) -> bytes:
    """Return what stands before the file's bytes."""
    wide = record.size >= LIMIT32
    name = record.path.encode()
    extra = struct.pack("<2H2Q", 1, 16, record.size, record.size) if wide else b""
    size = LIMIT32 if wide else record.size
    head = _LOCAL.pack(b"PK\3\4", _version(wide), _UTF8, 0, 0, record.date, record.crc, size, size, len(name), len(extra))
    return head + name + extra


def central_header(record: Record) -> bytes:
    """Return the file's line in the directory."""
    numbers = [record.size] * 2 if record.size >= LIMIT32 else []
    numbers += [record.start] if record.start >= LIMIT32 else []
    extra = struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
    size, version, name = min(record.size, LIMIT32), _version(bool(numbers)), record.path.encode()
    head = (b"PK\1\2", _UNIX | version, version, _UTF8, 0, 0, record.date, record.crc, size, size, len(name), len(extra))
    return _CENTRAL.pack(*head, 0, 0, 0, _REGULAR_FILE, min(record.start, LIMIT32)) + name + extra


def directory_end(count: int, start: int, length: int) -> bytes:
    """Return what follows the directory of ``count`` files, which begins at ``start`` and is ``length`` bytes long."""
    records = b""
    if start >= LIMIT32 or length >= LIMIT32 or count >= LIMIT16:
        records += _END64.pack(b"PK\6\6", _END64.size - 12, _UNIX | 45, 45, 0, 0, count, count, length, start)
        records += _LOCATOR64.pack(b"PK\6\7", 0, start + length, 1)
    few = min(count, LIMIT16)
    return records + _END.pack(b"PK\5\6", 0, 0, few, few, min(length, LIMIT32), min(start, LIMIT32), 0)


def read_end(end: bytes) -> tuple[int, int, int] | None:
    """Return number of files, start and length of the directory from the last ``END_SIZE`` bytes; None if no zip ends so."""
    if len(end) < _END.size or end[-_END.size :][:4] != b"PK\5\6":
        return None
    _, _, _, _, count, length, start, _ = _END.unpack(end[-_END.size :])
    if len(end) == END_SIZE and end[:4] == b"PK\6\6":
        count, length, start = _END64.unpack(end[: _END64.size])[-3:]
    return count, start, length


def read_directory(directory: bytes) -> Iterator[Record]:
    """Yield the records of a directory.

    Raises
    ------
    ValueError
        If it is cut off, or holds something else.
    """
    position = 0
    while position < len(directory):
        if directory[position : position + 4] != b"PK\1\2" or position + _CENTRAL.size > len(directory):
            raise ValueError("not a line of a directory")
        fields = _CENTRAL.unpack_from(directory, position)
        date, crc, size, start = fields[6], fields[7], fields[9], fields[16]
        name_at = position + _CENTRAL.size
        extra_at = name_at + fields[10]
        position = extra_at + fields[11] + fields[12]
        size, start = _wide(directory[extra_at : extra_at + fields[11]], size, start)
        yield Record(directory[name_at:extra_at].decode(), size, crc, date, start)


def _wide(extra: bytes, size: int, start: int) -> tuple[int, int]:
    """Take the numbers that did not fit from the zip64 field."""
    numbers = [int.from_bytes(extra[place : place + 8], "little") for place in range(4, len(extra), 8)]
    if size == LIMIT32 and len(numbers) >= 2:
        size, numbers = numbers[0], numbers[2:]
    if start == LIMIT32 and numbers:
        start = numbers[0]
    return size, start


def _version(wide: bool) -> int:
    """Version of the format that a reader needs: 4.5 knows zip64."""
    return 45 if wide else 20
