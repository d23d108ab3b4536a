"""The content store: every file once, under its sha256; nothing stands there that was not verified."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from kpublish.errors import IntegrityError
from kpublish.files import atomic, storing, sync_folder


class Store:
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

    def open(self, sha256: str) -> BinaryIO:
        """Open the content for reading."""
        return self.path(sha256).open("rb")

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
