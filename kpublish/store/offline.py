"""Keeps the list of what a source on the web publishes, for the time when it does not answer."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kpublish.errors import KpublishError, StorageError, Unreachable
from kpublish.files import read_bytes, write_bytes
from kpublish.http import plain
from kpublish.model.bundle import Release
from kpublish.store.understanding import understand

#: The largest list that is read, in bytes.
LIMIT = 512 * 1024**2


class StaleCatalogue(UserWarning):
    """The source did not answer; what it published at an earlier time is told instead."""


class KeptCatalogue:
    """The releases that a source listed last, in one file of the cache; the file's date is that of the list."""

    def __init__(self, folder: Path, address: str) -> None:
        self.address = address
        self.path = folder / "catalogues" / f"{hashlib.sha256(address.encode()).hexdigest()}.json"

    def keep(self, releases: Sequence[Release]) -> None:
        """Keep a list; a cache that cannot be written keeps none, because listing needs no cache."""
        document = {"address": self.address, "releases": [one.model_dump(mode="json", exclude_none=True) for one in releases]}
        with suppress(StorageError):
            write_bytes(self.path, json.dumps(document).encode())

    def recall(self, silence: Unreachable) -> list[Release]:
        """Return the list kept last, and warn of its date.

        Parameters
        ----------
        silence
            Why the source cannot be asked; raised where no readable list was kept.

        Warns
        -----
        StaleCatalogue
            With the date of the list.
        """
        try:
            document = json.loads(read_bytes(self.path, limit=LIMIT))
            releases = [understand(release, str(self.path)) for release in document["releases"]]
            date = datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        except (KpublishError, OSError, ValueError, LookupError, TypeError, RecursionError):
            raise silence from None
        message = f"{plain(self.address)} does not answer; this is what it published as of {date:%Y-%m-%d %H:%M} UTC."
        warnings.warn(StaleCatalogue(message), stacklevel=2)
        return releases
