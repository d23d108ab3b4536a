"""What all products are: a resource with metadata, which tells itself as text, in one line, and as a card in notebooks."""

from __future__ import annotations

from pathlib import Path

from kpublish.errors import UnreadableFile
from kpublish.http import plain
from kpublish.model.bundle import Member, Release
from kpublish.model.resource import KM3Resource
from kpublish.store.cards import card
from kpublish.store.holding import Holding
from kpublish.store.texts import describe


class Described:
    """A resource of a release, or the release as a whole."""

    def __init__(self, holding: Holding) -> None:
        self.holding = holding

    @property
    def release(self) -> Release:
        """The release that is, or holds, the resource."""
        return self.holding.release

    @property
    def metadata(self) -> KM3Resource:
        """The resource's complete metadata."""
        return self.holding.metadata

    def show_metadata(self) -> None:
        """Print the metadata as text."""
        print(self)  # noqa: T201 - readers ask for it in notebooks

    def __str__(self) -> str:
        return describe(self.release, self.holding.member)

    def __repr__(self) -> str:
        return repr(self.holding.entry)

    def _repr_html_(self) -> str:
        return card(self.release, self.holding.member, self._inside())

    def _inside(self) -> str:
        """What notebooks show below the metadata, as HTML."""
        return ""


class Published(Described):
    """A member of a release, verified at ``path`` (a file named by its checksum)."""

    @property
    def member(self) -> Member:
        """The member that it is.

        Raises
        ------
        UnreadableFile
            If it is a release as a whole.
        """
        if self.holding.member is None:
            raise UnreadableFile(f"{plain(self.holding.entry.name)} is a whole release.", remedy="Load one of its resources.")
        return self.holding.member

    @property
    def path(self) -> Path:
        """Its verified local file.

        Raises
        ------
        UnreadableFile
            If it has no bytes of its own.
        """
        if self.holding.path is None:
            raise UnreadableFile(f"{plain(self.holding.entry.name)} has no file.", remedy="Its metadata are there: .metadata.")
        return self.holding.path
