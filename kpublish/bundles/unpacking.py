"""Read single files out of a package, and unpack it into a new folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from kpublish.bundles.verifying import verify
from kpublish.errors import IntegrityError, NotFound, UsageError
from kpublish.files import CHUNK, atomic, open_bytes, safe_join, storing
from kpublish.model.bundle import Bundle


def read(bundle: Bundle, path: str) -> Iterator[bytes]:
    """Yield the bytes of one file of a package in blocks.

    Raises
    ------
    NotFound
        If the package does not hold it.
    IntegrityError
        If the package ends before the file does.
    """
    entry = bundle.release.file(path)
    if entry is None or path not in bundle.contents:
        raise NotFound(f"The package {bundle.path} does not hold {path}.", remedy="Run kpublish bundle --verify to list its files.")
    with open_bytes(bundle.path) as stream:
        stream.seek(bundle.contents[path])
        left = entry.size
        while left:
            block = stream.read(min(left, CHUNK))
            if not block:
                raise IntegrityError(f"The package {bundle.path} ends within {path}.", remedy="Make or get the package again.")
            left -= len(block)
            yield block


def unpack(path: Path, folder: Path) -> Bundle:
    """Verify a package, then write its files into a new folder; on failure nothing is left behind.

    Raises
    ------
    UsageError
        If ``folder`` exists and is not empty.
    IntegrityError
        If the package is not what its checksums say.
    StorageError
        If a file cannot be written.
    """
    bundle = verify(path)
    with storing(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is not empty.", remedy="Name a new folder.")
        folder.mkdir(parents=True, exist_ok=True)
    try:
        for name in bundle.contents:
            with atomic(safe_join(folder, name)) as stream:
                stream.writelines(read(bundle, name))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return bundle
