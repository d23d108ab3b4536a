"""The only module that writes and renames files: atomic writing, safe joining, bounded reading, hashing in one pass."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from kpublish.errors import IntegrityError, MissingFile, StorageError, UnreadableFile

#: The largest text (header, metadata, table) that is read into memory, in bytes.
TEXT_LIMIT = 2 * 1024**3
#: Bytes read at once.
CHUNK = 1024 * 1024
#: Read once, before there are threads: it can only be read by changing it.
_UMASK = os.umask(0o077)
os.umask(_UMASK)


def read_bytes(path: Path, *, limit: int = TEXT_LIMIT) -> bytes:
    """Return the content of a regular file of at most ``limit`` bytes.

    Raises
    ------
    MissingFile
        If there is no such file.
    UnreadableFile
        If it is a folder, a device, larger than ``limit`` or not readable.
    """
    try:
        with open(path, "rb", opener=_regular) as stream:
            if os.fstat(stream.fileno()).st_size > limit:
                raise UnreadableFile(f"{path} is larger than {limit} bytes.", remedy="Publish a smaller file, or split it.")
            return stream.read(limit + 1)
    except OSError as error:
        raise _reading(path, error) from error


def open_bytes(path: Path) -> FileIO:
    """Open a regular file for reading in blocks.

    Raises
    ------
    MissingFile, UnreadableFile
        If it cannot be opened.
    """
    try:
        return open(path, "rb", buffering=0, opener=_regular)
    except OSError as error:
        raise _reading(path, error) from error


def _regular(name: str, flags: int) -> int:
    """Open only what is a regular file: a FIFO would wait for ever, a device never end."""
    descriptor = os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
    if not _is_regular(descriptor):
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, "not a regular file", name)
    return descriptor


def _is_regular(descriptor: int) -> bool:
    import stat

    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def _reading(path: Path, error: OSError) -> MissingFile | UnreadableFile:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return MissingFile(f"There is no file {path}.", remedy="Check the path.")
    if isinstance(error, IsADirectoryError):
        return UnreadableFile(f"{path} is not a regular file.", remedy="Name a file, not a folder or device.")
    return UnreadableFile(f"{path} cannot be read: {error.strerror or error}.", remedy="Check its permissions.")


def chunks(stream: BinaryIO, size: int = CHUNK) -> Iterator[bytes]:
    """Yield the rest of ``stream`` in blocks of at most ``size`` bytes."""
    while block := stream.read(size):
        yield block


def sha256_of(path: Path) -> tuple[str, int]:
    """Return sha256 (hexadecimal) and size in bytes of a file.

    Raises
    ------
    MissingFile, UnreadableFile
        If it cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with open(path, "rb", opener=_regular) as stream:
            for block in chunks(stream):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise _reading(path, error) from error
    return digest.hexdigest(), size


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn a failure to write below ``path`` into a :class:`StorageError` with a remedy."""
    try:
        yield
    except OSError as error:
        raise storage_error(path, error) from error


def storage_error(path: Path, error: OSError) -> StorageError:
    """Return the sentence for a failure to write ``path``."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"The disk is full: {path} was not written.", remedy="Free some space and run the command again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(f"{path} may not be written.", remedy="Check the permissions of the folder.")
    return StorageError(f"{path} was not written: {error.strerror or error}.", remedy="Check the folder and try again.")


@contextmanager
def atomic(path: Path, *, mode: int = 0o666, sync: bool = False) -> Iterator[BinaryIO]:
    """Open a file that appears under ``path`` only when it is complete; on any failure nothing is left behind.

    Parameters
    ----------
    path
        Where the file shall stand; missing folders are made.
    mode
        Permissions before the process's umask is applied.
    sync
        Whether file and folder are forced to disk before returning.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w+b") as stream:
                yield stream
                stream.flush()
                if sync:
                    os.fsync(stream.fileno())
            os.chmod(name, mode & ~_UMASK)
            os.replace(name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
        if sync:
            sync_folder(path.parent)


def write_bytes(path: Path, content: bytes, *, mode: int = 0o666, sync: bool = False) -> None:
    """Write ``content`` to ``path`` atomically.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with atomic(path, mode=mode, sync=sync) as stream:
        stream.write(content)


def open_to_append(path: Path) -> BinaryIO:
    """Open a file that only grows (made if absent) for reading and appending, without a buffer: see :func:`append`.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return cast(BinaryIO, open(path, "ab+", buffering=0))


def append(stream: BinaryIO, content: bytes) -> None:
    """Append ``content`` and force it to disk.

    Raises
    ------
    StorageError
        If not all of it could be written; then its beginning may stand there.
    """
    with storing(Path(stream.name)):
        while content:
            content = content[stream.write(content) :]
        os.fsync(stream.fileno())


def rename_folder(source: Path, target: Path) -> None:
    """Give a folder its final name in one step, after all its entries are on disk.

    Raises
    ------
    StorageError
        If ``target`` is there already, or the folder may not be written.
    """
    with storing(target):
        for folder, _, _ in os.walk(source):
            sync_folder(Path(folder))
        source.rename(target)
        sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Force the entries of ``folder`` to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def safe_join(folder: Path, name: str) -> Path:
    """Return ``folder / name`` for a relative name with ``/`` that stays inside ``folder``.

    Raises
    ------
    IntegrityError
        If the name is empty, absolute, holds ``..``, a backslash, a NUL or a drive letter, or leads out by a link.

    Examples
    --------
    >>> safe_join(Path("/data"), "figures/aeff.png").as_posix()
    '/data/figures/aeff.png'
    """
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or any(bad in name for bad in ("\\", "\0")) or parts[0].endswith(":"):
        raise IntegrityError(f"The name {name!r} leads out of its folder.", remedy="Do not use this file; tell who made it.")
    path = folder.joinpath(*parts)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise IntegrityError(f"The name {name!r} leads out of its folder by a link.", remedy="Remove the link.")
    return path


@contextmanager
def fresh_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder whose content appears under ``path`` only when the block ends well; on any failure nothing is left.

    Parameters
    ----------
    path
        A folder that does not exist yet, or an empty one.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent))
        try:
            yield folder
            os.chmod(folder, 0o777 & ~_UMASK)
            if path.is_dir():
                for item in folder.iterdir():
                    item.rename(path / item.name)
                folder.rmdir()
            else:
                folder.rename(path)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def remove_file(path: Path) -> None:
    """Delete a file; one that is not there is fine.

    Raises
    ------
    StorageError
        If the folder may not be written.
    """
    with storing(path):
        path.unlink(missing_ok=True)
