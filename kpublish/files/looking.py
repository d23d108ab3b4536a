"""What the file system says of the files below a folder, so that one sees which were saved, added, moved or removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kpublish.model.figure import RENDERED

#: Folders in which nothing is written that a repository says: git's, kpublish's, and those that tools fill.
_UNSEEN = frozenset({".git", ".kpublish", RENDERED, "dist", "__pycache__", ".venv", "venv", "node_modules", ".ipynb_checkpoints"})
#: What a file system says of a file: its time in nanoseconds, its size and its inode, which another file of that name has not.
Seen = dict[str, tuple[int, int, int]]


def look(root: Path) -> Seen:
    """Return path → what is said of it for every file below ``root``; links are not followed."""
    return dict(_files(str(root)))


def _files(folder: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:  # removed, or not ours
        return
    for entry in found:
        try:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _UNSEEN:
                    yield from _files(entry.path)
            else:
                said = entry.stat(follow_symlinks=False)
                yield entry.path, (said.st_mtime_ns, said.st_size, said.st_ino)
        except OSError:  # removed since
            continue
