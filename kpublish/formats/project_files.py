"""Finds the files of a project by patterns, without following links and without looking into git's or kpublish's own folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kpublish.model.figure import RENDERED
from kpublish.model.project import PROJECT_FILE

_HIDDEN = (".git", ".kpublish", RENDERED)
_PARTS = re.compile(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])")
_MEANINGS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matching(root: Path, patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the files below ``root`` that match one of the patterns, relative to it with ``/``, sorted."""
    found: set[str] = set()
    for pattern in patterns:
        fixed = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
        if fixed == pattern:
            if _is_own(root, pattern):
                found.add(pattern)
            continue
        folder = fixed.rpartition("/")[0]
        wanted = re.compile(_expression(pattern))
        found.update(path for path in _walk(root, folder) if wanted.fullmatch(path))
    return tuple(sorted(found))


def all_tables(root: Path, folder: str, suffix: str = ".ecsv") -> tuple[str, ...]:
    """Return every file below ``folder`` of ``root`` with the suffix, except in hidden folders and in projects of their own."""
    start = "" if folder in ("", ".") else folder.rstrip("/")
    return tuple(sorted(path for path in _walk(root, start, hidden=False) if path.endswith(suffix)))


def _expression(pattern: str) -> str:
    """The pattern as a regular expression.

    >>> bool(re.fullmatch(_expression("data/**/*.ecsv"), "data/a/b/c.ecsv"))
    True
    """
    parts = _PARTS.split(pattern)
    return "".join(_MEANINGS.get(part) or (_characters(part) if part[:1] == "[" else re.escape(part)) for part in parts)


def _characters(part: str) -> str:
    """A set of characters such as ``[a-z]`` or ``[!0-9]``; what is none stands for itself."""
    wanted = part.replace("[!", "[^", 1)
    try:
        re.compile(wanted)
    except re.error:
        return re.escape(part)
    return wanted


def is_file(path: Path) -> bool:
    """Whether there is such a file; there is none with a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether there is such a folder; there is none with a name that no folder can have."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_own(root: Path, path: str) -> bool:
    """Whether the path is a file that no link puts outside of ``root``."""
    place = root / path
    return is_file(place) and place.resolve().is_relative_to(root.resolve())


def _is_loose(folder: os.DirEntry[str]) -> bool:
    """Whether files in a folder belong to no project, and the folder is not hidden."""
    return not folder.name.startswith(".") and not Path(folder.path, PROJECT_FILE).is_file()


def _walk(root: Path, folder: str, *, hidden: bool = True) -> Iterator[str]:
    """Files below ``folder``, relative to ``root``; links to files inside the root count, links to folders do not."""
    start = root / folder
    if not is_folder(start) or not start.resolve().is_relative_to(root.resolve()):
        return
    waiting = [f"{folder}/" if folder else ""]
    while waiting:
        prefix = waiting.pop()
        try:
            entries = list(os.scandir(root / prefix))
        except OSError:
            continue
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if path not in _HIDDEN and entry.name != ".git" and (hidden or _is_loose(entry)):
                    waiting.append(f"{path}/")
            elif not entry.is_symlink() or _is_own(root, path):
                yield path
