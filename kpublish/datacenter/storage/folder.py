"""Content in a folder: a file gets its name once it is verified and on disk."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from kpublish.datacenter.storage import Stored
from kpublish.errors import IntegrityError, StorageError
from kpublish.files import adopt, atomic, chunks, storing, sync_folder

_NAME = re.compile(r"[0-9a-f]{64}")


class FolderStore:
    """The folder ``content/`` of a data center."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "content"

    def path(self, sha256: str) -> Path:
        """Where the content with this checksum stands."""
        return self.folder / sha256[:2] / sha256

    def holds(self, sha256: str, size: int) -> bool:
        """Whether the content is there in full; what stands in the store was verified when it came."""
        try:
            return self.path(sha256).stat().st_size == size
        except (FileNotFoundError, NotADirectoryError):
            return False

    def receive(self, blocks: Iterable[bytes], sha256: str, size: int) -> None:
        """Keep the content if it is what its checksum says; hashed while it streams, on disk before it gets its name.

        Raises
        ------
        IntegrityError
            If length or checksum differ; nothing is kept.
        StorageError
            If it cannot be written.
        """
        digest, received = hashlib.sha256(), 0
        with atomic(self.path(sha256), mode=0o600, sync=True) as part:
            for block in blocks:
                digest.update(block)
                received += len(block)
                part.write(block)
            if received != size or digest.hexdigest() != sha256:
                raise IntegrityError(
                    f"The bytes that arrived are not those of sha256 {sha256} ({received} of {size} bytes).",
                    remedy="Send the file again.",
                )

    def adopt(self, path: Path, sha256: str, size: int) -> None:
        """Give a verified file its name in the store, too; it is copied only where the store is another file system."""
        with storing(self.folder):
            if self.holds(sha256, size) or adopt(path, self.path(sha256)):
                return
        with path.open("rb") as stream:
            self.receive(chunks(stream), sha256, size)

    def open(self, sha256: str, start: int = 0) -> BinaryIO:
        """Open the content for reading from ``start`` on."""
        stream = self.path(sha256).open("rb")
        stream.seek(start)
        return stream

    def sync(self, checksums: Iterable[str]) -> None:
        """Force the names of these contents to disk.

        Raises
        ------
        StorageError
            If that fails.
        """
        with storing(self.folder):
            for folder in sorted({self.path(sha256).parent for sha256 in checksums}):
                sync_folder(folder)
            if self.folder.exists():
                sync_folder(self.folder)

    def sweep(self) -> int:
        """Remove what interrupted uploads left behind; return how many parts that were. Only while nobody uploads."""
        parts = list(self.folder.glob("*/.*.part"))
        for part in parts:
            part.unlink()
        return len(parts)

    def listed(self) -> Iterator[Stored]:
        """Everything that stands in the folder, by name; what goes away meanwhile is left out."""
        for path in sorted(self.folder.glob("*/*")):
            try:
                about = path.stat()
            except FileNotFoundError:
                continue
            name = path.relative_to(self.folder).as_posix()
            if not path.is_file():
                yield Stored(name, "strange", 0, about.st_mtime)
            elif path.name.startswith(".") and path.name.endswith(".part"):
                yield Stored(name, "part", about.st_size, about.st_mtime)
            elif _NAME.fullmatch(path.name) and path.parent.name == path.name[:2]:
                yield Stored(path.name, "content", about.st_size, about.st_mtime)
            else:
                yield Stored(name, "strange", about.st_size, about.st_mtime)

    def remove(self, found: Stored) -> None:
        """Remove what was listed."""
        place = self.path(found.name) if found.kind == "content" else self.folder / found.name
        place.unlink(missing_ok=True)

    def probe(self) -> None:
        """Look whether the folder can be written and has space left.

        Raises
        ------
        StorageError
            If not.
        """
        place = self.folder if self.folder.exists() else self.folder.parent
        with storing(place):
            space = os.statvfs(place)
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            raise StorageError(f"{place} may not be written.", remedy="Check the permissions of the folder.")
        if space.f_bavail == 0 or (space.f_files and space.f_favail == 0):
            raise StorageError(f"The disk of {place} is full.", remedy="Free some space.")
