"""A project: a repository as read, with its release metadata, tables, figures and git state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kpublish.model.document import Document
from kpublish.model.figure import Figure
from kpublish.model.finding import Fault, Position
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table

#: The file that makes a folder a project.
PROJECT_FILE = "kpublish.yaml"
#: Where ``render`` writes; not tracked by git.
RENDERED = "rendered"


@dataclass(frozen=True, slots=True)
class GitState:
    """State of the repository around a project.

    Attributes
    ----------
    commit
        Full id of HEAD.
    date
        Time of the commit in UTC, ISO 8601 with ``Z``.
    tags
        Tags that point at HEAD, sorted; for an annotated tag the commit it leads to counts.
    tracked
        Tracked files below the project, relative to it, with ``/``, sorted.
    dirty
        Tracked files that differ from the commit, sorted.
    untracked
        Files that git neither tracks nor ignores, sorted.
    remote
        Address of ``origin`` without credentials.
    """

    commit: str
    date: str
    tags: tuple[str, ...] = ()
    tracked: tuple[str, ...] = ()
    dirty: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()
    remote: str | None = None


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """An archive as ``kpublish.yaml`` names it."""

    name: str
    kind: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Ignore:
    """A finding that the project does not want to hear of, and why."""

    code: str
    path: str
    reason: str
    where: Position


@dataclass(frozen=True, slots=True)
class Project:
    """A repository as read.

    ``document`` is ``kpublish.yaml`` (None for loose files); ``paths`` are the files that were asked for (empty: all), and
    only findings in them are told.
    """

    root: Path
    document: Document | None = None
    release: ResourceHeader | None = None
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    archives: tuple[ArchiveEntry, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    landing: str = ""
    git: GitState | None = None
    paths: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def table(self, path: str) -> Table | None:
        """The table at ``path``, or None."""
        return next((table for table in self.tables if table.path == path), None)
