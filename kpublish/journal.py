"""The release journal: ``.kpublish/journal.jsonl``, append-only, forced to disk; intent before a request, answer after it.

What is true stands in the archives; the journal tells what was asked of them. It may get lost, and its last line may be torn.
Beside it, ``receipt.json`` says how each release ended.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from kpublish.ci import surroundings
from kpublish.errors import MissingFile, UsageError
from kpublish.files import append, open_to_append, read_bytes, write_bytes
from kpublish.model.archive import ABOUT_TO, Receipt, Record, State, Step
from kpublish.model.bundle import Release

FOLDER = ".kpublish"
JOURNAL = "journal.jsonl"
RECEIPT = "receipt.json"


class Journal:
    """An open journal; made by :func:`opened`."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self.path = path
        self._stream = stream

    def intent(self, archive: str, release: Release, step: Step) -> None:
        """Note what will be asked."""
        self._write("intent", archive, release, step)

    def answer(self, archive: str, release: Release, step: Step, state: State) -> None:
        """Note what was answered."""
        told = {"concept": state.concept, "doi": state.doi, "concept_doi": state.concept_doi}
        self._write("answer", archive, release, step, status=state.status.value, id=state.id, url=state.url, **told)

    def failure(self, archive: str, release: Release, step: Step, message: str) -> None:
        """Note why there is no answer."""
        self._write("failure", archive, release, step, message=message)

    def entries(self) -> list[dict[str, Any]]:
        """Everything noted so far; lines that are torn or not ours are passed over."""
        return _entries(self.path)

    def unanswered(self, archive: str, release: Release) -> dict[str, Any] | None:
        """The last thing asked about this version that has no answer: the mark of an interruption."""
        about = [
            entry
            for entry in self.entries()
            if (entry.get("archive"), entry.get("kid"), entry.get("version")) == (archive, release.kid, release.version)
        ]
        return about[-1] if about and about[-1].get("event") == "intent" else None

    def _write(self, event: str, archive: str, release: Release, step: Step, **said: str) -> None:
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
            "archive": archive,
            "kid": release.kid,
            "version": release.version,
            "digest": release.digest,
            "verb": step.verb,
            "path": step.path,
            **said,
            "job": surroundings().job_url,
        }
        text = json.dumps({key: value for key, value in entry.items() if value}, ensure_ascii=False)
        append(self._stream, self._fresh_line() + text.encode() + b"\n")

    def _fresh_line(self) -> bytes:
        """A line end, if the last line was torn."""
        size = os.fstat(self._stream.fileno()).st_size
        return b"\n" if size and os.pread(self._stream.fileno(), 1, size - 1) != b"\n" else b""


def recalled(root: Path, archive: str, kid: str, version: str) -> Record | None:
    """What journal and receipts know of a version at an archive; else of all its versions together; None, if nothing.

    Where the creation of a draft was asked for and not answered, the record says so.
    """
    found: Record | None = None
    for entry in known_receipts(root):
        if (entry.get("archive"), entry.get("kid")) == (archive, kid):
            number = _text(entry, "id") if entry.get("version") == version else ""
            concept = {key: _text(entry, key) for key in ("concept", "concept_doi")}
            found = Record(archive, _text(entry, "kind"), number, **concept)
    about = (archive, kid, version)
    for entry in _entries(root / FOLDER / JOURNAL):
        if (entry.get("archive"), entry.get("kid"), entry.get("version")) != about:
            continue
        if entry.get("event") == "answer" and entry.get("id"):
            found = Record(
                archive, "", **{key: _text(entry, key) for key in ("id", "concept", "doi", "concept_doi", "url", "status")}
            )
        elif entry.get("event") == "intent" and entry.get("verb") == "draft":
            found = replace(found or Record(archive, ""), status=ABOUT_TO)
    return found


def _text(entry: dict[str, Any], key: str) -> str:
    return str(entry.get(key) or "")


def _entries(path: Path) -> list[dict[str, Any]]:
    """Everything noted in a journal; lines that are torn or not ours are passed over."""
    try:
        lines = read_bytes(path).split(b"\n")
    except MissingFile:
        return []
    return [entry for entry in map(_understood, lines) if entry is not None]


@contextmanager
def opened(root: Path) -> Iterator[Journal]:
    """Open the journal of the project at ``root`` for this process alone; it is made, if absent, with a rule that git ignores it.

    Raises
    ------
    UsageError
        If another process has it open.
    StorageError
        If it cannot be written.
    """
    folder = root / FOLDER
    stream = open_to_append(folder / JOURNAL)
    try:
        _lock(stream, root)
        if not (folder / ".gitignore").exists():
            write_bytes(folder / ".gitignore", b"*\n")
        yield Journal(folder / JOURNAL, stream)
    finally:
        stream.close()


def _lock(stream: BinaryIO, root: Path) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"Another release of {root} is running.", remedy="Wait until it has ended, then run the same command again."
        ) from None


def _understood(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def keep_receipts(root: Path, release: Release, receipts: Sequence[Receipt]) -> Path:
    """Write how a release ended at each archive into ``receipt.json``, beside what is known of other archives and versions.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    path = root / FOLDER / RECEIPT
    new = [_told(release, receipt) for receipt in receipts]
    written = {_key(entry) for entry in new}
    kept = [entry for entry in known_receipts(root) if _key(entry) not in written]
    write_bytes(path, (json.dumps(kept + new, ensure_ascii=False, indent=2) + "\n").encode(), sync=True)
    return path


def _told(release: Release, receipt: Receipt) -> dict[str, Any]:
    state = receipt.state
    return {
        "archive": receipt.archive,
        "kind": receipt.kind,
        "kid": release.kid,
        "version": release.version,
        "digest": release.digest,
        "commit": release.commit,
        "status": state.status.value,
        "id": state.id,
        "url": state.url,
        "doi": state.doi,
        "concept": state.concept,
        "concept_doi": state.concept_doi,
        "note": state.note,
        "sent": receipt.sent,
        "adopted": receipt.adopted,
    }


def _key(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry.get("archive"), entry.get("kid"), entry.get("version")


def known_receipts(root: Path) -> list[dict[str, Any]]:
    """The receipts of all archives and versions; a file that is lost or broken counts as empty."""
    try:
        known = json.loads(read_bytes(root / FOLDER / RECEIPT))
    except (MissingFile, ValueError):
        return []
    return [entry for entry in known if isinstance(entry, dict)] if isinstance(known, list) else []
