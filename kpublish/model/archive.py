"""What an archive answers, what a push does to it, and the receipt that remains."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

#: Status of a record whose archive was about to create a draft when it was last heard of.
ABOUT_TO = "creating"


class ArchiveStatus(StrEnum):
    """How far a version is in an archive."""

    ABSENT = "absent"
    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """What ``kpublish.yaml`` may say of an archive beyond its address.

    Attributes
    ----------
    community
        Slug of the community that a record shall be in.
    review
        Whether the community's curators decide before it is published, rather than after.
    files
        ``bundle``: the package only; ``all``: every file by itself; ``both``; empty: as the kind of archive has it.
    concept
        What the archive calls all versions together (a DOI, or its own id), once there is one.
    settle
        Seconds for which an archive's search may not know yet what was just made.
    """

    community: str = ""
    review: bool = False
    files: str = ""
    concept: str = ""
    settle: float = 60.0


NO_OPTIONS = ArchiveOptions()


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """An archive as ``kpublish.yaml`` names it, with the options that its kind knows."""

    name: str
    kind: str
    url: str | None = None
    options: ArchiveOptions = NO_OPTIONS


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as an archive holds it; a checksum that the archive does not tell is empty."""

    path: str
    size: int
    sha256: str = ""
    md5: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What an archive calls a version: noted with a witness, so that a run whose journal was lost finds it."""

    archive: str
    kind: str
    id: str = ""
    concept: str = ""
    doi: str = ""
    concept_doi: str = ""
    url: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A cross-link to what another archive holds; ``relation`` is DataCite's word, e.g. ``isIdenticalTo``."""

    relation: str
    identifier: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What a release may be told beyond the repository.

    Attributes
    ----------
    dry_run
        Whether archives are only asked.
    draft
        Whether it ends when everything is staged.
    embargo
        The first day (UTC) on which archives open the files.
    leave
        Is given the receipts of what is staged before anything is published; it raises where that shall not be.
    moved
        Is told, as they go, how many bytes were sent, and of how many.
    """

    dry_run: bool = False
    draft: bool = False
    embargo: date | None = None
    leave: Callable[[Sequence[Receipt]], None] = lambda _: None
    moved: Callable[[int, int], None] = lambda _, __: None


@dataclass(frozen=True, slots=True)
class Difference:
    """Metadata that an archive stored otherwise than it was told."""

    field: str
    sent: Any
    stored: Any


@dataclass(frozen=True, slots=True)
class Probe:
    """One line of ``kpublish doctor``: ``verdict`` is ok, warning, wrong or unknown."""

    what: str
    verdict: str
    told: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What an archive has for (kid, version).

    Attributes
    ----------
    status
        How far it is.
    id, concept
        What the archive itself calls this version, and all versions together.
    url
        Landing page.
    doi, concept_doi
        Of this version, also while only reserved; of all versions.
    digest
        Of the release's inputs, as stored there.
    files
        What has arrived completely, by path.
    metadata
        As stored.
    records
        What a witness knows of other archives, by their names.
    links
        Cross-links as stored.
    note
        What people shall know of it, e.g. where reviewers decide.
    """

    status: ArchiveStatus = ArchiveStatus.ABSENT
    id: str = ""
    url: str = ""
    doi: str = ""
    digest: str = ""
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    concept: str = ""
    concept_doi: str = ""
    records: Mapping[str, Record] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    note: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing is left to be sent: published, in the hands of a reviewer, or taken away again."""
        return self.status in (ArchiveStatus.PUBLISHED, ArchiveStatus.IN_REVIEW, ArchiveStatus.WITHDRAWN)

    def record(self, archive: str, kind: str) -> Record:
        """What a witness shall know of this state."""
        return Record(archive, kind, self.id, self.concept, self.doi, self.concept_doi, self.url, self.status.value)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a push does: ``verb`` is draft, describe, send, remove, publish, amend or withdraw."""

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
    differences: tuple[Difference, ...] = ()
