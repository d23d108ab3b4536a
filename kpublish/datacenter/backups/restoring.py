"""Puts a backup into an empty data center, on whatever database and storage; every byte is checked before anything is written."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from django.core.serializers.base import DeserializationError
from django.db import DataError, ProgrammingError, transaction
from django.db import IntegrityError as Conflict

from kpublish.bundles.manifest import MANIFEST, read_manifest
from kpublish.datacenter.backups import ABOUT, FORMAT, ROWS, About, content_path, rows
from kpublish.datacenter.models import ENDED, File, Token
from kpublish.datacenter.search.listing import list_all
from kpublish.datacenter.storage import Store, store
from kpublish.errors import IntegrityError, MissingFile, UsageError
from kpublish.files import CHUNK

_REMEDY = "Take another backup; this one cannot be used."
#: The largest list of checksums and the largest description that are read into memory.
_LIMIT = 512 * 1024**2


def restore(path: Path) -> About:
    """Check the backup, bring its content, then all rows in one transaction; after a kill the same again goes on.

    Raises
    ------
    MissingFile
        If there is no such file.
    IntegrityError
        If it is not what its checksums say.
    UsageError
        If the data center is not empty, or of another version.
    StorageError
        If something cannot be written.
    """
    if found := rows.first_row():
        raise UsageError(f"The data center is not empty: it has a {found} already.", remedy="Name a new folder, or a new database.")
    with _opened(path) as archive:
        checksums = _verified(archive, path)
        about = _about(archive)
        if about.migrations != rows.migrations():
            raise UsageError(
                f"{path} was made by kpublish {about.kpublish}, whose tables are others.",
                remedy=f"Install kpublish=={about.kpublish}, restore, then upgrade.",
            )
        contents = store()
        names = [name for name in checksums if name.startswith("content/")]
        for name in names:
            _bring(archive, name, contents)
        contents.sync(checksums[name] for name in names)
        _load(archive, about, {checksums[name] for name in names})
    return about


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    if not path.is_file():
        raise MissingFile(f"There is no file {path}.", remedy="Check the path.")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, struct.error, zlib.error, KeyError) as error:
        raise IntegrityError(f"{path} is no backup, or damaged.", remedy=_REMEDY) from error


def _verified(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """Read everything; return name → sha256."""
    entries = {entry.filename: entry for entry in archive.infolist()}
    manifest = entries.get(MANIFEST)
    if manifest is None or len(entries) != len(archive.infolist()) or manifest.file_size > _LIMIT:
        raise IntegrityError(f"{path} is no backup.", remedy=_REMEDY)
    checksums = read_manifest(archive.read(MANIFEST))
    if entries.keys() - {MANIFEST} != checksums.keys() or not {ROWS, ABOUT} <= checksums.keys():
        raise IntegrityError(f"{path} does not hold what its manifest says.", remedy=_REMEDY)
    for name, sha256 in checksums.items():
        if entries[name].compress_type != zipfile.ZIP_STORED or (name.startswith("content/") and name != content_path(sha256)):
            raise IntegrityError(f"{name} in {path} is not as kpublish writes it.", remedy=_REMEDY)
        if _digest(archive, name) != sha256:
            raise IntegrityError(f"{name} in {path} is not what its checksum says.", remedy=_REMEDY)
    return checksums


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as stream:
        while block := stream.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def _about(archive: zipfile.ZipFile) -> About:
    try:
        told = json.loads(archive.read(ABOUT))
        if told["format"] == FORMAT:
            return About(**told)
    except (ValueError, TypeError, KeyError):
        pass
    raise IntegrityError(f"{ABOUT} in the backup cannot be understood.", remedy="Restore it by the kpublish that made it.")


def _bring(archive: zipfile.ZipFile, name: str, contents: Store) -> None:
    sha256, size = name.rpartition("/")[2], archive.getinfo(name).file_size
    if not contents.holds(sha256, size):
        with archive.open(name) as stream:
            contents.receive(iter(lambda: stream.read(CHUNK), b""), sha256, size)


def _load(archive: zipfile.ZipFile, about: About, present: set[str]) -> None:
    """All rows, and the catalogue made of them, at once."""
    try:
        with archive.open(ROWS) as stream, transaction.atomic():
            Token.objects.filter(name="local").delete()
            counted = rows.load(cast(IO[str], io.TextIOWrapper(stream, "utf-8", newline="\n")))
            if counted != about.rows:
                raise IntegrityError("The backup holds other rows than it says.", remedy=_REMEDY)
            _forget_absent(present)
            list_all()
    except (DeserializationError, UnicodeDecodeError) as error:
        raise IntegrityError(f"{ROWS} in the backup cannot be understood.", remedy=_REMEDY) from error
    except (DataError, Conflict, ProgrammingError) as error:
        raise IntegrityError(f"The rows of the backup do not fit into this database: {error}.", remedy=_REMEDY) from error


def _forget_absent(present: set[str]) -> None:
    """Drafts ask again for what they had lost; what was published is there."""
    for file in File.objects.filter(arrived=True).select_related("version").only("sha256", "version__status"):
        if file.sha256 in present:
            continue
        if file.version.status in ENDED:
            raise IntegrityError(f"The backup lacks the content {file.sha256}.", remedy=_REMEDY)
        File.objects.filter(pk=file.pk).update(arrived=False)
