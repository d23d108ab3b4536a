"""The KM3NeT Open Data Center and every server that speaks its HTTP API, version 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, replace
from threading import Lock
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from kpublish.archives import going_on
from kpublish.archives.clock import clock
from kpublish.archives.entrance import Entrance
from kpublish.config import ArchiveSettings, Token, host_of, missing_token
from kpublish.errors import ArchiveError, FindingsError, IntegrityError, KpublishError, Leased, NotFound, Refused, VersionTaken
from kpublish.http import ServerFault, Upload, check_address, open_session, passed, plain
from kpublish.model.archive import ArchiveStatus, Difference, Link, Probe, Record, State, StoredFile
from kpublish.model.bundle import FileEntry, Release

NEEDS_TOKEN, MINTS, NEEDS_MD5, WITNESS, TAKES_EMPTY = True, False, False, True, True
PARALLEL = 4
FILES = "both"
#: Seconds for which a lease holds; a runner that is gone keeps nobody waiting longer.
LEASE = 3600
#: Of answers whose header fields are asked for, instead of JSON.
_FIELDS = "fields"


def connect(settings: ArchiveSettings) -> DataCenter:
    """Return the data center at ``settings.url``.

    Raises
    ------
    ConfigurationError
        If the address is not https (loopback excepted).
    """
    check_address(settings.url)
    return DataCenter(settings)


def probe(settings: ArchiveSettings) -> Iterator[Probe]:
    """Yield what ``kpublish doctor`` can know of token, rights, quota and clock."""
    with closing(open_session()) as session:
        told = session.request("GET", f"{settings.url}/api/v1/health")
        yield Probe("answer", "ok", f"version {plain(str(told['version']))}" if told.get("version") else "it is in order")
        yield clock(session.date)
        if not settings.may_write:
            error = missing_token(settings)
            yield Probe("token", "wrong", error.message, error.remedy)
            return
        me = session.request("GET", f"{settings.url}/api/v1/me", token=Entrance(settings, session).token())
    yield Probe(
        "token", "ok", f"{plain(str(me['name']))}, {'until ' + plain(str(me['expires'])) if me.get('expires') else 'without end'}"
    )
    rights = [str(right) for right in me["rights"]]
    if "publish" in rights:
        yield Probe("rights", "ok", "it may publish")
    elif "write" in rights:
        yield Probe("rights", "warning", "it may submit, and reviewers publish", "Ask who runs it for the right to publish.")
    else:
        yield Probe(
            "rights", "wrong", f"it may not write ({', '.join(rights) or 'no rights'})", "Ask who runs it for another token."
        )
    most, used = me["quota"]["bytes"], me["quota"]["used"]
    if most is None:
        yield Probe("quota", "ok", f"none; {used / 1e9:.2f} GB are stored")
    else:
        verdict = "ok" if used < 0.9 * most else "warning"
        yield Probe("quota", verdict, f"{used / 1e9:.2f} of {most / 1e9:.2f} GB are used", "Ask who runs it for more.")


class DataCenter:
    """A data center, seen through its HTTP API."""

    def __init__(self, settings: ArchiveSettings) -> None:
        self.settings = settings
        self._session = open_session()
        self._entrance = Entrance(settings, self._session)
        self._known = State()
        self._lock = Lock()
        self._holder, self._held = "", 0.0
        self._goes_on = True  # until the server says that it cannot

    def find(self, kid: str, version: str) -> State:
        """Ask what is there; a draft shows itself only to a token."""
        try:
            return self._ask("GET", kid, version)
        except NotFound:
            return State()

    def draft(self, release: Release) -> State:
        """Create the draft; one that is there is adopted as it is."""
        state = self.find(release.kid, release.version)
        return self.describe(release) if state.status is ArchiveStatus.ABSENT else state

    def describe(self, release: Release) -> State:
        """Put the whole release: metadata and the list of files."""
        return self._ask("PUT", release.kid, release.version, data=release.model_dump(mode="json"))

    def send(self, release: Release, entry: FileEntry, content: BinaryIO) -> State:
        """Send the bytes of one file, named by their checksum; what the answer tells is only what that changed."""
        if entry.size > going_on.LARGE and self._goes_on:
            self._goes_on = going_on.upload(self._session, self._uploads(release), entry, content)
            if self._goes_on:
                return self.find(release.kid, release.version)
        upload = Upload(content, entry.size)
        told = self._request("PUT", release.kid, release.version, f"/files/{entry.sha256}", upload=upload)
        with self._lock:
            state, known = _state(told, self.settings), self._known
            if (state.id, state.digest) == (known.id, known.digest):
                self._known = replace(state, files={**known.files, **state.files}, metadata=known.metadata)
                return self._known
        return self.find(release.kid, release.version)  # nothing was asked before, or others work on it too

    def remove(self, release: Release, path: str) -> State:
        """Take one file out of the draft."""
        return self._ask("DELETE", release.kid, release.version, f"/files?{urlencode({'path': path})}")

    def publish(self, release: Release) -> State:
        """Publish the draft, provided that nobody filled it from other inputs meanwhile."""
        return self._ask("POST", release.kid, release.version, f"/publish?{urlencode({'digest': release.digest})}")

    def recall(self, record: Record) -> None:
        """Nothing: (kid, version) is the address."""

    def differences(self, release: Release, state: State) -> tuple[Difference, ...]:
        """What the server kept of the release; it stores documents as they are, so nothing is normalised."""
        sent, stored = (_flat(document) for document in (release.model_dump(mode="json"), state.metadata))
        return tuple(
            Difference(key, sent.get(key), stored.get(key)) for key in sorted(sent | stored) if sent.get(key) != stored.get(key)
        )

    def amend(self, release: Release, links: tuple[Link, ...]) -> State:
        """Put description and links; the server keeps what they were before, and nothing where nothing changes."""
        told = [asdict(link) for link in links]
        return self._ask("PATCH", release.kid, release.version, data={"release": release.model_dump(mode="json"), "links": told})

    def withdraw(self, kid: str, version: str, reason: str) -> State:
        """Leave a tombstone with the reason."""
        return self._ask("POST", kid, version, "/withdraw", data={"reason": reason})

    def note(self, kid: str, version: str, record: Record) -> State:
        """Remember what another archive calls this version."""
        return self._ask("PUT", kid, version, f"/records/{quote(record.archive, safe='')}", data=asdict(record))

    def lease(self, kid: str, version: str, holder: str) -> None:
        """Become, or go on being, the only one who may change the draft; a lease that is fresh is not asked for again."""
        if self._holder == holder and passed(self._held) < LEASE / 4:
            return
        self._request("POST", kid, version, "/lease", data={"holder": holder, "seconds": LEASE})
        self._holder, self._held = holder, passed()

    def give_back(self, kid: str, version: str) -> None:
        """End the lease."""
        self._request("DELETE", kid, version, f"/lease?{urlencode({'holder': self._holder})}")
        self._holder = ""

    def _uploads(self, release: Release) -> going_on.Ask:
        def ask(verb: str, what: str, **sent: Any) -> Mapping[str, str]:
            told: Mapping[str, str] = self._request(verb, release.kid, release.version, f"/uploads{what}", gives=_FIELDS, **sent)
            return told

        return ask

    def _ask(self, verb: str, kid: str, version: str, what: str = "", **sent: Any) -> State:
        self._known = _state(self._request(verb, kid, version, what, **sent), self.settings)
        return self._known

    def _request(self, verb: str, kid: str, version: str, what: str = "", **sent: Any) -> Any:
        """Send a request; if what was given for an id token has expired meanwhile, once more."""
        content = sent["upload"].content if "upload" in sent else None
        start = content.tell() if content else 0
        url = f"{self.settings.url}/api/v1/releases/{quote(kid, safe='')}/{quote(version, safe='')}{what}"
        token = self._entrance.token(reading=verb == "GET")
        try:
            return self._send(verb, url, token, **sent)
        except Refused:
            if not self._entrance.renew(token):
                raise
            if content:
                content.seek(start)
            return self._send(verb, url, self._entrance.token(), **sent)

    def _send(self, verb: str, url: str, token: Token | None, *, gives: str = "", **sent: Any) -> Any:
        headers = {**sent.pop("headers", {}), **({"Kpublish-Holder": self._holder} if self._holder else {})}
        ask = self._session.fields if gives == _FIELDS else self._session.request
        try:
            return ask(verb, url, token=token, headers=headers, **sent)
        except ServerFault as fault:
            kinds: dict[str, type[KpublishError]] = {
                "version-taken": VersionTaken,
                "checksum": IntegrityError,
                "leased": Leased,
                "findings": FindingsError,
            }
            if fault.code in kinds:
                raise kinds[fault.code](fault.message, remedy=fault.remedy) from None
            raise


def _state(told: Any, settings: ArchiveSettings) -> State:
    """What the server told, as our noun; what does not look like it is an error, not a guess."""
    try:
        files = {path: StoredFile(path, int(file["size"]), str(file["sha256"])) for path, file in told["files"].items()}
        status = ArchiveStatus(told["status"])
        identity = f"{told['kid']}/{told['version']}"
        return State(
            status,
            identity,
            plain(told["url"]),
            digest=told["digest"],
            files=files,
            metadata=dict(told.get("release", {})),
            records={name: Record(**record) for name, record in told.get("records", {}).items()},
            links=tuple(Link(**link) for link in told.get("links", ())),
            note=_note(told),
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        raise ArchiveError(
            f"{host_of(settings.url)} does not answer as a data center does.", remedy="Check the address of the archive."
        ) from None


def _note(told: Any) -> str:
    """Where reviewers decide, or what they said when they sent it back."""
    review = told.get("review") or {}
    if review.get("link"):
        return f"reviewers decide at {plain(str(review['link']))}"
    return f"sent back: {plain(str(review.get('comment', '')))}" if review.get("decision") == "return" else ""


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that describe a release; those that the server does not know yet, or that say nothing, do not count."""
    described = {f"resource.{key}": value for key, value in dict(document.get("resource", {})).items()}
    top = {
        key: document.get(key) for key in ("kid", "version", "digest", "commit", "tag", "landing", "embargo", "files", "members")
    }
    return {key: _said(value) for key, value in {**top, **described}.items()}


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: said for key, item in value.items() if (said := _said(item)) not in (None, [], {}, "")}
    if isinstance(value, list | tuple):
        return [_said(item) for item in value]
    return value
