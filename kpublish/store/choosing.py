"""Which module of a room serves: the source for an address, the product for a kind of object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from kpublish.errors import UsageError
from kpublish.http import plain
from kpublish.model.bundle import Member, Release
from kpublish.registry import Registry
from kpublish.store.cache import Cache
from kpublish.store.products import PRODUCTS, ProductKind
from kpublish.store.sources import SOURCES, Source

Kind = TypeVar("Kind")


def connected(address: str, cache: Cache) -> Source:
    """Return the source at ``address``; other distributions are asked when no built-in one understands it.

    Raises
    ------
    UsageError
        If nobody does.
    """
    for kind in _everyone(SOURCES):
        if kind.understands(address):
            return kind.connect(address, cache)
    raise UsageError(
        f"Nothing can be read from {plain(address)!r}.",
        remedy="Give a data center or a record (https://…), an existing folder of releases, or an analysis package (zip).",
    )


def kind_of(release: Release, member: Member | None) -> ProductKind:
    """Return the module that loads a resource: by its ktype, else releases as collections, tables as tables, the rest as files."""
    ktype = member.resource.ktype if member else release.resource.ktype
    if ktype:
        for kind in _everyone(PRODUCTS):
            if ktype in kind.KTYPES and kind.WHOLE in (None, member is None):
                return kind
    otherwise = {"table": "table", "figure": "figure"}
    return PRODUCTS.get(otherwise.get(member.kind, "file") if member else "collection")


def _everyone(room: Registry[Kind]) -> Iterator[Kind]:
    """The built-in modules of a room; only if none of them will do, those that other distributions add."""
    for names in (room.names, room.added):
        yield from map(room.get, names())
