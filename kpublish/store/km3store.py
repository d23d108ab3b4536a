"""KM3Store: the reader's door to what was published, in the manner of openkm3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from kpublish.config import cache_folder, reader_address
from kpublish.errors import IntegrityError, Unreachable, UsageError
from kpublish.http import plain
from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.registry import Registry
from kpublish.store.cache import Cache
from kpublish.store.catalogue import Entry, Found, entries, entry_of, files_of, find_by_name, member_of
from kpublish.store.citations import Citations
from kpublish.store.identifiers import Asked, find_by_doi, understood
from kpublish.store.loading import handed_out
from kpublish.store.offline import KeptCatalogue
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
        self._kept = KeptCatalogue(self.cache.folder, self.address)
        self._used: dict[tuple[str, str], Release] = {}

    def __repr__(self) -> str:
        return f"KM3Store({self.address!r})"

    def find(self, identifier: str, version: str | None = None) -> Found:
        """Return the release and the member of it that ``identifier`` means; None: the release itself.

        Parameters
        ----------
        identifier
            kid (also ``urn:uuid:…``), name, path in the package, DOI, or address of a landing page; after a name or kid may
            stand a version: ``name@1.0.0``.
        version
            The newest one unless stated here or there.

        Raises
        ------
        NotFound
            If there is no such resource, or not in that version.
        UsageError
            If several resources have that name, or two versions are named.
        """
        asked = understood(identifier, version)
        if asked.kid:
            return self._find_kid(asked.kid, asked.version)
        release, member = self._find_listed(asked)
        if asked.version in (None, release.version):
            return release, member
        return self._find_kid(entry_of(release, member).kid, asked.version)

    def _find_listed(self, asked: Asked) -> Found:
        if asked.doi:
            return find_by_doi(asked.doi, self._releases())
        return find_by_name(asked.name or "", self._releases())

    def _find_kid(self, kid: str, version: str | None) -> Found:
        try:
            release = self.source.release(kid, version)
        except Unreachable as silence:
            release = self._recalled(kid, version, silence)
        member = member_of(release, kid)
        if (member is None and release.kid != kid) or version not in (None, release.version):
            raise IntegrityError(
                f"{plain(self.address)} answered with another resource than {kid}.", remedy="Tell who runs the source."
            )
        return release, member

    def _recalled(self, kid: str, version: str | None, silence: Unreachable) -> Release:
        """The release from the list kept last, where the source is silent."""
        for release in self._kept.recall(silence):
            if version in (None, release.version) and (release.kid == kid or member_of(release, kid)):
                return release
        raise silence

    def _releases(self) -> Sequence[Release]:
        """The newest version of every release; of a source that does not answer as it was listed last."""
        try:
            return self._listed()
        except Unreachable as silence:
            return self._kept.recall(silence)

    def _listed(self) -> Sequence[Release]:
        found = [*self.source.releases()]
        if self.address.lower().startswith(("http://", "https://")):
            self._kept.keep(found)
        return found

    def get(
        self, identifier: str, parts: Sequence[str] | None = None, loadoption: str | None = None, *, version: str | None = None
    ) -> Any:
        """Load a resource: a table, a figure, or a whole release as a collection of what it holds.

        Parameters
        ----------
        identifier
            As for :meth:`find`.
        parts
            Of a release: names of tables and figures in it that are loaded instead.
        loadoption
            Of a table: ``plain`` (lists by column), ``pandas`` (DataFrame) or ``plot`` (a drawing) instead of the object.
        version
            The newest one unless stated.

        Returns
        -------
        Product or Collection
            Its ktype decides the class; see ``kpublish.store.products``. With ``loadoption`` dict, DataFrame or Drawing. With
            several ``parts`` a dict of them by name.

        Raises
        ------
        NotFound, UsageError
            As for :meth:`find`, and if the resource has no such part or cannot be loaded so.
        Unreachable
            If the source does not answer.
        IntegrityError
            If the bytes are not those that were published.
        """
        release, member = self.find(identifier, version)
        if not parts:
            return handed_out(self._load(release, member), loadoption)
        if member is not None or isinstance(parts, str):
            raise UsageError(
                "Parts are a list of names, and only releases have them.",
                remedy='Write get(kid, ["events"], "pandas"), or get(name, version="1.0.0").',
            )
        loaded = {part: handed_out(self._load(*find_by_name(part, [release])), loadoption) for part in parts}
        return loaded if len(loaded) > 1 else loaded[parts[0]]

    def _load(self, release: Release, member: Member | None) -> Any:
        self._used[release.kid, release.version] = release
        if member is None:
            return Collection(release)
        files = files_of(release, member)
        if not files:
            raise IntegrityError(f"The release names no file for {plain(member.path)}.", remedy="Tell who published it.")
        return _kind_of(member).load(release, member, self.download(release, files[0]))

    def cite(self, *objects: Any) -> Citations:
        """Return how to cite ``objects``; without any, everything that this store has handed out.

        Parameters
        ----------
        objects
            Identifiers, entries of :meth:`list`, tables, figures, collections: of each the release that holds it is cited.

        Raises
        ------
        NotFound, UsageError
            If one of them is nothing that was published, or there is nothing to cite.
        """
        if not objects and not self._used:
            raise UsageError("Nothing was loaded from this store yet.", remedy="Name what to cite: cite(identifier).")
        cited = map(self._release_of, objects) if objects else self._used.values()
        return Citations(tuple({(release.kid, release.version): release for release in cited}.values()))

    def _release_of(self, thing: Any) -> Release:
        if isinstance(thing, Entry):
            return self.find(thing.kid, thing.version)[0]
        release = self.find(thing)[0] if isinstance(thing, str) else getattr(thing, "release", None)
        if not isinstance(release, Release):
            raise UsageError(f"A {type(thing).__name__} cannot be cited.", remedy="Give an identifier, or what store.get returns.")
        return release

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
        for release in self._releases():
            found += [(release, None), *((release, member) for member in release.members)]
        return "\n\n\n".join(describe(*one, technical=include_technical) for one in found)

    def list(self, identifier: str | None = None) -> Sequence[Entry]:
        """List what is published: every release and what it holds; with ``identifier`` (kid or name) only that.

        Where the source does not answer, the list kept last is given, with a warning that tells its date.

        Raises
        ------
        Unreachable
            If the source does not answer and no list was kept.
        NotFound, UsageError
            As for :meth:`find`.
        """
        if identifier is None:
            return [entry for release in self._releases() for entry in entries(release)]
        release, member = self.find(identifier)
        return [entry_of(release, member)] if member else [*entries(release)]

    def update_catalog(self) -> Sequence[Entry]:
        """Ask the source anew, keep its list for the time when it does not answer, and return what is published.

        Raises
        ------
        Unreachable
            If the source does not answer.
        """
        return [entry for release in self._listed() for entry in entries(release)]


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
