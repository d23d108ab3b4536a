"""KM3Store: the reader's door to what was published, in the manner of openkm3."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kpublish.config import cache_folder, reader_address
from kpublish.errors import IntegrityError, UsageError
from kpublish.http import plain
from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.store.cache import Cache, Progress
from kpublish.store.catalogue import Entry, Found, entries, entry_of, files_of, find_by_name
from kpublish.store.choosing import connected, kind_of
from kpublish.store.citations import Citations
from kpublish.store.finding import Finder
from kpublish.store.holding import Holding
from kpublish.store.loading import handed_out
from kpublish.store.locking import lock, pinned, read_lock, write_lock
from kpublish.store.offline import KeptCatalogue
from kpublish.store.parts import EVENTS
from kpublish.store.progress import Told
from kpublish.store.searching import Query, matching
from kpublish.store.texts import describe


class KM3Store:
    """Lists and loads published resources; every byte it hands out was verified.

    Parameters
    ----------
    url
        A data center's address, a record of Zenodo or another InvenioRDM (its address, or a DOI of Zenodo), a folder into which
        releases were published, or an analysis package (zip); without it ``KPUBLISH_DATACENTER_URL``, else the KM3NeT Open
        Data Center.
    cache
        Folder for downloaded files; without it ``kpublish`` in the user's cache folder.
    locked
        A lock file: what it names is loaded in the version that it names.
    progress
        Is given a file's entry and the number of bytes that have arrived, again and again; without it a terminal shows them.

    Examples
    --------
    >>> store = KM3Store()
    >>> frame = store.get("effective_area").data  # doctest: +SKIP
    """

    def __init__(
        self,
        url: str | Path | None = None,
        *,
        cache: Path | str | None = None,
        locked: Path | str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.address = str(url) if url else reader_address()
        self.cache = Cache(Path(cache) if cache else cache_folder(), progress or Told())
        self.source = connected(self.address, self.cache)
        self._finder = Finder(self.source, self.address, KeptCatalogue(self.cache.folder, self.address))
        self._pins = read_lock(Path(locked)).resources if locked else ()
        self._used: dict[tuple[str, str], Found] = {}

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
            The newest one unless stated here or there, or by a lock file.

        Raises
        ------
        NotFound
            If there is no such resource, or not in that version.
        UsageError
            If several resources have that name, or two versions are named.
        IntegrityError
            If the source has other bytes than a lock file says.
        """
        pin = pinned(self._pins, identifier) if version is None else None
        if pin is None:
            return self._finder.find(identifier, version)
        release, member = self._finder.find(pin.kid, pin.version)
        pin.check(files_of(release, member))
        return release, member

    def get(
        self, identifier: str, parts: Sequence[str] | None = None, loadoption: str | None = None, *, version: str | None = None
    ) -> Any:
        """Load a resource: a table, a figure, or a whole release as a collection of what it holds.

        Parameters
        ----------
        identifier
            As for :meth:`find`.
        parts
            Of a release: names of tables and figures in it that are loaded instead. Of an event file: names of its tables, which
            are handed out as DataFrames, but for ``events``.
        loadoption
            Of a table: ``plain`` (lists by column), ``pandas`` (DataFrame) or ``plot`` (a drawing) instead of the object.
        version
            The newest one unless stated.

        Returns
        -------
        Product
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
        if member is not None and not isinstance(parts, str):
            table = self._load(release, member)
            if getattr(table, "parts", None):
                frames = {part: handed_out(table, loadoption) if part == EVENTS else table.read(part) for part in parts}
                return frames if len(frames) > 1 else frames[parts[0]]
        if member is not None or isinstance(parts, str):
            raise UsageError(
                "Parts are a list of names, and only releases and event files have them.",
                remedy='Write get(kid, ["events"], "pandas"), or get(name, version="1.0.0").',
            )
        loaded = {part: handed_out(self._load(*find_by_name(part, [release])), loadoption) for part in parts}
        return loaded if len(loaded) > 1 else loaded[parts[0]]

    def _load(self, release: Release, member: Member | None) -> Any:
        self._used[entry_of(release, member).kid, release.version] = release, member
        files = files_of(release, member) if member else ()
        kind = kind_of(release, member)
        if member and not files and kind.WHOLE is False:
            raise IntegrityError(f"The release names no file for {plain(member.path)}.", remedy="Tell who published it.")
        path = self.download(release, files[0]) if files else None
        return kind.load(Holding(release, member, path, partial(self._load, release)))

    def search(self, text: str = "", **filters: Any) -> Sequence[Entry]:
        """List the resources that a query means.

        Parameters
        ----------
        text
            Words that all stand in title, description, keywords, authors, columns, kid or DOI.
        filters
            ``type``, ``instrument``, ``keyword``, ``year``, ``author``, ``ktype``, ``level``: see
            :class:`kpublish.store.searching.Query`.

        Raises
        ------
        UsageError
            If there is no such filter.
        Unreachable
            As for :meth:`list`.
        """
        return [entry_of(*found) for found in matching(self._finder.releases(), Query.of(text, filters))]

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
        cited = (self._found(thing)[0] for thing in objects) if objects else (release for release, _ in self._everything())
        return Citations(tuple({(release.kid, release.version): release for release in cited}.values()))

    def lock(self, path: Path | str, *objects: Any) -> Path:
        """Write which versions were used, and the checksum of every file, into a lock file; return its path.

        ``KM3Store(url, locked=path)`` then loads these versions, and ``kpublish get --locked`` downloads these bytes.

        Parameters
        ----------
        path
            The lock file; one that is there is written anew.
        objects
            As for :meth:`cite`; without any, everything that this store has handed out.

        Raises
        ------
        NotFound, UsageError
            As for :meth:`cite`.
        StorageError
            If it cannot be written.
        """
        used = list(map(self._found, objects)) if objects else self._everything()
        return write_lock(Path(path), lock(used, self.address))

    def _everything(self) -> Sequence[Found]:
        """What this store has handed out."""
        if not self._used:
            raise UsageError("Nothing was loaded from this store yet.", remedy="Name what is meant: an identifier, or a table.")
        return [*self._used.values()]

    def _found(self, thing: Any) -> Found:
        if isinstance(thing, Entry):
            return self.find(thing.kid, thing.version)
        if isinstance(thing, str):
            return self.find(thing)
        holding = getattr(thing, "holding", None)
        if not isinstance(holding, Holding):
            raise UsageError(f"A {type(thing).__name__} cannot be cited.", remedy="Give an identifier, or what store.get returns.")
        return holding.release, holding.member

    def download(self, release: Release, entry: FileEntry) -> Path:
        """Return a verified local copy of a file, from the cache or else from the source; an interrupted download goes on.

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
        return kept or self.cache.keep(entry, partial(self.source.open, release, entry))

    def print_index(self, include_technical: bool = False) -> None:
        """Print what is published, each resource below its name; ``include_technical`` adds files and checksums."""
        print(self.index(include_technical))  # noqa: T201 - readers ask for it in notebooks

    def index(self, include_technical: bool = False) -> str:
        """Return what :meth:`print_index` prints."""
        found: list[Found] = []
        for release in self._finder.releases():
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
            return [entry for release in self._finder.releases() for entry in entries(release)]
        release, member = self.find(identifier)
        return [entry_of(release, member)] if member else [*entries(release)]

    def update_catalog(self) -> Sequence[Entry]:
        """Ask the source anew, keep its list for the time when it does not answer, and return what is published.

        Raises
        ------
        Unreachable
            If the source does not answer.
        """
        return [entry for release in self._finder.listed() for entry in entries(release)]
