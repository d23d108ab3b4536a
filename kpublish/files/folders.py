"""Folders: names that stay inside of one, and one that appears complete or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from kpublish.errors import IntegrityError
from kpublish.files.paths import has_drive
from kpublish.files.writing import UMASK, storing


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
    if not parts or name.startswith("/") or ".." in parts or any(bad in name for bad in ("\\", "\0")) or has_drive(name):
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
            os.chmod(folder, 0o777 & ~UMASK)
            if path.is_dir():
                for item in folder.iterdir():
                    item.rename(path / item.name)
                folder.rmdir()
            else:
                folder.rename(path)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
