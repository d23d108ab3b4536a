"""What an archive answers, what a push does to it, and the receipt that remains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ArchiveStatus(StrEnum):
    """How far a version is in an archive."""

    ABSENT = "absent"
    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """An archive as ``kpublish.yaml`` names it."""

    name: str
    kind: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as an archive holds it; a checksum that the archive does not tell is empty."""

    path: str
    size: int
    sha256: str = ""
    md5: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What an archive has for (kid, version).

    ``id`` is the archive's own, ``url`` the landing page, ``digest`` the digest of the release's inputs as stored there,
    ``files`` what has arrived completely (by path), ``metadata`` as stored.
    """

    status: ArchiveStatus = ArchiveStatus.ABSENT
    id: str = ""
    url: str = ""
    doi: str = ""
    digest: str = ""
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing is left to be sent: published, or in the hands of a reviewer."""
        return self.status in (ArchiveStatus.PUBLISHED, ArchiveStatus.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a push will do: ``verb`` is draft, describe, send, remove or publish."""

    verb: str
    path: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a release ended at one archive: ``sent`` counts the files that were sent, ``adopted`` says that it was there already."""

    archive: str
    kind: str
    state: State
    sent: int = 0
    adopted: bool = False
    plan: tuple[Step, ...] = ()
