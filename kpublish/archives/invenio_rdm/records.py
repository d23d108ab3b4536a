"""Requests to the records API, and its answers as our nouns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from kpublish.archives.invenio_rdm.metadata import digest_in, links_in
from kpublish.config import ArchiveSettings, host_of
from kpublish.errors import ArchiveError, NotFound, Refused
from kpublish.http import ServerFault, Upload, open_session, plain
from kpublish.model.archive import ArchiveStatus, State, StoredFile

#: On Zenodo other media types give another shape; of files there is no other one.
RECORD, FILES = "application/vnd.inveniordm.v1+json", "application/json"
#: The most drafts and versions that are looked through.
PAGE = 100
_STATES = {"published": ArchiveStatus.PUBLISHED, "in_review": ArchiveStatus.IN_REVIEW}


class Records:
    """The API of one server."""

    def __init__(self, settings: ArchiveSettings) -> None:
        self._settings = settings
        self._session = open_session()
        self._api = f"{settings.url.removesuffix('/api')}/api"

    @property
    def date(self) -> str:
        """What the last answer said of the time."""
        return self._session.date

    def ask(self, verb: str, path: str, *, accept: str = RECORD, once: bool = False, **sent: Any) -> Any:
        """Send a request and return the JSON of the answer.

        Raises
        ------
        NotFound, Refused, ServerFault, Unreachable
            As for :meth:`kpublish.http.Session.request`; a token that Zenodo does not know is :class:`Refused`, too.
        """
        try:
            return self._session.request(verb, f"{self._api}{path}", token=self._settings.token, accept=accept, once=once, **sent)
        except ServerFault as fault:
            if "CSRF" in fault.message:
                host = host_of(self._api)
                raise Refused(f"{host} does not know the token.", remedy="Make a new one there, and set it.") from None
            raise

    def record(self, number: str) -> Mapping[str, Any] | None:
        """A published record, or None."""
        found: Mapping[str, Any] | None = self._get(f"/records/{quote(number, safe='')}")
        return found

    def draft(self, number: str) -> Mapping[str, Any] | None:
        """A draft, or None."""
        found: Mapping[str, Any] | None = self._get(f"/records/{quote(number, safe='')}/draft")
        return found

    def versions(self, number: str) -> list[Mapping[str, Any]]:
        """All published versions of a record, the newest first."""
        found = self._get(f"/records/{quote(number, safe='')}/versions?{urlencode({'size': PAGE, 'sort': 'version'})}")
        return self._hits(found)

    def latest(self, concept: str) -> Mapping[str, Any] | None:
        """The newest version of what all versions are called together, or None."""
        number = concept.rpartition("/")[2].rpartition("zenodo.")[2] or concept
        return self._get(f"/records/{quote(number, safe='')}/versions/latest") or self.record(number)

    def mine(self) -> list[Mapping[str, Any]]:
        """What the owner of the token has, drafts included, the newest first."""
        return self._hits(self.ask("GET", f"/user/records?{urlencode({'size': PAGE, 'sort': 'newest', 'allversions': 'true'})}"))

    @staticmethod
    def told(record: Mapping[str, Any]) -> dict[str, StoredFile | None] | None:
        """The files that a published record lists itself; None, if it does not list all."""
        listed = record.get("files", {})
        entries = listed.get("entries") if isinstance(listed, Mapping) else None
        if not isinstance(entries, Mapping) or not entries or listed.get("count") != len(entries):
            return None
        return {str(entry["key"]): stored_file(entry) for entry in entries.values()}

    def entries(self, number: str, *, published: bool) -> dict[str, StoredFile | None]:
        """Every file that was begun, by name; None, where its bytes have not arrived."""
        told = self._get(f"/records/{quote(number, safe='')}{'' if published else '/draft'}/files", FILES) or {}
        return {str(entry["key"]): stored_file(entry) for entry in told.get("entries", ())}

    def upload(self, path: str, content: BinaryIO, size: int) -> Any:
        """Send bytes; an answer that tells errors is one.

        Raises
        ------
        ArchiveError
            If the server did not keep them; then it has removed the file.
        """
        answer = self.ask("PUT", path, accept=FILES, upload=Upload(content, size))
        if errors := answer.get("errors"):
            raise ArchiveError(
                f"{host_of(self._api)} did not keep a file: {plain('; '.join(map(str, errors)))}",
                remedy="Run the same command again.",
            )
        return answer

    def community(self, slug: str) -> str:
        """The id of a community.

        Raises
        ------
        ArchiveError
            If there is none.
        """
        found = self._get(f"/communities/{quote(slug, safe='')}")
        if found is None:
            remedy = "Mend community: in kpublish.yaml, or ask its curators."
            raise ArchiveError(f"{host_of(self._api)} has no community {slug!r}.", remedy=remedy)
        return str(found["id"])

    def _get(self, path: str, accept: str = RECORD) -> Any:
        try:
            return self.ask("GET", path, accept=accept)
        except NotFound:
            return None

    @staticmethod
    def _hits(found: Any) -> list[Mapping[str, Any]]:
        hits = found.get("hits", {}).get("hits", []) if isinstance(found, Mapping) else []
        return [hit for hit in hits if isinstance(hit, Mapping)]


def stored_file(entry: Mapping[str, Any]) -> StoredFile | None:
    """A file as the server holds it; None, if its bytes have not arrived."""
    algorithm, _, digits = str(entry.get("checksum") or "").partition(":")
    if entry.get("status", "completed") != "completed" or algorithm != "md5":
        return None
    return StoredFile(str(entry["key"]), int(entry["size"]), md5=digits)


def state_of(record: Mapping[str, Any], files: Mapping[str, StoredFile]) -> State:
    """A record or draft, as our noun.

    Raises
    ------
    ArchiveError
        If it does not look like one.
    """
    try:
        stored, parent = record["metadata"], record.get("parent", {})
        is_draft = bool(record.get("is_draft"))
        status = _STATES.get(str(record.get("status")), ArchiveStatus.DRAFT) if is_draft else ArchiveStatus.PUBLISHED
        return State(
            ArchiveStatus.DRAFT if is_draft and status is ArchiveStatus.PUBLISHED else status,
            id=str(record["id"]),
            url=plain(str(record["links"].get("self_html") or record["links"]["self"])),
            doi=_doi(record),
            digest=digest_in(stored),
            files=files,
            metadata=stored,
            concept=str(parent.get("id", "")),
            concept_doi=_doi(parent),
            links=links_in(stored),
        )
    except (KeyError, TypeError, AttributeError):
        raise ArchiveError("The answer is not a record of InvenioRDM.", remedy="Check the address of the archive.") from None


def _doi(record: Mapping[str, Any]) -> str:
    return str(record.get("pids", {}).get("doi", {}).get("identifier", ""))
