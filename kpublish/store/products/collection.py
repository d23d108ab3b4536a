"""A release as a whole: its metadata and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from kpublish.model.bundle import Release
from kpublish.model.resource import KM3Resource
from kpublish.store.cards import card, contents
from kpublish.store.catalogue import Entry, entry_of
from kpublish.store.texts import describe


@dataclass(frozen=True, slots=True, repr=False)
class Collection:
    """The tables and figures of one release; load each by the kid of its entry."""

    release: Release

    @property
    def metadata(self) -> KM3Resource:
        """The release's metadata."""
        return self.release.resource

    @property
    def resources(self) -> tuple[Entry, ...]:
        """What the release holds."""
        return tuple(entry_of(self.release, member) for member in self.release.members)

    def show_metadata(self) -> None:
        """Print the metadata as text."""
        print(self)  # noqa: T201 - readers ask for it in notebooks

    def __str__(self) -> str:
        return describe(self.release, None)

    def __repr__(self) -> str:
        return f"Collection of {entry_of(self.release, None)!r}: {', '.join(entry.name for entry in self.resources)}"

    def _repr_html_(self) -> str:
        return card(self.release, None, contents(self.release))
