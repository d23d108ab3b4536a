"""A record of Zenodo or any other InvenioRDM (REST API of https://inveniordm.docs.cern.ch/reference/rest_api_index/).

Public records need no token, so none is sent. A record that kpublish made holds a release: its package, its files, or both; any
other one is told as a release of files, verified by the md5 that the record states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from kpublish.bundles.describing import DESCRIPTION
from kpublish.config import host_of
from kpublish.errors import IntegrityError, NotFound
from kpublish.http import check_address, get_json, plain, stream
from kpublish.model.bundle import FileEntry, Release
from kpublish.store.cache import Cache
from kpublish.store.foreign import entry_of_file, kid_of, release_of
from kpublish.store.sources.bundle import Package
from kpublish.store.understanding import understand

#: On Zenodo other media types give another shape.
_RECORD = "application/vnd.inveniordm.v1+json"
_ADDRESS = re.compile(r"(https?://[^/?#]+)/(?:api/)?records?/([A-Za-z0-9-]+)(?:[/?#].*)?", re.IGNORECASE)
_ZENODO = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?10\.5281/zenodo\.([0-9]+)", re.IGNORECASE)
#: Versions of a record that are asked for at once.
_VERSIONS = 100


def record_of(address: str) -> tuple[str, str] | None:
    """Return host (with scheme) and id of the record that an address or a DOI of Zenodo means, or None.

    >>> record_of("https://zenodo.org/records/1234567"), record_of("10.5281/zenodo.1234567")
    (('https://zenodo.org', '1234567'), ('https://zenodo.org', '1234567'))
    """
    if found := _ADDRESS.fullmatch(address.strip()):
        return found[1], found[2]
    found = _ZENODO.fullmatch(address.strip())
    return ("https://zenodo.org", found[1]) if found else None


@dataclass(frozen=True, slots=True)
class _Held:
    """A release, and where its bytes are: under these addresses, else in the package."""

    release: Release
    addresses: Mapping[str, str]
    package: Package | None = None


class Record:
    """One record in all its versions."""

    def __init__(self, host: str, record: str, cache: Cache) -> None:
        self._records = f"{host}/api/records"
        self._id = record
        self._cache = cache
        self._known: dict[tuple[str, str], _Held] = {}

    def releases(self) -> Iterator[Release]:
        """Yield the release of the record itself; of a DOI for all versions that of the newest one."""
        yield self._held(self._asked(self._id)).release

    def release(self, kid: str, version: str | None = None) -> Release:
        """Return the release, if it is or holds ``kid``; another version of it, if one is named."""
        found = self._held(self._asked(self._id)).release
        if version not in (None, found.version):
            found = self._held(self._version(str(version))).release
        if kid not in (found.kid, *(member.resource.kid for member in found.members)):
            raise NotFound(
                f"The record {self._id} has no resource {kid}.", remedy=f"It holds version {found.version} of {found.kid}."
            )
        return found

    def open(self, release: Release, entry: FileEntry, start: int = 0) -> AbstractContextManager[BinaryIO]:
        """Open the bytes of one file from ``start`` on."""
        if (release.kid, release.version) not in self._known:  # as after a list that was kept
            self.release(release.kid, release.version)
        held = self._known[release.kid, release.version]
        if entry.path in held.addresses:
            return stream(held.addresses[entry.path], start=start)
        if held.package is None:
            raise IntegrityError(f"The record {self._id} has no file {plain(entry.path)}.", remedy="Tell who published it.")
        return held.package.open(release, entry, start)

    def _asked(self, what: str, accept: str = _RECORD) -> Any:
        answer = get_json(f"{self._records}/{what}", accept=accept)
        if not isinstance(answer, dict):
            raise self._strange()
        return answer

    def _version(self, version: str) -> Any:
        query = urlencode({"size": _VERSIONS, "sort": "version"})
        hits = self._asked(f"{self._id}/versions?{query}").get("hits")
        for record in hits.get("hits", ()) if isinstance(hits, dict) else ():
            if isinstance(record, dict) and str(record.get("metadata", {}).get("version")) == version:
                return record
        raise NotFound(f"The record {self._id} has no version {version}.", remedy="Open its page to see its versions.")

    def _held(self, record: Mapping[str, Any]) -> _Held:
        try:
            number = quote(str(record["id"]), safe="")
            told = self._asked(f"{number}/files", "application/json")["entries"]
            entries = [entry_of_file(file) for file in told]
            addresses = {entry.path: f"{self._records}/{number}/files/{quote(entry.path)}/content" for entry in entries}
            held = self._understood(record, {entry.path: entry for entry in entries}, addresses)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._strange() from None
        self._known[held.release.kid, held.release.version] = held
        return held

    def _understood(self, record: Mapping[str, Any], files: Mapping[str, FileEntry], addresses: Mapping[str, str]) -> _Held:
        if DESCRIPTION in files:
            release = understand(get_json(addresses[DESCRIPTION]), host_of(self._records))
            return _Held(release, addresses)
        packages = [entry for path, entry in files.items() if path.endswith(".zip")]
        if len(packages) == 1 and kid_of(record):
            package = self._package(packages[0], addresses)
            return _Held(package.bundle.release, addresses, package)
        return _Held(release_of(record, tuple(files.values())), addresses)

    def _package(self, entry: FileEntry, addresses: Mapping[str, str]) -> Package:
        """The package, fetched as a whole: what it holds is known only from inside."""
        address = addresses[entry.path]
        return Package(self._cache.find(entry) or self._cache.keep(entry, lambda start: stream(address, start=start)))

    def _strange(self) -> IntegrityError:
        return IntegrityError(
            f"{host_of(self._records)} does not answer as InvenioRDM does.", remedy="Give the address of a record's page."
        )


def understands(address: str) -> bool:
    """Whether ``address`` is that of a record, or a DOI of Zenodo."""
    return record_of(address) is not None


def connect(address: str, cache: Cache) -> Record:
    """Return the record at ``address``; nothing is asked yet.

    Raises
    ------
    ConfigurationError
        If the address is not https (loopback excepted) or holds credentials.
    """
    host, record = record_of(address) or ("", "")
    check_address(host)
    return Record(host, record, cache)
