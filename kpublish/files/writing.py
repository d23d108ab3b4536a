"""Writing that leaves nothing half done: whole files, files that grow, files that arrive in parts."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from kpublish.errors import StorageError

#: Read once, before there are threads: it can only be read by changing it.
UMASK = os.umask(0o077)
os.umask(UMASK)


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
            os.chmod(name, mode & ~UMASK)
            os.replace(name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
        if sync:
            sync_folder(path.parent)


def adopt(source: Path, target: Path) -> bool:
    """Give a file that is on disk a second name, which takes the place of another file; False where that cannot be.

    The first name stays, so that whoever is interrupted afterwards finds it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    name = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        os.link(source, name)
    except OSError:  # another file system, or one without links
        return False
    os.replace(name, target)
    sync_folder(target.parent)
    return True


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give the name of an empty file beside ``path``, for a library that writes files by name; it takes that place in the end.

    On any failure nothing is left behind.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        os.close(descriptor)
        try:
            yield Path(name)
            os.chmod(name, 0o666 & ~UMASK)
            os.replace(name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise


@contextmanager
def resumable(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open for reading and appending what arrived of ``path`` so far, for this process alone; on any failure that is kept.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "ab+") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            yield stream
            stream.flush()
            os.chmod(stream.fileno(), mode & ~UMASK)
            with suppress(FileNotFoundError):  # another process finished the very file that is open here
                if os.path.samestat(os.fstat(stream.fileno()), part.stat()):
                    part.replace(path)


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


def remove_file(path: Path) -> None:
    """Delete a file; one that is not there is fine.

    Raises
    ------
    StorageError
        If the folder may not be written.
    """
    with storing(path):
        path.unlink(missing_ok=True)
