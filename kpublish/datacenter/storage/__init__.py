"""The content store: every file once, under its sha256; nothing stands there that was not verified.

Where it is, a setting says: in the folder ``content/`` of the data center, or in a bucket that speaks S3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """Something in the store: ``content`` (named by its sha256), a ``part`` of an upload, or ``strange``; when it was written."""

    name: str
    kind: Literal["content", "part", "strange"]
    size: int
    time: float


class Store(Protocol):
    """A place for content; every method may be called again."""

    def holds(self, sha256: str, size: int) -> bool:
        """Whether the content is there in full; what stands in the store was verified when it came.

        Raises
        ------
        StorageUnavailable
            If the store does not answer.
        """

    def receive(self, blocks: Iterable[bytes], sha256: str, size: int) -> None:
        """Keep the content if it is what its checksum says; durable before it gets its name.

        Raises
        ------
        IntegrityError
            If length or checksum differ; nothing is kept.
        StorageError
            If it cannot be written.
        """

    def adopt(self, path: Path, sha256: str, size: int) -> None:
        """Keep a file of the data center's folder that was verified and is on disk; it stays where it is, too.

        Raises
        ------
        StorageError
            If it cannot be kept.
        """

    def open(self, sha256: str, start: int = 0) -> BinaryIO:
        """Open the content for reading from ``start`` on.

        Raises
        ------
        FileNotFoundError
            If it is not there.
        StorageUnavailable
            If the store does not answer.
        """

    def sync(self, checksums: Iterable[str]) -> None:
        """Force the names of these contents to disk.

        Raises
        ------
        StorageError
            If that fails.
        """

    def sweep(self) -> int:
        """Remove what interrupted uploads left behind; return how many parts that were. Only while nobody uploads."""

    def listed(self) -> Iterator[Stored]:
        """Everything that stands in the store."""

    def remove(self, found: Stored) -> None:
        """Remove what was listed; what is gone already is fine."""

    def probe(self) -> None:
        """Find out whether content can be kept and read.

        Raises
        ------
        StorageError
            If not.
        """


def content_store(data: Path, place: str = "") -> Store:
    """Return the content store of the data center in ``data``.

    Parameters
    ----------
    data
        The folder of the data center.
    place
        ``s3://bucket/prefix?endpoint=https://…&region=…``; empty for the folder itself.

    Raises
    ------
    ConfigurationError
        If there is no such kind of place.
    MissingExtra
        If what it needs is not installed.
    """
    if not place:
        from kpublish.datacenter.storage.folder import FolderStore

        return FolderStore(data)
    from kpublish.registry import import_with_hint

    for name in ("boto3", "storages"):
        import_with_hint(name)
    from kpublish.datacenter.storage.bucket import BucketStore, address

    return BucketStore(data, address(place))


def store() -> Store:
    """The content store of the data center that the settings name."""
    from django.conf import settings

    return content_store(settings.DATA, settings.STORAGE)
