"""Writes a preview as files, for a job of CI that shows them to reviewers."""

from __future__ import annotations

from pathlib import Path

from kpublish.errors import UsageError
from kpublish.files import safe_join, write_bytes
from kpublish.plots.overriding import Look
from kpublish.preview.changes import Last, changes
from kpublish.preview.page import BESIDE, View, html
from kpublish.preview.snapshot import Snapshot
from kpublish.preview.workshop import Workshop


def write(root: Path, folder: Path, look: Look | None = None, last: Last | None = None) -> Snapshot:
    """Write ``index.html`` and its pictures into a folder, and return what they show; ``last`` is the release to compare with.

    Raises
    ------
    UsageError
        If the folder is a file.
    StorageError
        If they cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file.", remedy="Name a folder with --output.")
    *_, snapshot = Workshop(root, look).snapshots()
    changed = changes(snapshot, last) if last else None
    for picture in (*snapshot.pictures, *(changed.pictures() if changed else ())):
        if picture.content:
            write_bytes(safe_join(folder, BESIDE + picture.name), picture.content)
    write_bytes(folder / "index.html", html(snapshot, View(BESIDE, changed)).encode())
    return snapshot
