"""A folder: ``<folder>/<kid>/<version>/`` holds the files of a release and ``release.json``; a version appears by one rename."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from kpublish.config import ArchiveSettings
from kpublish.errors import ArchiveError, ConfigurationError, IntegrityError, MissingFile
from kpublish.files import CHUNK, atomic, read_bytes, rename_folder, safe_join, sha256_of, storing, write_bytes
from kpublish.model.archive import ArchiveStatus, Difference, Link, Probe, Record, State, StoredFile
from kpublish.model.bundle import FileEntry, Release

NEEDS_TOKEN, MINTS, NEEDS_MD5, WITNESS, TAKES_EMPTY = False, False, False, False, True
PARALLEL = 1
FILES = "both"
DOCUMENT = "release.json"
Mark = tuple[int, int, int]


def connect(settings: ArchiveSettings) -> Directory:
    """Return the folder at ``settings.url``: a ``file://`` address or an absolute path.

    Raises
    ------
    ConfigurationError
        If it is neither.
    """
    parts = urlsplit(settings.url)
    path = Path(unquote(parts.path)) if parts.scheme == "file" and not parts.netloc else Path(settings.url)
    if not path.is_absolute():
        raise ConfigurationError(
            f"The archive {settings.name!r} is no absolute path: {settings.url}", remedy="Write url: file:///path/of/a/folder."
        )
    return Directory(settings, path)


def probe(settings: ArchiveSettings) -> Iterator[Probe]:
    """Yield whether the folder can be written, for ``kpublish doctor``."""
    folder = connect(settings).folder
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    if there.is_dir() and os.access(there, os.W_OK):
        yield Probe("folder", "ok", f"{folder} can be written")
    else:
        yield Probe("folder", "wrong", f"{folder} cannot be written", "Check that it is a folder, and its permissions.")


class Directory:
    """A folder of published releases; drafts stand beside them under names that begin with a dot."""

    def __init__(self, settings: ArchiveSettings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self._known: dict[Mark, str] = {}
        self._seen: tuple[Mark, State] | None = None

    def find(self, kid: str, version: str) -> State:
        """Look what is there; the files of a draft are hashed, those of a published version are as its document says."""
        if not safe_join(self.folder, kid).is_dir():
            return State()
        with self._alone(kid):
            return self._look(kid, version)

    def _look(self, kid: str, version: str) -> State:
        published, draft = self._published(kid, version), self._draft(kid, version)
        if (tombstone := _told(self._beside(kid, version, "withdrawn"))) is not None:
            return State(ArchiveStatus.WITHDRAWN, str(published), digest=tombstone["digest"], note=tombstone["reason"])
        if (document := _document(published)) is not None:
            files = {entry["path"]: StoredFile(entry["path"], entry["size"], entry["sha256"]) for entry in document["files"]}
            state = State(ArchiveStatus.PUBLISHED, str(published), published.as_uri(), "", document["digest"], files, document)
            links = _told(self._beside(kid, version, "links")) or []
            return replace(state, links=tuple(Link(**link) for link in links))
        if (document := _document(draft)) is not None:
            state = State(ArchiveStatus.DRAFT, str(draft), "", "", document["digest"], dict(self._stored(draft)), document)
            self._seen = (_mark(draft / DOCUMENT), state)
            return state
        return State()

    def draft(self, release: Release) -> State:
        """Create the draft; one that is there is adopted as it is."""
        state = self.find(release.kid, release.version)
        return self.describe(release) if state.status is ArchiveStatus.ABSENT else state

    def describe(self, release: Release) -> State:
        """Put the document of the release into the draft."""
        if release.file(DOCUMENT):
            raise ArchiveError(f"A file of the package is named {DOCUMENT}, as is the folder's own.", remedy="Rename the file.")
        text = json.dumps(release.model_dump(mode="json"), ensure_ascii=False, indent=1)
        with self._alone(release.kid):
            if _document(self._published(release.kid, release.version)) is None:
                write_bytes(self._draft(release.kid, release.version) / DOCUMENT, text.encode(), sync=True)
            return self._look(release.kid, release.version)

    def send(self, release: Release, entry: FileEntry, content: BinaryIO) -> State:
        """Write one file of the draft."""
        draft = self._draft(release.kid, release.version)
        with self._alone(release.kid):
            if not (draft / DOCUMENT).is_file():  # another process published it meanwhile
                return self._look(release.kid, release.version)
            _write(safe_join(draft, entry.path), entry, content)
            return self._with(draft, entry) or self._look(release.kid, release.version)

    def _with(self, draft: Path, entry: FileEntry) -> State | None:
        """The draft as it was seen, and one file more: a thousand files must not be looked at a thousand times."""
        mark = _mark(draft / DOCUMENT)
        if self._seen is None or self._seen[0] != mark:
            return None
        state = self._seen[1]
        state = replace(state, files={**state.files, entry.path: StoredFile(entry.path, entry.size, entry.sha256)})
        self._seen = (mark, state)
        return state

    def remove(self, release: Release, path: str) -> State:
        """Take one file out of the draft, and the folders that it leaves empty."""
        draft = self._draft(release.kid, release.version)
        file = safe_join(draft, path)
        with self._alone(release.kid), storing(file):
            file.unlink(missing_ok=True)
            for folder in file.parents:
                if folder == draft or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()
            return self._look(release.kid, release.version)

    def publish(self, release: Release) -> State:
        """Give the draft its final name, provided that nobody filled it from other inputs meanwhile."""
        with self._alone(release.kid):
            state = self._look(release.kid, release.version)
            if state.status is ArchiveStatus.DRAFT and state.digest == release.digest:
                rename_folder(self._draft(release.kid, release.version), self._published(release.kid, release.version))
            return self._look(release.kid, release.version)

    def recall(self, record: Record) -> None:
        """Nothing: (kid, version) is the place."""

    def differences(self, release: Release, state: State) -> tuple[Difference, ...]:
        """Compare the document with the release; it is written as it is."""
        sent = json.loads(release.model_dump_json())
        keys = sorted(sent.keys() | state.metadata.keys())
        return tuple(
            Difference(key, sent.get(key), state.metadata.get(key)) for key in keys if sent.get(key) != state.metadata.get(key)
        )

    def amend(self, release: Release, links: tuple[Link, ...]) -> State:
        """Write description and links anew; what the document said before is kept beside it, numbered."""
        kid, version = release.kid, release.version
        text = json.dumps(release.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()
        with self._alone(kid):
            place = self._published(kid, version) / DOCUMENT
            if self._look(kid, version).status is not ArchiveStatus.PUBLISHED:
                raise ArchiveError(f"Version {version} of {kid} is not published here.", remedy="Release it first.")
            before = read_bytes(place)
            if before != text:
                number = len([*place.parents[1].glob(f".{version}.amended-*")]) + 1
                write_bytes(self._beside(kid, version, f"amended-{number}"), before, sync=True)
                write_bytes(place, text, sync=True)
            write_bytes(self._beside(kid, version, "links"), json.dumps([asdict(link) for link in links]).encode(), sync=True)
            return self._look(kid, version)

    def withdraw(self, kid: str, version: str, reason: str) -> State:
        """Leave a tombstone beside the place of the version, which is moved away."""
        with self._alone(kid):
            state = self._look(kid, version)
            if state.status is ArchiveStatus.PUBLISHED:
                tombstone = json.dumps({"digest": state.digest, "reason": reason, "release": state.metadata}, ensure_ascii=False)
                write_bytes(self._beside(kid, version, "withdrawn"), tombstone.encode(), sync=True)
            if self._published(kid, version).is_dir():
                rename_folder(self._published(kid, version), self._place(kid, version, ".", ".withdrawn"))
            return self._look(kid, version)

    @contextmanager
    def _alone(self, kid: str) -> Iterator[None]:
        """One process at a time works on the versions of a resource, as far as the file system has locks."""
        folder = safe_join(self.folder, kid)
        with storing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY)
        try:
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _stored(self, folder: Path) -> Iterator[tuple[str, StoredFile]]:
        """What arrived in a draft, read back from it; a file that did not change since is not read again."""
        for above, _, names in os.walk(folder):
            for name in names:
                file = Path(above, name)
                path, key = file.relative_to(folder).as_posix(), _mark(file)
                if key not in self._known:
                    self._known[key] = sha256_of(file)[0]
                if path != DOCUMENT:
                    yield path, StoredFile(path, key[1], self._known[key])

    def _published(self, kid: str, version: str) -> Path:
        return self._place(kid, version)

    def _draft(self, kid: str, version: str) -> Path:
        return self._place(kid, version, ".", ".draft")

    def _beside(self, kid: str, version: str, what: str) -> Path:
        return self._place(kid, version, ".", f".{what}.json")

    def _place(self, kid: str, version: str, before: str = "", after: str = "") -> Path:
        if "/" in f"{kid}{version}" or kid.startswith(".") or version.startswith("."):
            raise ConfigurationError(f"{kid} {version} cannot name a folder.", remedy="Mend kid and version in kpublish.yaml.")
        return safe_join(self.folder, f"{kid}/{before}{version}{after}")


def _mark(file: Path) -> Mark:
    """Number, size and time of a file: what differs once it has been written anew."""
    stat = file.stat(follow_symlinks=False)
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _write(target: Path, entry: FileEntry, content: BinaryIO) -> None:
    """Write exactly the bytes of a file, or nothing."""
    digest, left = hashlib.sha256(), entry.size
    with atomic(target, sync=True) as stream:
        while block := content.read(min(left, CHUNK)):
            digest.update(block)
            stream.write(block)
            left -= len(block)
        if left or digest.hexdigest() != entry.sha256:
            raise IntegrityError(
                f"The bytes of {entry.path} are not what their checksum says.", remedy="Run the same command again; it packs anew."
            )


def _told(file: Path) -> Any:
    """What a file of ours says; None, if it is not there."""
    try:
        return json.loads(read_bytes(file))
    except MissingFile:
        return None
    except ValueError:
        raise ArchiveError(f"{file} is not JSON.", remedy="Move it away.") from None


def _document(folder: Path) -> dict[str, Any] | None:
    """The document in a folder; None, if there is none or it is torn."""
    try:
        document = json.loads(read_bytes(folder / DOCUMENT))
        return document if {"digest", "files"} <= document.keys() else None
    except MissingFile:
        return None
    except (ValueError, AttributeError, RecursionError):
        raise ArchiveError(f"{folder / DOCUMENT} is not the document of a release.", remedy="Move its folder away.") from None
