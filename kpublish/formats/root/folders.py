"""The lists of keys of folders, looked at before uproot goes through them: it believes any number of keys, of any length."""

from __future__ import annotations

import struct

#: Bytes of the shortest key.
_KEY = 26
#: From this version on, places take eight bytes (TFile, TKey and TDirectory: https://root.cern/doc/master/classTFile.html).
_BIG_FILE, _BIG = 1_000_000, 1000


def is_whole(content: bytes) -> bool:
    """Whether the list of the file's own folder can be as long as it says."""
    try:
        version, begin = struct.unpack_from(">ii", content, 4)
        (name,) = struct.unpack_from(">i", content, 36 if version >= _BIG_FILE else 28)
        return is_whole_at(content, begin + name)
    except struct.error:
        return False


def is_whole_at(content: bytes, place: int) -> bool:
    """Whether the list of the folder whose record begins at ``place`` can be as long as it says."""
    try:
        (version,) = struct.unpack_from(">h", content, place)
        (keys,) = struct.unpack_from(">q" if version > _BIG else ">i", content, place + (34 if version > _BIG else 26))
        (kind,) = struct.unpack_from(">h", content, keys + 4)
        place = keys + (34 if kind > _BIG else _KEY)
        for _ in range(3):  # class, name and title of the list
            place = _behind_text(content, place)
        (count,) = struct.unpack_from(">i", content, place)
    except struct.error:
        return False
    return bool(0 <= count <= len(content) // _KEY)


def _behind_text(content: bytes, place: int) -> int:
    """Place behind a text with its length.

    Raises
    ------
    struct.error
        If it ends outside of the content, or before it begins.
    """
    length: int = struct.unpack_from(">B", content, place)[0]
    if length == 255:
        (length,) = struct.unpack_from(">i", content, place + 1)
        place += 4
    if not 0 <= length < len(content):
        raise struct.error("no such length")
    return place + 1 + length
