"""A release as archives see it, and the analysis package that holds its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from kpublish.model.noun import Noun
from kpublish.model.parameter import Parameter
from kpublish.model.provenance import Origin, Original, StepRecord
from kpublish.model.resource import KM3Resource


class FileEntry(Noun):
    """One file of a release: path in the package, size in bytes, checksum, media type, and what it is."""

    path: str = Field(description="Path in the package.")
    size: int = Field(ge=0)
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$", description="Empty where only md5 is known: records of others.")
    md5: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$", description="Only where an archive asks for it.")
    mediaType: str = Field(description="Media type, e.g. text/csv.")
    role: Literal["data", "figure", "document", "metadata", "package"] = Field(default="document", description="What it is.")
    kid: str | None = Field(default=None, description="The table or figure whose file it is.")

    @property
    def checksum(self) -> str:
        """Algorithm and digits, e.g. ``sha256 2cf2…``."""
        return f"sha256 {self.sha256}" if self.sha256 else f"md5 {self.md5}"


class Member(Noun):
    """A table or figure of a release, with its complete metadata; of records that kpublish did not make, any file."""

    kind: Literal["table", "figure", "file"] = Field(description="What it is.")
    name: str = Field(description="Name by which readers ask for it: the file's, without folder and suffix.")
    path: str = Field(description="The annotated file or the figure's description.")
    resource: KM3Resource = Field(description="Its complete metadata.")
    parameters: tuple[Parameter, ...] = Field(default=(), description="Of a table: its columns.")
    rows: int | None = Field(default=None, description="Of a table: number of rows.")
    origin: Origin = Field(default=Origin(), description="Of a table: range and provenance.")
    original: Original | None = Field(default=None, description="Of an annotated table: the file that it was made of.")
    files: tuple[str, ...] = Field(default=(), description="Paths of the files that are this member, best for display first.")
    tables: tuple[str, ...] = Field(default=(), description="Of a figure: kids of the tables it draws.")
    alt: str | None = Field(default=None, description="Of a figure: alternative text.")


class Release(Noun):
    """All that a release says: identity, metadata, members and files.

    A release is identified by (kid, version, digest of the tracked input files).
    """

    format: Literal[1] = Field(default=1, description="Version of this format.")
    kid: str = Field(description="UUID of the release in all its versions.")
    version: str = Field(description="Its version.")
    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="sha256 over paths and sha256 of the tracked input files.")
    commit: str = Field(description="Commit it was made from.")
    tag: str | None = Field(default=None, description="Tag of the version at that commit.")
    repository: str | None = Field(default=None, description="Address of the repository, without credentials.")
    landing: str = Field(description="Public landing address.")
    software: dict[str, str] = Field(default_factory=dict, description="Versions of the libraries that made the bytes.")
    embargo: date | None = Field(default=None, description="First day (UTC) on which archives open the files.")
    resource: KM3Resource = Field(description="Metadata of the release as a whole.")
    members: tuple[Member, ...] = Field(default=(), description="Its tables and figures.")
    files: tuple[FileEntry, ...] = Field(default=(), description="All its files.")
    steps: tuple[StepRecord, ...] = Field(default=(), description="Recorded steps, those of provenance/, the earliest first.")

    def file(self, path: str) -> FileEntry | None:
        """The file at ``path`` in the package, or None."""
        return next((entry for entry in self.files if entry.path == path), None)


@dataclass(frozen=True, slots=True)
class Bundle:
    """An analysis package on disk.

    Attributes
    ----------
    path
        The zip file.
    release
        What it holds; ``release.files`` lists every file of the package and, once it is sealed, last the package itself (role
        ``package``).
    contents
        Path in the package → offset of its stored bytes in the zip file. Everything is stored, so bytes are read from there.
    """

    path: Path
    release: Release
    contents: dict[str, int]

    @property
    def sha256(self) -> str:
        """Of the zip file; empty as long as it is not sealed."""
        return next((entry.sha256 for entry in self.release.files if entry.role == "package"), "")
