"""A data center, read through version 1 of its HTTP API; reading what is published needs no token, so none is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, BinaryIO
from urllib.parse import urlencode, urljoin

from kpublish.config import host_of
from kpublish.errors import IntegrityError, NotFound
from kpublish.http import check_address, get_json, stream
from kpublish.model.bundle import FileEntry, Release
from kpublish.store.cache import Cache
from kpublish.store.sources import invenio_rdm
from kpublish.store.understanding import understand

#: Releases asked for at once.
PAGE = 100


class DataCenter:
    """The releases that a data center has published."""

    def __init__(self, address: str) -> None:
        self.api = f"{address.rstrip('/')}/api/v1"

    def releases(self) -> Iterator[Release]:
        """Yield the newest published version of every release, page by page."""
        url = f"{self.api}/releases?{urlencode({'limit': PAGE})}"
        asked: set[str] = set()
        while url and url not in asked:
            asked.add(url)
            page = self._asked(url, "results", list)
            yield from (understand(document, self._host) for document in page["results"])
            url = self._following(url, page.get("next")) if page["results"] else ""

    def release(self, kid: str, version: str | None = None) -> Release:
        """Return the release that is or holds ``kid``; the newest version unless one is named."""
        query = f"?{urlencode({'version': version})}" if version else ""
        try:
            answer = self._asked(f"{self.api}/resources/{kid}{query}", "release", dict)
        except NotFound:
            what = f"version {version} of the resource {kid}" if version else f"resource {kid}"
            raise NotFound(f"{self._host} has no {what}.", remedy="kpublish ls lists what is published.") from None
        return understand(answer["release"], self._host)

    def open(self, release: Release, entry: FileEntry, start: int = 0) -> AbstractContextManager[BinaryIO]:  # noqa: ARG002 - by checksum
        """Open the bytes of one file from ``start`` on."""
        return stream(f"{self.api}/files/{entry.sha256}", start=start)

    @property
    def _host(self) -> str:
        return host_of(self.api)

    def _asked(self, url: str, key: str, kind: type) -> dict[str, Any]:
        answer = get_json(url)
        if not isinstance(answer, dict) or not isinstance(answer.get(key), kind):
            raise IntegrityError(f"{self._host} does not answer as a data center.", remedy="Check the address.")
        return answer

    def _following(self, url: str, following: Any) -> str:
        """The address of the next page, which is on the same host."""
        target = urljoin(url, following) if isinstance(following, str) else ""
        if target and host_of(target) != self._host:
            raise IntegrityError(f"{self._host} continues its list on another host.", remedy="Tell who runs it.")
        return target


def understands(address: str) -> bool:
    """Whether ``address`` is an address on the web."""
    return address.lower().startswith(("http://", "https://")) and invenio_rdm.record_of(address) is None


def connect(address: str, cache: Cache) -> DataCenter:  # noqa: ARG001 - files come one by one
    """Return the data center at ``address``; nothing is asked yet.

    Raises
    ------
    ConfigurationError
        If the address is not https (loopback excepted) or holds credentials.
    """
    check_address(address)
    return DataCenter(address)
