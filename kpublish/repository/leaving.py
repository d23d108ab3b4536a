"""Which tracked files cannot be published: what leads out of the project, and what only stands for a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kpublish.errors import MissingFile, UnreadableFile
from kpublish.files import read_bytes

#: Beginning and largest size of the pointer to a file that Git LFS keeps (its specification, version 1).
_POINTER, _POINTER_SIZE = b"version https://git-lfs.github.com/spec/v1\n", 1024


def leaving(root: Path, tracked: Sequence[str]) -> dict[str, str]:
    """Tell which tracked files cannot be published, and why: links out of the project or to untracked files, and special files.

    Returns
    -------
    dict
        Path → the end of a sentence, e.g. ``"is a link to something that git does not track here"``.
    """
    known = frozenset(tracked)
    reasons = ((path, _reason(root, path, known)) for path in tracked)
    return {path: reason for path, reason in reasons if reason}


def _reason(root: Path, path: str, known: frozenset[str]) -> str:
    try:
        found = os.lstat(root / path)
    except OSError:
        return ""  # it is gone: git says so, and reading it will
    if stat.S_ISREG(mode := found.st_mode):
        return "is only a pointer to a file that git lfs pull would fetch" if _is_pointer(root / path, found.st_size) else ""
    if not stat.S_ISLNK(mode):
        return "is a folder of its own repository" if stat.S_ISDIR(mode) else "is a special file"
    target = Path(os.path.realpath(root / path))
    with suppress(ValueError):
        if target.relative_to(root.resolve()).as_posix() in known and target.is_file():
            return ""
    return "is a link to something that git does not track here"


def _is_pointer(file: Path, size: int) -> bool:
    """Whether only the pointer of a file in Git LFS is there."""
    with suppress(UnreadableFile, MissingFile):  # packing it will tell
        return len(_POINTER) < size <= _POINTER_SIZE and read_bytes(file).startswith(_POINTER)
    return False
