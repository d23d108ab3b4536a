"""An analysis package (zip) as a source of the one release that it holds; it is verified before anything is read from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import BadZipFile, ZipFile

from kpublish.bundles.verifying import verify
from kpublish.errors import IntegrityError, NotFound
from kpublish.files import open_bytes
from kpublish.model.bundle import Bundle, FileEntry, Release
from kpublish.store.cache import Cache


class Package:
    """The release in an analysis package."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def bundle(self) -> Bundle:
        """The package, verified once."""
        return verify(self.path)

    def releases(self) -> Iterator[Release]:
        """Yield the one release."""
        yield self.bundle.release

    def release(self, kid: str, version: str | None = None) -> Release:
        """Return the release if it is or holds ``kid``, in that version."""
        release = self.bundle.release
        kids = (release.kid, *(member.resource.kid for member in release.members))
        if kid not in kids or version not in (None, release.version):
            what = f"version {version} of the resource {kid}" if version else f"resource {kid}"
            raise NotFound(f"{self.path} has no {what}.", remedy=f"It holds version {release.version} of {release.kid}.")
        return release

    @contextmanager
    def open(self, release: Release, entry: FileEntry, start: int = 0) -> Iterator[BinaryIO]:  # noqa: ARG002 - there is only one
        """Open the bytes of one file, or of the package itself, from ``start`` on."""
        if entry.role == "package":
            with open_bytes(self.path) as content:
                content.seek(start)
                yield content
        else:
            try:
                with ZipFile(self.path) as package, package.open(entry.path) as content:
                    content.seek(start)
                    yield cast(BinaryIO, content)
            except (BadZipFile, KeyError):
                raise IntegrityError(f"{self.path} changed while it was read.", remedy="Get the package again.") from None


def understands(address: str) -> bool:
    """Whether ``address`` is a file."""
    return Path(address).is_file()


def connect(address: str, cache: Cache) -> Package:  # noqa: ARG001 - the bytes are here
    """Return the package at ``address``; nothing is read yet."""
    return Package(Path(address))
