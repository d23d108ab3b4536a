"""Verify an analysis package: nothing in it is believed before its checksum is seen, and nothing is unpacked."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from kpublish.bundles.describing import DESCRIPTION
from kpublish.bundles.layout import END_SIZE, Record, central_header, directory_end, local_header, read_directory, read_end
from kpublish.bundles.manifest import MANIFEST, digest_of, read_manifest
from kpublish.bundles.packing import file_name, generated_entry, package_entry
from kpublish.bundles.zipping import Packed
from kpublish.errors import IntegrityError
from kpublish.files import CHUNK, open_bytes
from kpublish.files.paths import clash, fault_of
from kpublish.model.bundle import Bundle, FileEntry, Release

#: The largest directory, manifest or description that is read into memory, in bytes.
LIMIT = 64 * 1024**2
_REMEDY = "Get the package again; do not use this one."


def verify(path: Path, *, md5: bool = False) -> Bundle:
    """Check every byte of a package against its manifest and return what it holds; with ``md5`` of every file, if asked for.

    Raises
    ------
    MissingFile, UnreadableFile
        If there is no such file, or it cannot be read.
    IntegrityError
        If it is not a package, is damaged, or holds what no package holds: compressed files, links, names that lead out of the
        folder or clash, sizes that lie.
    """
    with open_bytes(path) as stream:
        records = _records(stream, path)
        reader = _Reader(stream, md5=md5)
        packed = [reader.file(record) for record in records]
        reader.directory(records)
        sha256 = reader.close()
    _compare(packed, read_manifest(_kept(reader.kept, MANIFEST)))
    release = _release(reader.kept, packed)
    package = package_entry(file_name(release.resource.title, release.version), reader.position, sha256)
    payload = {entry.path for entry in release.files}
    generated = (generated_entry(entry) for entry in packed if entry.path not in payload)
    files = (*release.files, *generated, package)
    if md5:
        files = tuple(entry.model_copy(update={"md5": reader.md5[entry.path]}) for entry in files[:-1])
        files = (*files, package.model_copy(update={"md5": reader.whole_md5}))
    complete = release.model_copy(update={"files": files})
    return Bundle(path, complete, {entry.path: entry.offset for entry in packed})


def seal(bundle: Bundle, *, md5: bool = False) -> Bundle:
    """Read a package that was packed, compare it with what it should hold, and add the entry of the package itself.

    With ``md5`` every entry has that of its bytes, too, computed in the same pass.

    Raises
    ------
    IntegrityError
        If it is not what was packed.
    """
    if bundle.sha256 and not (md5 and any(entry.md5 is None for entry in bundle.release.files)):
        return bundle
    found = verify(bundle.path, md5=md5)
    known = bundle.release.files[:-1] if bundle.sha256 else bundle.release.files
    if (found.contents, _sums(found.release.files[:-1])) != (bundle.contents, _sums(known)):
        raise IntegrityError(f"{bundle.path} is not what was packed.", remedy="Run the same command again; it packs anew.")
    return replace(bundle, release=bundle.release.model_copy(update={"files": found.release.files}))


def _sums(entries: Sequence[FileEntry]) -> list[tuple[str, int, str]]:
    return [(entry.path, entry.size, entry.sha256) for entry in entries]


class _Reader:
    """Reads a zip from its first to its last byte, once, and compares its records with those that a package has."""

    def __init__(self, stream: BinaryIO, *, md5: bool) -> None:
        self.position = 0
        self.kept: dict[str, bytes] = {}
        self.md5: dict[str, str] = {}
        self._whole_md5 = _Md5(wanted=md5)
        self._stream = stream
        self._digest = hashlib.sha256()
        stream.seek(0)

    def file(self, record: Record) -> Packed:
        if record.start != self.position:
            raise IntegrityError(f"{record.path} in the package is not where its directory says.", remedy=_REMEDY)
        self._expect(local_header(record), record.path)
        offset, left = self.position, record.size
        digest, crc, md5 = hashlib.sha256(), 0, _Md5(wanted=self._whole_md5.wanted)
        blocks: list[bytes] | None = [] if record.path in (MANIFEST, DESCRIPTION) and record.size <= LIMIT else None
        while left:
            block = self._take(min(left, CHUNK), record.path)
            digest.update(block)
            md5.update(block)
            crc = zlib.crc32(block, crc)
            left -= len(block)
            if blocks is not None:
                blocks.append(block)
        if crc != record.crc:
            raise IntegrityError(f"{record.path} in the package is damaged.", remedy=_REMEDY)
        if blocks is not None:
            self.kept[record.path] = b"".join(blocks)
        self.md5[record.path] = md5.hexdigest()
        return Packed(record.path, offset, record.size, digest.hexdigest())

    @property
    def whole_md5(self) -> str:
        """Of the package itself, once it is closed."""
        return self._whole_md5.hexdigest()

    def directory(self, records: Sequence[Record]) -> None:
        start = self.position
        for record in records:
            self._expect(central_header(record), record.path)
        self._expect(directory_end(len(records), start, self.position - start), "the directory")

    def close(self) -> str:
        if self._stream.read(1):
            raise IntegrityError("The package goes on after its end.", remedy=_REMEDY)
        return self._digest.hexdigest()

    def _expect(self, expected: bytes, what: str) -> None:
        found = b""
        while len(found) < len(expected):
            found += self._take(len(expected) - len(found), what)
        if found != expected:
            raise IntegrityError(
                f"The package was not written by kpublish: {what} is compressed, encrypted, a link, or not where it should be.",
                remedy=_REMEDY,
            )

    def _take(self, count: int, what: str) -> bytes:
        block = self._stream.read(count)
        if not block:
            raise IntegrityError(f"The package ends within {what}.", remedy=_REMEDY)
        self._digest.update(block)
        self._whole_md5.update(block)
        self.position += len(block)
        return block


class _Md5:
    """An md5 that is only computed where an archive tells nothing better."""

    def __init__(self, *, wanted: bool) -> None:
        self.wanted = wanted
        self._digest = hashlib.md5(usedforsecurity=False)

    def update(self, block: bytes) -> None:
        if self.wanted:
            self._digest.update(block)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _records(stream: BinaryIO, path: Path) -> list[Record]:
    """The zip's own directory, with names that are safe."""
    size = stream.seek(0, os.SEEK_END)
    end = read_end(_at(stream, max(0, size - END_SIZE), END_SIZE))
    if end is None:
        raise IntegrityError(f"{path} is not a package, or its end is missing.", remedy=_REMEDY)
    _, start, length = end
    if length > LIMIT or start + length > size:
        raise IntegrityError(f"The directory of {path} is damaged.", remedy=_REMEDY)
    try:
        records = list(read_directory(_at(stream, start, length)))
    except ValueError as error:
        raise IntegrityError(f"The directory of {path} is damaged.", remedy=_REMEDY) from error
    for record in records:
        if fault := fault_of(record.path):
            raise IntegrityError(f"The file name {record.path!r} in the package {fault}.", remedy=_REMEDY)
    if double := clash(record.path for record in records):
        raise IntegrityError(f"{double[0]!r} and {double[1]!r} in the package are one file on some systems.", remedy=_REMEDY)
    return records


