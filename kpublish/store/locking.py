"""Lock files: which versions an analysis used, with the checksum of every file, so that others get the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from pydantic import Field, ValidationError

from kpublish.errors import IntegrityError, NotFound, UnreadableFile, UsageError
from kpublish.files import read_bytes, write_bytes
from kpublish.formats import FORMATS, DocumentFormat
from kpublish.http import plain
from kpublish.model.bundle import FileEntry
from kpublish.model.noun import Noun
from kpublish.registry import did_you_mean
from kpublish.store.catalogue import Found, entry_of, files_of
from kpublish.store.identifiers import understood

#: The largest lock file that is read, in bytes.
LIMIT = 16 * 1024**2


class LockedFile(Noun):
    """One file, as it was used."""

    path: str
    size: int = Field(ge=0)
    checksum: str = Field(pattern="^(sha256 [0-9a-f]{64}|md5 [0-9a-f]{32})$")


class Locked(Noun):
    """One resource, as it was used."""

    name: str
    kid: str
    version: str
    source: str = Field(description="Where it was read.")
    title: str = ""
    files: tuple[LockedFile, ...] = ()

    def check(self, entries: Iterable[FileEntry]) -> None:
        """Compare with the files that a source names now.

        Raises
        ------
        IntegrityError
            If it has other bytes under the same version.
        """
        there = {entry.path: (entry.size, entry.checksum) for entry in entries}
        for file in self.files:
            if there.get(file.path) != (file.size, file.checksum):
                raise IntegrityError(
                    f"{plain(file.path)}, version {plain(self.version)}, has other bytes here than were locked.",
                    remedy="A published version never changes: tell who runs the source.",
                )


class LockFile(Noun):
    """All resources that an analysis used."""

    format: int = Field(default=1, ge=1, le=1)
    resources: tuple[Locked, ...] = ()


def pinned(resources: Iterable[Locked], identifier: str) -> Locked | None:
    """Return what a lock file says of an identifier (name or kid); None, if nothing, or if the identifier states a version.

    Raises
    ------
    UsageError
        If several resources in it have that name.
    """
    asked = understood(identifier)
    found = [
        one
        for one in resources
        if asked.version is None and identifier.strip() and (asked.kid or asked.name) in (one.kid, one.name)
    ]
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} locked resources are named {plain(identifier)!r}.", remedy="Ask for one of them by its kid."
        )
    return found[0] if found else None


def chosen(resources: Sequence[Locked], identifier: str | None) -> Sequence[Locked]:
    """Return what a lock file says of an identifier; None: everything.

    Raises
    ------
    NotFound
        If it does not name it.
    """
    if identifier is None:
        return resources
    found = pinned(resources, identifier)
    if found is None:
        names = [one.name for one in resources]
        remedy = did_you_mean(identifier, names) or f"It names: {', '.join(names) or 'nothing'}."
        raise NotFound(f"The lock file does not name {plain(identifier)!r}.", remedy=remedy)
    return [found]


def lock(used: Iterable[Found], source: str) -> tuple[Locked, ...]:
    """Return what pins the resources that were used, ordered by name and kid."""
    locked = []
    for release, member in used:
        entry = entry_of(release, member)
        files = tuple(LockedFile(path=one.path, size=one.size, checksum=one.checksum) for one in files_of(release, member))
        locked.append(
            Locked(name=entry.name, kid=entry.kid, version=release.version, source=source, title=entry.title, files=files)
        )
    return tuple(sorted(locked, key=lambda one: (one.name, one.kid, one.version)))


def write_lock(path: Path, resources: tuple[Locked, ...]) -> Path:
    """Write a lock file (YAML, the same bytes for the same resources).

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    text = _yaml().write_text(LockFile(resources=resources).model_dump(mode="json"))
    write_bytes(path, f"# Versions that an analysis used; kpublish get --locked {path.name} gets the same bytes.\n{text}".encode())
    return path


def read_lock(path: Path) -> LockFile:
    """Read a lock file.

    Raises
    ------
    MissingFile, UnreadableFile
        If it cannot be read, or is none.
    """
    document = _yaml().read_text(read_bytes(path, limit=LIMIT).decode("utf-8", "replace"), str(path))
    try:
        if not document.faults:
            return LockFile.model_validate(document.data)
        fault = document.faults[0].message
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        fault = f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"
    raise UnreadableFile(f"{path} is no lock file: {plain(fault)}.", remedy="Write it anew with store.lock(…).")


def _yaml() -> DocumentFormat:
    return cast(DocumentFormat, FORMATS.get("yaml_document"))
