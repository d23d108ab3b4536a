"""Lets cookiecutter find the templates by their bare names, in the folder that its setting ``cookiecutters_dir`` names."""

from __future__ import annotations

import shutil
from pathlib import Path

from kpublish import __version__
from kpublish.errors import StorageError, UsageError
from kpublish.files import rename_folder, write_bytes
from kpublish.registry import import_with_hint
from kpublish.templating import templates

#: A file in an installed template that says that it is ours, and of which version.
MARK = ".kpublish"


def install() -> tuple[Path, ...]:
    """Copy all templates to where cookiecutter looks for names, in place of older ones; return their folders.

    Raises
    ------
    UsageError
        If a folder of such a name is there that is not ours.
    StorageError
        If they cannot be written.
    MissingExtra
        If cookiecutter is not installed.
    """
    import_with_hint("cookiecutter.config")
    from cookiecutter.config import get_user_config

    place = Path(get_user_config()["cookiecutters_dir"]).expanduser()
    targets = {place / name: template.folder for name, template in templates().items()}
    for target in targets:
        if target.exists() and not (target / MARK).is_file():
            raise UsageError(f"{target} is there already and not ours.", remedy="Move it elsewhere, then run the command again.")
    for target, folder in targets.items():
        _copy(folder, target)
    return tuple(targets)


def _copy(folder: Path, target: Path) -> None:
    """Put a copy in the place of an older one; what fails leaves the older one."""
    new, old = target.with_name(f".{target.name}.new"), target.with_name(f".{target.name}.old")
    try:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        shutil.copytree(folder, new, ignore=shutil.ignore_patterns("__pycache__"))
        write_bytes(new / MARK, f"{__version__}\n".encode())
        if target.exists():
            rename_folder(target, old)
        rename_folder(new, target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written: {error.strerror}.", remedy="Make room, or mend the permissions."
        ) from error