def _at(stream: BinaryIO, start: int, length: int) -> bytes:
    stream.seek(start)
    found = b""
    while len(found) < length and (block := stream.read(length - len(found))):
        found += block
    return found


def _compare(packed: Sequence[Packed], manifest: Mapping[str, str]) -> None:
    found = {entry.path: entry.sha256 for entry in packed if entry.path != MANIFEST}
    for path in sorted(found.keys() ^ manifest.keys()):
        fault = "is not in the manifest" if path in found else "is missing from the package"
        raise IntegrityError(f"{path} {fault}.", remedy=_REMEDY)
    for path, sha256 in found.items():
        if sha256 != manifest[path]:
            raise IntegrityError(f"{path} in the package is not what its checksum says.", remedy=_REMEDY)


def _kept(kept: Mapping[str, bytes], name: str) -> bytes:
    if name not in kept:
        raise IntegrityError(f"The package has no {name}, or it is too large.", remedy=_REMEDY)
    return kept[name]


def _release(kept: Mapping[str, bytes], packed: Sequence[Packed]) -> Release:
    """The release as the package describes it, if that agrees with what the package holds."""
    try:
        release = Release.model_validate_json(_kept(kept, DESCRIPTION))
    except ValidationError as error:
        raise IntegrityError(f"{DESCRIPTION} in the package cannot be understood.", remedy=_REMEDY) from error
    found = {entry.path: (entry.size, entry.sha256) for entry in packed}
    for entry in release.files:
        if found.get(entry.path) != (entry.size, entry.sha256):
            raise IntegrityError(f"{DESCRIPTION} says something else about {entry.path} than the package.", remedy=_REMEDY)
    if release.digest != digest_of({entry.path: entry.sha256 for entry in release.files if entry.role != "figure"}):
        raise IntegrityError("The digest of the release is not that of its files.", remedy=_REMEDY)
    return release
