"""How an identifier finds its resource at a source; what a source told once is known, and a silent one is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kpublish.errors import IntegrityError, Unreachable
from kpublish.http import plain
from kpublish.model.bundle import Release
from kpublish.store.catalogue import Found, entry_of, find_by_name, member_of
from kpublish.store.identifiers import Asked, find_by_doi, understood
from kpublish.store.offline import KeptCatalogue
from kpublish.store.sources import Source


class Finder:
    """Asks one source; ``kept`` is the list that it told last."""

    def __init__(self, source: Source, address: str, kept: KeptCatalogue) -> None:
        self._source = source
        self._address = address
        self._kept = kept
        self._known: dict[Asked, Found] = {}

    def find(self, identifier: str, version: str | None = None) -> Found:
        """Return what an identifier means; asked again, without asking the source.

        Raises
        ------
        NotFound, UsageError, Unreachable, IntegrityError
            As for :meth:`KM3Store.find`.
        """
        asked = understood(identifier, version)
        if asked not in self._known:
            self._known[asked] = self._ask(asked)
        return self._known[asked]

    def releases(self) -> Sequence[Release]:
        """The newest version of every release; of a source that does not answer as it was listed last."""
        try:
            return self.listed()
        except Unreachable as silence:
            return self._kept.recall(silence)

    def listed(self) -> Sequence[Release]:
        """The newest version of every release, as the source tells it now; what was known before is forgotten.

        Raises
        ------
        Unreachable
            If it does not answer.
        """
        found = [*self._source.releases()]
        if not Path(self._address).exists():  # what is on the web, or was
            self._kept.keep(found)
        self._known.clear()
        return found

    def _ask(self, asked: Asked) -> Found:
        if asked.kid:
            return self._by_kid(asked.kid, asked.version)
        found = find_by_doi(asked.doi, self.releases()) if asked.doi else find_by_name(asked.name or "", self.releases())
        if asked.version in (None, found[0].version):
            return found
        return self._by_kid(entry_of(*found).kid, asked.version)

    def _by_kid(self, kid: str, version: str | None) -> Found:
        try:
            release = self._source.release(kid, version)
        except Unreachable as silence:
            release = self._recalled(kid, version, silence)
        member = member_of(release, kid)
        if (member is None and release.kid != kid) or version not in (None, release.version):
            raise IntegrityError(
                f"{plain(self._address)} answered with another resource than {kid}.", remedy="Tell who runs the source."
            )
        return release, member

    def _recalled(self, kid: str, version: str | None, silence: Unreachable) -> Release:
        """The release from the list kept last, where the source is silent."""
        for release in self._kept.recall(silence):
            if version in (None, release.version) and (release.kid == kid or member_of(release, kid)):
                return release
        raise silence
