"""A project: a repository as read, with its release metadata, tables, figures and git state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from kpublish.model.archive import ArchiveEntry, ArchiveOptions
from kpublish.model.document import Document
from kpublish.model.figure import Figure
from kpublish.model.finding import Fault, Position
from kpublish.model.identifiers import PUBLIC_ADDRESS
from kpublish.model.noun import Noun
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table

#: The file that makes a folder a project.
PROJECT_FILE = "kpublish.yaml"


def _inside(pattern: str) -> str:
    if pattern.startswith("/") or "\\" in pattern or ".." in pattern.split("/"):
        raise ValueError("must be a path inside the repository, with / between its parts")
    return pattern


def _without_credentials(url: str) -> str:
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise ValueError("holds a user name or password; take them out: tokens come from the environment")
    return url


def _said(reason: str) -> str:
    if not reason.strip():
        raise ValueError("says nothing; an ignored finding needs its reason")
    return reason


def _listed(value: object) -> object:
    return [value] if isinstance(value, Mapping) else value


#: A path below the repository, in which ``*`` stands for any part of a name and ``**`` for any folders.
Pattern = Annotated[str, AfterValidator(_inside)]


class IgnoreEntry(Noun):
    """Where a finding is not wanted, and why."""

    path: Pattern = Field(description="File or pattern, e.g. data/*.ecsv.")
    reason: Annotated[str, AfterValidator(_said)] = Field(description="Why it is right as it is.")


class ArchiveDescription(Noun):
    """An archive under its name; its address may also come from the environment: KPUBLISH_<NAME>_URL."""

    kind: str = Field(pattern="^[a-z][a-z0-9_]*$", description="Kind of archive, e.g. datacenter.")
    url: Annotated[str, AfterValidator(_without_credentials)] | None = Field(default=None, description="Its address.")
    community: str = Field(default="", pattern="^[A-Za-z0-9-]*$", description="Slug of the community that a record shall be in.")
    review: bool = Field(default=False, description="Whether the community's curators decide before it is published.")
    files: Literal["", "bundle", "all", "both"] = Field(
        default="", description="The package, every file by itself, or both; unless stated, as the kind of archive has it."
    )
    concept: str = Field(default="", description="DOI or id of all versions together, once the archive has told it.")
    settle: float = Field(
        default=60.0, ge=0, le=3600, description="Seconds for which the archive's search may not know yet what was just made."
    )

    def options(self) -> ArchiveOptions:
        """What is said beyond kind and address."""
        return ArchiveOptions(self.community, self.review, self.files, self.concept, self.settle)


class ProjectFile(Noun):
    """What ``kpublish.yaml`` says."""

    KM3Resource: ResourceHeader = Field(description="Metadata of the release; tables and figures inherit from it.")
    tables: tuple[Pattern, ...] = Field(
        default=("data/**/*.ecsv", "data/**/*.h5"),
        description="Annotated tables.",
    )
    figures: tuple[Pattern, ...] = Field(default=("figures/**/*.yaml",), description="Descriptions of figures.")
    archives: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9]*$")], ArchiveDescription] = Field(
        default_factory=dict, description="Where releases go, by name."
    )
    checks: tuple[str, ...] = Field(default=(), description="Further check modules, of other distributions, by entry point.")
    exports: tuple[str, ...] = Field(default=(), description="Further exports, of other distributions, by entry point.")
    ignore: dict[
        Annotated[str, Field(pattern="^[A-Z]{3}[0-9]{2}$")],
        Annotated[tuple[IgnoreEntry, ...], BeforeValidator(_listed, json_schema_input_type=IgnoreEntry | tuple[IgnoreEntry, ...])],
    ] = Field(default_factory=dict, description="Findings that are not wanted, by code.")
    landing: Annotated[str, AfterValidator(_without_credentials)] = Field(
        default=PUBLIC_ADDRESS, pattern="^https?://", description="Public address of landing pages."
    )


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
    converted
        Tracked files whose line ends git changed when it wrote them here, sorted.
    """

    commit: str
    date: str
    tags: tuple[str, ...] = ()
    tracked: tuple[str, ...] = ()
    dirty: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()
    remote: str | None = None
    converted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A file beside the tables and figures.

    Attributes
    ----------
    path
        Relative to the repository, with ``/``.
    size
        In bytes.
    text
        With line feeds only and without byte order mark; None of what is no text, or too large to be one that people read. Of a
        large file of numbers it is what stands above them.
    faults
        What was noticed while reading.
    """

    path: str
    size: int
    text: str | None = None
    faults: tuple[Fault, ...] = ()


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
    only findings in them are told. ``files`` are all that git does not ignore, each read when it is asked for; tables, figures
    and ``kpublish.yaml`` are among them, without their text. Loose files have none.
    """

    root: Path
    document: Document | None = None
    release: ResourceHeader | None = None
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    archives: tuple[ArchiveEntry, ...] = ()
    checks: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    landing: str = ""
    git: GitState | None = None
    paths: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, PlainFile] = field(default_factory=dict)

    def table(self, path: str) -> Table | None:
        """The table at ``path``, or None."""
        return next((table for table in self.tables if table.path == path), None)
