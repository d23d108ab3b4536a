"""Takes finished releases into the data center: packages that ``kpublish bundle`` wrote, and archives of the kind ``directory``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpublish.bundles import unpacking, verifying
from kpublish.datacenter import deposit, reading
from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.models import Token, Version
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.storage import store
from kpublish.errors import FindingsError, IntegrityError, KpublishError, MissingFile, UsageError, VersionTaken
from kpublish.files import CHUNK, chunks, open_bytes, read_bytes, safe_join
from kpublish.model.bundle import Bundle, FileEntry

#: What a folder of the kind ``directory`` holds beside the files of a release.
DOCUMENT = "release.json"
#: Who is written into the trail.
_NAME = "import"


@dataclass(frozen=True, slots=True)
class Found:
    """A release that lies somewhere: its document, and how the bytes of a file are read."""

    path: Path
    sent: reading.Sent
    blocks: Callable[[FileEntry], Iterable[bytes]]

    @property
    def order(self) -> tuple[str, str, list[tuple[int, str]]]:
        """Older versions are published first."""
        release = self.sent.release
        parts = re.findall(r"\d+|\D+", release.version)
        numbers = [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
        return release.resource.datePublication, release.kid, numbers


def find(paths: Iterable[Path]) -> list[Found]:
    """Every release in these packages and folders, verified or at least understood, in the order in which they came out.

    Raises
    ------
    MissingFile
        If a path is not there.
    UsageError
        If a folder holds no release.
    IntegrityError
        If a package is damaged, or a document cannot be understood.
    """
    return sorted((found for path in paths for found in _at(path)), key=lambda found: found.order)


def bring(found: Found) -> tuple[Version, bool]:
    """Publish a release with the checks of an upload; return it and whether it is new. What is there already stays as it is.

    Raises
    ------
    VersionTaken
        If the version was published from other inputs, or withdrawn.
    UsageError
        If it cannot be kept or shown.
    FindingsError
        If the checks find errors in it.
    IntegrityError
        If bytes are not what their checksum says.
    StorageError
        If it cannot be stored.
    """
    caller, release = Caller(Token(name=_NAME, rights="publish")), found.sent.release
    with _sentences(found.path):
        deposit.check(release)
        version, _ = deposit.open_draft(found.sent, caller)
        was_published = version.is_published
        contents, entries = store(), {entry.sha256: entry for entry in release.files}
        for file in list(version.files.all()):
            entry = entries.get(file.sha256)
            if entry is not None and not (file.arrived and contents.holds(file.sha256, file.size)):
                deposit.receive(version, file.sha256, entry.size, found.blocks(entry), caller.holder)
        if not was_published:
            deposit.publish(version, caller, release.digest)
    version.refresh_from_db()
    return version, not was_published


def _at(path: Path) -> Iterator[Found]:
    if path.is_file():
        bundle = verifying.verify(path)
        yield Found(path, _sent(path, bundle.release.model_dump(mode="json")), lambda entry: _of_package(bundle, entry))
        return
    if not path.is_dir():
        raise MissingFile(f"There is no {path}.", remedy="Name packages of kpublish bundle, or folders of the archive directory.")
    documents = [file for file in sorted(path.rglob(DOCUMENT)) if not _is_hidden(file.relative_to(path))]
    if not documents:
        raise UsageError(f"{path} holds no published release.", remedy="Name a folder of the archive directory, or a package.")
    for document in documents:
        yield _of_folder(document)


def _is_hidden(path: Path) -> bool:
    """Drafts, and what was withdrawn."""
    return any(part.startswith(".") for part in path.parts)


def _of_folder(document: Path) -> Found:
    def blocks(entry: FileEntry) -> Iterator[bytes]:
        with open_bytes(safe_join(document.parent, entry.path)) as stream:
            yield from chunks(stream, CHUNK)

    try:
        value = json.loads(read_bytes(document))
    except (ValueError, RecursionError) as error:
        raise IntegrityError(f"{document} is not JSON.", remedy="Release it there again.") from error
    return Found(document.parent, _sent(document, value), blocks)


def _of_package(bundle: Bundle, entry: FileEntry) -> Iterator[bytes]:
    if entry.role != "package":
        yield from unpacking.read(bundle, entry.path)
        return
    with open_bytes(bundle.path) as stream:
        yield from chunks(stream, CHUNK)


def _sent(path: Path, value: Any) -> reading.Sent:
    with _sentences(path):
        return reading.sent(value)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Make of what the API would answer an error of the command."""
    kinds: dict[str, type[KpublishError]] = {
        "version-taken": VersionTaken,
        "withdrawn": VersionTaken,
        "checksum": IntegrityError,
        "findings": FindingsError,
    }
    try:
        yield
    except Problem as problem:
        raise kinds.get(problem.code, UsageError)(f"{path}: {problem.sentence}", remedy=problem.remedy) from problem
