"""Which paths a package may hold, so that it unpacks to the same files on every system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Backslashes, colons and control characters mean something else to other systems or to ``sha256sum``.
_FORBIDDEN = re.compile(r"[\\\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[^/]*:(/|$)|[A-Za-z]:")
#: Longest path in bytes that common systems unpack.
_LONGEST = 1024


def fault_of(path: str) -> str:
    """Say what is wrong with one path, or nothing.

    >>> fault_of("data/effective_area.ecsv"), fault_of("../secret")
    ('', 'leads out of its folder')
    """
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or has_drive(path):
        return "leads out of its folder"
    if "" in parts or "." in parts:
        return "is not in its simplest form"
    if _FORBIDDEN.search(path):
        return "holds a backslash or a control character"
    try:
        return "is too long" if len(path.encode()) > _LONGEST else ""
    except UnicodeEncodeError:
        return "is not UTF-8"


def has_drive(path: str) -> bool:
    """Whether Windows takes the beginning for a drive, e.g. ``C:`` in ``C:data.ecsv``."""
    return bool(_DRIVE.match(path))


def clash(paths: Iterable[str]) -> tuple[str, str] | None:
    """Return two paths that some systems take for one, or of which one is the folder of the other.

    >>> clash(["README.md", "data/a.ecsv", "Data/A.ecsv"])
    ('data/a.ecsv', 'Data/A.ecsv')
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        folded = unicodedata.normalize("NFC", path).casefold()
        parts = folded.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        other = files.get(folded) or folders.get(folded) or next((files[place] for place in above if place in files), None)
        if other is not None:
            return other, path
        files[folded] = path
        folders.update(dict.fromkeys(above, path))
    return None
