"""The KM3NeT Open Data Center and every server that speaks its HTTP API, version 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from kpublish.config import ArchiveSettings, host_of
from kpublish.errors import ArchiveError, IntegrityError, NotFound, VersionTaken
from kpublish.http import ServerFault, Upload, check_address, open_session, plain
from kpublish.model.archive import ArchiveStatus, State, StoredFile
from kpublish.model.bundle import FileEntry, Release

NEEDS_TOKEN = True


def connect(settings: ArchiveSettings) -> DataCenter:
    """Return the data center at ``settings.url``.

    Raises
    ------
    ConfigurationError
        If the address is not https (loopback excepted).
    """
    check_address(settings.url)
    return DataCenter(settings)


class DataCenter:
    """A data center, seen through its HTTP API."""

    def __init__(self, settings: ArchiveSettings) -> None:
        self.settings = settings
        self._session = open_session()
        self._known = State()

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
        known = self._known
        state = self._ask("PUT", release.kid, release.version, f"/files/{entry.sha256}", upload=Upload(content, entry.size))
        if (state.id, state.digest) != (known.id, known.digest):  # nothing was asked before, or others work on it too
            return self.find(release.kid, release.version)
        self._known = replace(state, files={**known.files, **state.files}, metadata=known.metadata)
        return self._known

    def remove(self, release: Release, path: str) -> State:
        """Take one file out of the draft."""
        return self._ask("DELETE", release.kid, release.version, f"/files?{urlencode({'path': path})}")

    def publish(self, release: Release) -> State:
        """Publish the draft, provided that nobody filled it from other inputs meanwhile."""
        return self._ask("POST", release.kid, release.version, f"/publish?{urlencode({'digest': release.digest})}")

    def _ask(self, verb: str, kid: str, version: str, what: str = "", **sent: Any) -> State:
        url = f"{self.settings.url}/api/v1/releases/{quote(kid, safe='')}/{quote(version, safe='')}{what}"
        try:
            self._known = _state(self._session.request(verb, url, token=self.settings.token, **sent), self.settings)
            return self._known
        except ServerFault as fault:
            kinds = {"version-taken": VersionTaken, "checksum": IntegrityError}
            if fault.code in kinds:
                raise kinds[fault.code](fault.message, remedy=fault.remedy) from None
            raise


def _state(told: Any, settings: ArchiveSettings) -> State:
    """What the server told, as our noun; what does not look like it is an error, not a guess."""
    try:
        files = {path: StoredFile(path, int(file["size"]), str(file["sha256"])) for path, file in told["files"].items()}
        status = ArchiveStatus(told["status"])
        identity = f"{told['kid']}/{told['version']}"
        return State(status, identity, plain(told["url"]), "", told["digest"], files, dict(told.get("release", {})))
    except (TypeError, KeyError, ValueError, AttributeError):
        raise ArchiveError(
            f"{host_of(settings.url)} does not answer as a data center does.", remedy="Check the address of the archive."
        ) from None
