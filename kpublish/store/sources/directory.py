"""A folder into which releases were published: ``<folder>/<kid>/<version>/release.json`` beside the files of the package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from kpublish.errors import IntegrityError, NotFound
from kpublish.files import open_bytes, read_bytes, safe_join
from kpublish.model.bundle import FileEntry, Release
from kpublish.store.cache import Cache
from kpublish.store.understanding import understand

DOCUMENT = "release.json"
#: The largest release document that is read, in bytes.
LIMIT = 64 * 1024**2


class Directory:
    """The releases in a folder; what begins with a dot is a draft and not read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def releases(self) -> Iterator[Release]:
        """Yield the newest version of every release."""
        seen: set[str] = set()
        for document in self._documents():
            if document.parent.parent.name not in seen:
                seen.add(document.parent.parent.name)
                yield _read(document, read_bytes(document, limit=LIMIT))

    def release(self, kid: str, version: str | None = None) -> Release:
        """Return the release that is or holds ``kid``; the newest version unless one is named."""
        for document in self._documents():
            content = read_bytes(document, limit=LIMIT)
            if version not in (None, document.parent.name) or kid.encode() not in content:
                continue
            release = _read(document, content)
            if kid in (release.kid, *(member.resource.kid for member in release.members)):
                return release
        what = f"version {version} of the resource {kid}" if version else f"resource {kid}"
        raise NotFound(f"{self.folder} has no {what}.", remedy="kpublish ls lists what is published.")

    @contextmanager
    def open(self, release: Release, entry: FileEntry, start: int = 0) -> Iterator[BinaryIO]:
        """Open the bytes of one file from ``start`` on."""
        with open_bytes(safe_join(self.folder, f"{release.kid}/{release.version}/{entry.path}")) as content:
            content.seek(start)
            yield content

    def _documents(self) -> list[Path]:
        """Documents of all published versions, by kid, the newest version first."""
        found = [path for path in self.folder.glob(f"*/*/{DOCUMENT}") if not path.parent.name.startswith(".")]
        found.sort(key=lambda path: precedence(path.parent.name), reverse=True)
        return sorted(found, key=lambda path: path.parent.parent.name)


def understands(address: str) -> bool:
    """Whether ``address`` is a folder."""
    return _folder(address).is_dir()


def connect(address: str, cache: Cache) -> Directory:  # noqa: ARG001 - the bytes are here
    """Return the folder at ``address``; nothing is read yet."""
    return Directory(_folder(address))


def precedence(version: str) -> tuple[list[int], bool, list[tuple[bool, int, str]]]:
    """Return what orders versions: numbers first, a pre-release before its release (semver.org 2.0.0, section 11).

    >>> sorted(["1.10.0", "1.9.0", "1.10.0-rc.2", "1.10.0-rc.10"], key=precedence)
    ['1.9.0', '1.10.0-rc.2', '1.10.0-rc.10', '1.10.0']
    """
    release, _, pre = version.partition("+")[0].partition("-")
    words = pre.split(".") if pre else []
    return [int(number) for number in re.findall(r"\d+", release)], not pre, [_word(word) for word in words]


def _word(word: str) -> tuple[bool, int, str]:
    number = word.isascii() and word.isdigit()
    return not number, int(word) if number else 0, word


def _folder(address: str) -> Path:
    return Path(unquote(urlsplit(address).path) if address.startswith("file:///") else address)


def _read(document: Path, content: bytes) -> Release:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise IntegrityError(f"{document} is not JSON.", remedy="Publish that release into the folder again.") from None
    return understand(data, str(document))
