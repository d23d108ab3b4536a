"""The shelf on which parts of files stand until they are whole: ``parts/``, a file for each, named by version and checksum."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from kpublish.datacenter.models import Version
from kpublish.datacenter.storage import Stored
from kpublish.errors import StorageError
from kpublish.files import remove_file, storing
from kpublish.model.identifiers import version_uuid

#: Seconds for which a part that does not grow is kept.
AGE = 24 * 3600.0
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9a-f]{64}")


def folder() -> Path:
    """Where all stand."""
    return Path(settings.DATA) / "parts"


def _uid(version: Version) -> str:
    return version_uuid(version.kid, version.version)


def path_of(version: Version, sha256: str) -> Path:
    """Where the part of a file stands, or would."""
    return folder() / f"{_uid(version)}.{sha256}"


def forget(version: Version, *, of: str = "*", but: Iterable[str] = ()) -> None:
    """Forget the part of one file, or of all but those with these checksums."""
    kept = {path_of(version, sha256) for sha256 in but}
    for path in folder().glob(f"{_uid(version)}.{of}"):
        if path not in kept:
            remove_file(path)


def refuse_without_room(path: Path, size: int) -> None:
    """Refuse a part that the disk could not hold once it has grown to ``size``.

    Raises
    ------
    StorageError
        With what to do.
    """
    with suppress(FileNotFoundError):
        size -= path.stat().st_size
    with storing(path):
        space = os.statvfs(settings.DATA)
    if size > space.f_bavail * space.f_frsize:
        raise StorageError("The disk has no room for this upload.", remedy="Free some space.")


class Parts:
    """All parts, as fsck sees them."""

    def listed(self) -> Iterator[Stored]:
        """Every part, and what else stands beside them."""
        for path in sorted(folder().glob("*")):
            with suppress(FileNotFoundError):
                about = path.stat()
                is_part = bool(_NAME.fullmatch(path.name)) and path.is_file()
                yield Stored(f"parts/{path.name}", "part" if is_part else "strange", about.st_size, about.st_mtime)

    def remove(self, found: Stored) -> None:
        """Remove a part."""
        remove_file(folder().parent / found.name)
