"""A release as a whole: its metadata and what it holds, each loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpublish.errors import NotFound
from kpublish.http import plain
from kpublish.registry import did_you_mean
from kpublish.store.cards import contents
from kpublish.store.catalogue import Entry, entry_of, find_by_name
from kpublish.store.holding import Holding
from kpublish.store.products.described import Described

KTYPES = ("km3.collection",)
WHOLE = True


class Collection(Described):
    """The tables, figures and files of one release, in its order: iterate over them, or take one by name."""

    @property
    def resources(self) -> tuple[Entry, ...]:
        """What the release holds."""
        return tuple(entry_of(self.release, member) for member in self.release.members)

    def __len__(self) -> int:
        return len(self.release.members)

    def __iter__(self) -> Iterator[Any]:
        return map(self.holding.load, self.release.members)

    def __getitem__(self, name: str) -> Any:
        """Load the table, figure or file of this name, path or kid.

        Raises
        ------
        NotFound
            If the release holds none.
        """
        by_kid = {member.resource.kid: member for member in self.release.members}
        if name in by_kid:
            return self.holding.load(by_kid[name])
        member = find_by_name(name, [self.release])[1]
        if member is None:
            names = [entry.name for entry in self.resources]
            hint = did_you_mean(name, names) or f"It holds: {', '.join(names)}."
            raise NotFound(f"{plain(name)!r} is this release itself.", remedy=hint)
        return self.holding.load(member)

    def __repr__(self) -> str:
        return f"Collection of {self.holding.entry!r}: {', '.join(entry.name for entry in self.resources)}"

    def _inside(self) -> str:
        return contents(self.release)


def load(holding: Holding) -> Collection:
    """Return the collection that a release is."""
    return Collection(holding)
