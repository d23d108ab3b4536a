"""Uploads of large files that go on where a line broke or a run ended: tus 1.0.0 (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from kpublish.errors import ArchiveError, IntegrityError, KpublishError, NotFound, Unreachable
from kpublish.http import ATTEMPTS, ServerFault, Session, Upload, passed
from kpublish.model.bundle import FileEntry

#: Files of more bytes go this way; smaller ones are sent anew if a line breaks.
LARGE = 32 * 1024**2
#: Bytes of one request: a proxy that collects bodies loses no more, and a token is asked for again in time.
PIECE = 64 * 1024**2
#: Seconds for which another request may work on the same file: while the server reads what it got, or notices a broken line.
PATIENCE = 600.0
#: Answers after which one asks how much has arrived: of proxies that lost the server or the client, and that an upload has expired.
_BROKEN = (408, 410, 502, 504)
#: Asks a verb at the address of all uploads of the draft (``""``) or of one (``/<sha256>``), and returns the header fields.
Ask = Callable[..., Mapping[str, str]]


def upload(session: Session, ask: Ask, entry: FileEntry, content: BinaryIO) -> bool:
    """Send a file from its place in ``content`` on; False if the server does not know how to go on.

    Raises
    ------
    Unreachable, Refused, NotFound, ServerFault
        As for :meth:`kpublish.http.Session.request`, once nothing more arrived in several attempts.
    """
    going = _Going(session, ask, entry, content, content.tell())
    try:
        place = going.begin()
    except (NotFound, ServerFault) as fault:
        if isinstance(fault, NotFound) or fault.status in (404, 405):
            return False  # or there is no such draft: then the plain request says so
        raise
    going.furthest = place
    while place < entry.size:
        place = going.on(place)
    return True


@dataclass(slots=True)
class _Going:
    """One file on its way; ``failed`` counts attempts since ``stuck`` after which no more had arrived."""

    session: Session
    ask: Ask
    entry: FileEntry
    content: BinaryIO
    start: int
    failed: int = 0
    furthest: int = 0
    stuck: float = 0.0

    def begin(self) -> int:
        """Begin, or take up what was begun by anyone; return how much is there."""
        name = b64encode(self.entry.sha256.encode()).decode()
        about = {"Upload-Length": str(self.entry.size), "Upload-Metadata": f"sha256 {name}"}
        while True:
            try:
                return self._place(self._ask("POST", "", about))
            except ServerFault as fault:
                if fault.status != 423:
                    raise
                self._bear(fault)

    def on(self, place: int) -> int:
        """Send the next piece; if that fails, find out how much of it arrived."""
        piece = Upload(self.content, min(PIECE, self.entry.size - place))
        self.content.seek(self.start + place)
        about = {"Upload-Offset": str(place), "Content-Type": "application/offset+octet-stream"}
        try:
            reached = self._place(self._ask("PATCH", self._name, about, upload=piece, once=True))
        except KpublishError as error:
            self._bear(error)
            reached = self._look()
        self._note(reached)
        return reached

    def _look(self) -> int:
        """Ask how much is there; begin again if nothing is left."""
        while True:
            try:
                return self._place(self._ask("HEAD", self._name, {}))
            except ServerFault as fault:  # without a body
                if fault.status in (404, 410):
                    return self.begin()
                if fault.status == 422:
                    message = "The bytes that arrived are not those of the file; they were removed."
                    raise IntegrityError(message, remedy="Run the same command again.") from None
                self._bear(fault)

    def _bear(self, error: KpublishError) -> None:
        """Wait a little if it is worth while to go on after this error.

        A piece that is another's place, or that a second request works on, is no failure of the line.
        """
        is_late = isinstance(error, ServerFault) and (error.status == 423 or error.code == "offset")
        is_broken = isinstance(error, Unreachable | NotFound) or (isinstance(error, ServerFault) and error.status in _BROKEN)
        if not (is_late or is_broken):
            raise error
        self.failed += 1
        self.stuck = self.stuck or passed()
        if (self.failed >= ATTEMPTS and is_broken) or passed(self.stuck) > PATIENCE:
            raise error
        self.session.pause(min(self.failed, ATTEMPTS))

    def _note(self, reached: int) -> None:
        if reached > self.furthest:
            self.failed, self.furthest, self.stuck = 0, reached, 0.0

    @property
    def _name(self) -> str:
        return f"/{self.entry.sha256}"

    def _ask(self, verb: str, what: str, about: Mapping[str, str], **sent: Any) -> Mapping[str, str]:
        return self.ask(verb, what, headers={"Tus-Resumable": "1.0.0", **about}, **sent)

    def _place(self, told: Mapping[str, str]) -> int:
        stated = told.get("Upload-Offset", "")
        if not (stated.isascii() and stated.isdigit() and int(stated) <= self.entry.size):
            raise ArchiveError("The server does not say how much of a file has arrived.", remedy="Run the same command again.")
        return int(stated)
