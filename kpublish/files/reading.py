"""Reading of regular files: bounded, in blocks, and hashed in one pass."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from kpublish.errors import MissingFile, UnreadableFile

#: The largest text (header, metadata, table) that is read into memory, in bytes.
TEXT_LIMIT = 2 * 1024**3
#: Bytes read at once.
CHUNK = 1024 * 1024


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
            size = os.fstat(stream.fileno()).st_size
            if size > limit:
                raise UnreadableFile(f"{path} is larger than {limit} bytes.", remedy="Publish a smaller file, or split it.")
            return stream.read(max(size, CHUNK) + 1)  # as many bytes are reserved
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
