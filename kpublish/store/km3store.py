"""KM3Store: the reader's door to what was published, in the manner of openkm3."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from kpublish.config import cache_folder, reader_address
from kpublish.errors import IntegrityError, UsageError
from kpublish.http import plain
from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.registry import Registry
from kpublish.store.cache import Cache
from kpublish.store.catalogue import Entry, Found, entries, entry_of, files_of, find_by_name, member_of
from kpublish.store.products import PRODUCTS, ProductKind
from kpublish.store.products.collection import Collection
from kpublish.store.sources import SOURCES, Source
from kpublish.store.texts import describe

Kind = TypeVar("Kind")


class KM3Store:
    """Lists and loads published resources; every byte it hands out was verified.

    Parameters
    ----------
    address
        A data center's address, a folder into which releases were published, or an analysis package (zip); without it
        ``KPUBLISH_DATACENTER_URL``, else the KM3NeT Open Data Center.
    cache
        Folder for downloaded files; without it ``kpublish`` in the user's cache folder.

    Examples
    --------
    >>> store = KM3Store()
    >>> frame = store.get("effective_area").data  # doctest: +SKIP
    """

    def __init__(self, address: str | Path | None = None, *, cache: Path | str | None = None) -> None:
        self.address = str(address) if address else reader_address()
        self.source = _connect(self.address)
        self.cache = Cache(Path(cache) if cache else cache_folder())

    def __repr__(self) -> str:
        return f"KM3Store({self.address!r})"

    def find(self, identifier: str, version: str | None = None) -> Found:
        """Return the release and the member of it that ``identifier`` (kid, name or path) means; None: the release itself.

        Raises
        ------
        NotFound
            If there is no such resource, or not in that version.
        UsageError
            If several resources have that name.
        """
        if _is_kid(identifier):
            return self._find_kid(identifier, version)
        release, member = find_by_name(identifier, self.source.releases())
        if version in (None, release.version):
            return release, member
        return self._find_kid(entry_of(release, member).kid, version)

    def _find_kid(self, kid: str, version: str | None) -> Found:
        release = self.source.release(kid, version)
        member = member_of(release, kid)
        if (member is None and release.kid != kid) or version not in (None, release.version):
            raise IntegrityError(
                f"{plain(self.address)} answered with another resource than {kid}.", remedy="Tell who runs the source."
            )
        return release, member

    def get(self, identifier: str, version: str | None = None) -> Any:
        """Load a resource: a table, a figure, or a whole release as a collection of what it holds.

        Parameters
        ----------
        identifier
            Its kid, its name (the file's name without suffix), or its path in the package.
        version
            The newest one unless stated.

        Returns
        -------
        Product or Collection
            Its ktype decides the class; see ``kpublish.store.products``.

        Raises
        ------
        NotFound, UsageError
            As for :meth:`find`.
        Unreachable
            If the source does not answer.
        IntegrityError
            If the bytes are not those that were published.
        """
        release, member = self.find(identifier, version)
        if member is None:
            return Collection(release)
        files = files_of(release, member)
        if not files:
            raise IntegrityError(f"The release names no file for {plain(member.path)}.", remedy="Tell who published it.")
        return _kind_of(member).load(release, member, self.download(release, files[0]))

    def download(self, release: Release, entry: FileEntry) -> Path:
        """Return a verified local copy of a file, from the cache or else from the source.

        Raises
        ------
        Unreachable, NotFound
            If the source does not give it.
        IntegrityError
            If the bytes are not those that were published; nothing is kept.
        StorageError
            If the cache cannot be written.
        """
        kept = self.cache.find(entry)
        if kept:
            return kept
        with self.source.open(release, entry) as content:
            return self.cache.keep(entry, content)

    def print_index(self, include_technical: bool = False) -> None:
        """Print what is published, each resource below its name; ``include_technical`` adds files and checksums."""
        print(self.index(include_technical))  # noqa: T201 - readers ask for it in notebooks

    def index(self, include_technical: bool = False) -> str:
        """Return what :meth:`print_index` prints."""
        found: list[Found] = []
        for release in self.source.releases():
            found += [(release, None), *((release, member) for member in release.members)]
        return "\n\n\n".join(describe(*one, technical=include_technical) for one in found)

    def list(self, identifier: str | None = None) -> Sequence[Entry]:
        """List what is published: every release and what it holds; with ``identifier`` (kid or name) only that.

        Raises
        ------
        Unreachable
            If the source does not answer.
        NotFound, UsageError
            As for :meth:`find`.
        """
        if identifier is None:
            return [entry for release in self.source.releases() for entry in entries(release)]
        release, member = self.find(identifier)
        return [entry_of(release, member)] if member else [*entries(release)]


def _connect(address: str) -> Source:
    """The source at ``address``; other distributions are asked when no built-in one understands it."""
    for kind in _everyone(SOURCES):
        if kind.understands(address):
            return kind.connect(address)
    raise UsageError(
        f"Nothing can be read from {plain(address)!r}.",
        remedy="Give the address of a data center (https://…), an existing folder of releases, or an analysis package (zip).",
    )


def _kind_of(member: Member) -> ProductKind:
    """The module that loads a member: by its ktype, else tables as tables and everything else as a file."""
    if member.resource.ktype:
        for kind in _everyone(PRODUCTS):
            if member.resource.ktype in kind.KTYPES:
                return kind
    return PRODUCTS.get("table" if member.kind == "table" else "file")


def _everyone(room: Registry[Kind]) -> Iterator[Kind]:
    """The built-in modules of a room; only if none of them will do, those that other distributions add."""
    for names in (room.names, room.added):
        yield from map(room.get, names())


def _is_kid(identifier: str) -> bool:
    try:
        return str(uuid.UUID(identifier)) == identifier.lower()
    except ValueError:
        return False
