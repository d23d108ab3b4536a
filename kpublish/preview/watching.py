"""Sees that a file below a folder was saved, added, moved or removed, by what the file system says of it."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from kpublish.files.looking import look

#: Seconds between two looks.
_REST = 0.1


class Watcher:
    """Compares a folder with what it was when it was last looked at."""

    def __init__(self, root: Path, ended: Event) -> None:
        self._root, self._ended = root, ended
        self._seen = look(root)

    def changed(self) -> bool:
        """Whether anything was saved since it was last asked."""
        before, self._seen = self._seen, look(self._root)
        return self._seen != before

    def wait(self) -> bool:
        """Wait for a change; False when the preview has ended."""
        while not self._ended.wait(_REST):
            if self.changed():
                return True
        return False
