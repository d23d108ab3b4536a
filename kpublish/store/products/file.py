"""Files that are handed out as they are: figures, and whatever has no reader of its own."""

from __future__ import annotations

from pathlib import Path

from kpublish.files import read_bytes
from kpublish.model.bundle import Member, Release
from kpublish.model.resource import KM3Resource
from kpublish.store.cards import card, picture
from kpublish.store.catalogue import entry_of
from kpublish.store.texts import describe

KTYPES = ("km3.figure", "km3.file")


class Published:
    """A member of a release, verified at ``path`` (a file named by its checksum)."""

    def __init__(self, release: Release, member: Member, path: Path) -> None:
        self.release = release
        self.member = member
        self.path = path

    @property
    def metadata(self) -> KM3Resource:
        """The resource's complete metadata."""
        return self.member.resource

    def show_metadata(self) -> None:
        """Print the metadata as text."""
        print(self)  # noqa: T201 - readers ask for it in notebooks

    def __str__(self) -> str:
        return describe(self.release, self.member)

    def __repr__(self) -> str:
        return repr(entry_of(self.release, self.member))

    def _repr_html_(self) -> str:
        return card(self.release, self.member, self._inside())

    def _inside(self) -> str:
        """What notebooks show below the metadata, as HTML."""
        return picture(self.path, self.member.alt or self.metadata.title)


class PublishedFile(Published):
    """A published file as it is."""

    @property
    def data(self) -> bytes:
        """The bytes."""
        return read_bytes(self.path)


def load(release: Release, member: Member, path: Path) -> PublishedFile:
    """Return the file whose verified bytes are at ``path``."""
    return PublishedFile(release, member, path)
