"""What a product is made of: its release, the member that it is, its verified file, and the way to its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpublish.errors import NotFound
from kpublish.http import plain
from kpublish.model.bundle import Member, Release
from kpublish.model.resource import KM3Resource
from kpublish.store.catalogue import Entry, entry_of, member_of


@dataclass(frozen=True, slots=True)
class Holding:
    """One resource of a release, as a product is given it.

    Attributes
    ----------
    release
        The release.
    member
        The table, figure or file that is meant; None: the release as a whole.
    path
        The verified local file; None for a release as a whole, or a member without bytes.
    load
        Loads another member of the same release, verified as well.
    """

    release: Release
    member: Member | None
    path: Path | None
    load: Callable[[Member], Any]

    @property
    def metadata(self) -> KM3Resource:
        """The complete metadata of what is meant."""
        return self.member.resource if self.member else self.release.resource

    @property
    def entry(self) -> Entry:
        """What is meant, as lists show it."""
        return entry_of(self.release, self.member)

    def stated(self, key: str) -> str | None:
        """The text that ``content`` of the metadata states under ``key``, or None."""
        extra = (self.metadata.content.model_extra or {}) if self.metadata.content else {}
        value = extra.get(key)
        return value if isinstance(value, str) else None

    def neighbour(self, kid: str) -> Any:
        """Load the member of the same release that has this kid.

        Raises
        ------
        NotFound
            If the release holds none.
        """
        member = member_of(self.release, kid)
        if member is None:
            raise NotFound(f"{plain(self.entry.name)} names {plain(kid)}, which its release does not hold.", remedy="Ask a store.")
        return self.load(member)
