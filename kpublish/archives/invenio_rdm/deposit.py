"""How a version comes to an InvenioRDM exactly once, though "create a draft" is no request that may be repeated.

What was created is found again by its id, where a witness or the journal knows it; else by all versions together; else among the
owner's own records, newest first, for as long as the server's search may lag behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Any, BinaryIO
from urllib.parse import quote

from kpublish.archives.invenio_rdm.metadata import metadata, names, normalised
from kpublish.archives.invenio_rdm.records import FILES, Records, state_of, stored_file
from kpublish.config import ArchiveSettings, host_of
from kpublish.errors import ArchiveError, IntegrityError, NotFound
from kpublish.http import ServerFault, looks, plain
from kpublish.model.archive import ABOUT_TO, ArchiveStatus, Difference, Link, Record, State
from kpublish.model.bundle import FileEntry, Release


class InvenioRDM:
    """One server, as its records API shows it to the owner of a token."""

    def __init__(self, settings: ArchiveSettings) -> None:
        self.settings = settings
        self._records = Records(settings)
        self._hint = Record(settings.name, settings.kind)
        self._known = State()
        self._others: list[Mapping[str, Any]] = []
        self._begun: list[str] = []
        self._lock = Lock()
        self._vocabularies = True

    def recall(self, record: Record) -> None:
        """Remember what an earlier run called this version; what it lacks, kpublish.yaml may know."""
        self._hint = record

    def find(self, kid: str, version: str) -> State:
        """Look under the id that is remembered, then among all versions, then among the owner's own records."""
        self._others = []
        for record in self._candidates(kid):
            if record["metadata"].get("version") == version and names(record["metadata"], kid):
                return self._keep(record)
            self._others.append(record)
        self._known = State()
        return self._known

    def draft(self, release: Release) -> State:
        """Create the draft, of a new version where there are others; one that is there is adopted."""
        state = self.find(release.kid, release.version)
        if state.status is not ArchiveStatus.ABSENT:
            return state
        if older := self._older():
            # Asked again, the server answers with the same draft.
            made = self._records.ask("POST", f"/records/{quote(older, safe='')}/versions")
            self._known = state_of(made, {})
            return self.describe(release)
        return self._settled(release) or self.describe(release, self._tell("POST", "/records", release, (), once=True))

    def describe(self, release: Release, made: Mapping[str, Any] | None = None) -> State:
        """Put all metadata, reserve the DOI, and announce the files that are missing."""
        number = str(made["id"]) if made else self._number(release)
        if self.settings.options.community:
            self._records.community(self.settings.options.community)
        answer = made or self._tell("PUT", _draft(number), release, ())
        if not state_of(answer, {}).doi:
            answer = self._reserve(number, answer)
        begun = {} if made else self._records.entries(number, published=False)
        missing = [{"key": entry.path} for entry in release.files if entry.path not in begun]
        if missing:
            self._records.ask("POST", f"{_draft(number)}/files", accept=FILES, data=missing, once=True)
        self._known = state_of(answer, {path: file for path, file in begun.items() if file})
        return self._known

    def send(self, release: Release, entry: FileEntry, content: BinaryIO) -> State:
        """Send one file and complete it; what arrived must be what was sent."""
        number = self._number(release)
        place = f"{_draft(number)}/files/{quote(entry.path)}"
        if entry.path in self._known.files:
            self._records.ask("DELETE", place, accept=FILES)
            self._begin(number, entry)
        start = content.tell()
        try:
            self._records.upload(f"{place}/content", content, entry.size)
        except NotFound:  # an upload that failed has removed the file
            self._begin(number, entry)
            content.seek(start)
            self._records.upload(f"{place}/content", content, entry.size)
        told = self._records.ask("POST", f"{place}/commit", accept=FILES)
        file = stored_file(told)
        if file is None or (file.size, file.md5) != (entry.size, entry.md5):
            self._records.ask("DELETE", place, accept=FILES)
            raise IntegrityError(
                f"{host_of(self.settings.url)} stored other bytes of {entry.path} than were sent.",
                remedy="Nothing was published; run the same command again.",
            )
        with self._lock:
            self._known = replace(self._known, files={**self._known.files, entry.path: file})
            return self._known

    def remove(self, release: Release, path: str) -> State:
        """Take one file out of the draft, whether its bytes have arrived or not."""
        number = self._number(release)
        with suppress(NotFound):  # it is gone
            self._records.ask("DELETE", f"{_draft(number)}/files/{quote(path)}", accept=FILES)
        self._known = replace(self._known, files={name: file for name, file in self._known.files.items() if name != path})
        return self._known

    def publish(self, release: Release) -> State:
        """Publish, or submit to the community's curators where kpublish.yaml says so."""
        number = self._number(release)
        for name in self._begun:  # a file that never came would keep the draft from being published
            self.remove(release, name)
        options = self.settings.options
        if options.community and options.review:
            community = self._records.community(options.community)
            receiver = {"receiver": {"community": community}, "type": "community-submission"}
            self._records.ask("PUT", f"{_draft(number)}/review", data=receiver)
            self._records.ask("POST", f"{_draft(number)}/actions/submit-review", once=True)
            return self.find(release.kid, release.version)
        published = self._records.ask("POST", f"{_draft(number)}/actions/publish", once=True)
        return self._included(self._keep(published))

    def differences(self, release: Release, state: State) -> tuple[Difference, ...]:
        """Compare the metadata that were stored with those that were sent, as far as :mod:`~.metadata` says that they count."""
        sent = metadata(release, state.links, vocabularies=self._vocabularies)
        compared = {key: (normalised(value), normalised(state.metadata.get(key))) for key, value in sent.items()}
        return tuple(Difference(key, ours, theirs) for key, (ours, theirs) in compared.items() if not _covers(ours, theirs))

    def amend(self, release: Release, links: tuple[Link, ...]) -> State:
        """Edit a published record, if anything changes: its files stay, as does its DOI."""
        state = self._known if self._known.id else self.find(release.kid, release.version)
        wanted = metadata(release, links, vocabularies=self._vocabularies)
        if all(_covers(normalised(value), normalised(state.metadata.get(key))) for key, value in wanted.items()):
            return self._included(state)
        self._records.ask("POST", f"/records/{quote(state.id, safe='')}/draft")
        self._tell("PUT", _draft(state.id), release, links)
        published = self._records.ask("POST", f"{_draft(state.id)}/actions/publish", once=True)
        return self._included(self._keep(published))

    def withdraw(self, kid: str, version: str, reason: str) -> State:  # noqa: ARG002 - nobody can
        """Not possible for the owner of a record.

        Raises
        ------
        ArchiveError
            Always: who can do it.
        """
        state = self.find(kid, version)
        where = state.url or f"version {version} of {kid}"
        raise ArchiveError(
            f"{host_of(self.settings.url)} lets only its staff take a published record away: {where}.",
            remedy="Ask its support to withdraw it, with the reason; kpublish amend can say so in its description meanwhile.",
        )

    # ---- finding -----------------------------------------------------------------------------------------------------

    def _candidates(self, kid: str) -> Iterator[Mapping[str, Any]]:
        """Every record and draft that may be the one, the surest first."""
        for number in dict.fromkeys(filter(None, (self._known.id, self._hint.id))):
            is_draft = number == self._known.id and self._known.status is ArchiveStatus.DRAFT
            for look in (self._records.draft, self._records.record) if is_draft else (self._records.record, self._records.draft):
                if found := look(number):
                    yield found
        concept = self._hint.concept or self._hint.concept_doi or self.settings.options.concept
        latest = self._records.latest(concept) if concept else None
        if latest:
            yield latest
            yield from self._records.versions(str(latest["id"]))
        yield from self._mine(kid)

    def _mine(self, kid: str) -> list[Mapping[str, Any]]:
        if self.settings.token is None:
            return []
        return [record for record in self._records.mine() if names(record.get("metadata", {}), kid)]

    def _older(self) -> str:
        """The id of another version that is published, among those that were looked through; empty, if there is none."""
        return next((str(record["id"]) for record in self._others if not record.get("is_draft")), "")

    def _settled(self, release: Release) -> State | None:
        """Where an earlier run was about to create a draft, look for it until the search must know it."""
        if self._hint.status != ABOUT_TO or not self.settings.options.settle:
            return None
        for _ in looks(self.settings.options.settle):
            state = self.find(release.kid, release.version)
            if state.status is not ArchiveStatus.ABSENT:
                return state
        return None

    def _keep(self, record: Mapping[str, Any]) -> State:
        """The state of a record, with its files; of a draft, also the names whose bytes never came."""
        number, published = str(record["id"]), not record.get("is_draft")
        entries = self._records.told(record) if published else None
        if entries is None:
            entries = self._records.entries(number, published=published)
        self._begun = [name for name, file in entries.items() if file is None]
        self._known = state_of(record, {name: file for name, file in entries.items() if file is not None})
        return self._known

    def _number(self, release: Release) -> str:
        state = self._known if self._known.id else self.find(release.kid, release.version)
        if not state.id:
            raise ArchiveError(
                f"{self.settings.name} has no draft of version {release.version} any more.", remedy="Run the same command again."
            )
        return state.id

    # ---- filling -----------------------------------------------------------------------------------------------------

    def _tell(self, verb: str, path: str, release: Release, links: tuple[Link, ...], *, once: bool = False) -> Mapping[str, Any]:
        """Send metadata and access; a vocabulary that lacks an identifier is done without."""
        while True:
            told = metadata(release, links, vocabularies=self._vocabularies)
            body = {"metadata": told, "access": _access(release), "files": {"enabled": True}}
            try:
                answer: Mapping[str, Any] = self._records.ask(verb, path, data=body, once=once)
            except ServerFault as fault:
                if fault.status != 400 or not self._vocabularies or "Invalid value" not in fault.message:
                    raise
                self._vocabularies = False
                continue
            wrong = [one for one in answer.get("errors", ()) if not str(one.get("field", "")).startswith("files")]
            if wrong:
                fields = "; ".join(
                    f"{plain(str(one.get('field')))}: {plain(' '.join(map(str, one.get('messages', ()))))}" for one in wrong
                )
                raise ArchiveError(
                    f"{self.settings.name} does not take the metadata: {fields}", remedy="Mend them in kpublish.yaml."
                )
            return answer

    def _reserve(self, number: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            reserved: Mapping[str, Any] = self._records.ask("POST", f"{_draft(number)}/pids/doi", once=True)
            return reserved
        except ServerFault as fault:
            if fault.status != 400:
                raise
            return self._records.draft(number) or answer  # it was reserved already

    def _begin(self, number: str, entry: FileEntry) -> None:
        try:
            self._records.ask("POST", f"{_draft(number)}/files", accept=FILES, data=[{"key": entry.path}], once=True)
        except ServerFault as fault:
            if fault.status != 400:  # it is begun already
                raise

    def _included(self, state: State) -> State:
        """Bring a published record into the community, unless it is there or was asked for."""
        slug = self.settings.options.community
        if not slug or self.settings.options.review:
            return state
        community = self._records.community(slug)
        record = self._records.record(state.id) or {}
        if community in record.get("parent", {}).get("communities", {}).get("ids", ()):
            return state
        path, body = f"/records/{quote(state.id, safe='')}/communities", {"communities": [{"id": community}]}
        try:
            self._records.ask("POST", path, data=body, once=True)
        except ServerFault as fault:
            if fault.status != 400:  # it was asked for already
                raise
        return replace(state, note=f"its inclusion in the community {slug} is asked for")


def _draft(number: str) -> str:
    return f"/records/{quote(number, safe='')}/draft"


def _access(release: Release) -> dict[str, Any]:
    if release.embargo is None:
        return {"record": "public", "files": "public"}
    embargo = {"active": True, "until": release.embargo.isoformat(), "reason": None}
    return {"record": "public", "files": "restricted", "embargo": embargo}


def _covers(sent: Any, stored: Any) -> bool:
    """Whether everything that was sent is stored; what the server adds does not matter."""
    if isinstance(sent, Mapping) and isinstance(stored, Mapping):
        return all(_covers(value, stored.get(key)) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(stored, list):
        return len(sent) == len(stored) and all(_covers(one, other) for one, other in zip(sent, stored, strict=True))
    return bool(sent == stored)
