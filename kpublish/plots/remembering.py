"""Remembers what has been drawn, by content: a figure whose inputs are the same is taken from ``rendered/`` as it is.

The memory is ``.kpublish/drawn.json``. It holds a digest of everything a figure was drawn from, and the checksums of the files that
came of it; a file that was changed since then, or is gone, is drawn again. A memory that is lost costs only time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kpublish.errors import KpublishError
from kpublish.files import read_bytes, safe_join, write_bytes
from kpublish.model.figure import DrawnFigure, Figure
from kpublish.model.finding import Fault, Position
from kpublish.model.project import Project
from kpublish.plots.given import LIMIT
from kpublish.plots.identity import identity, resource_of
from kpublish.plots.libraries import fingerprint

#: The memory, in the folder of a project.
MEMORY = ".kpublish/drawn.json"
#: Bytes of a memory that is read: some thousand figures.
_LARGEST = 64_000_000


def recall(project: Project, figures: Iterable[Figure]) -> dict[str, DrawnFigure]:
    """Return the figures that are drawn already and stand in ``rendered/`` unchanged, by :attr:`Figure.rendered`."""
    known = _read(project.root)
    if not known:
        return {}
    libraries = fingerprint()
    found = ((figure, known.get(figure.rendered)) for figure in figures)
    taken = (_taken(figure, project, entry, libraries) for figure, entry in found if isinstance(entry, dict))
    return {drawn.figure.rendered: drawn for drawn in taken if drawn}


def remember(project: Project, figures: Sequence[DrawnFigure]) -> None:
    """Note what has been drawn and written.

    Raises
    ------
    StorageError
        If the memory cannot be written.
    """
    if not figures:
        return
    libraries = fingerprint()
    before = _read(project.root)
    known = {name: entry for name, entry in before.items() if _stands(project.root, entry)}
    for drawn in figures:
        if inputs := digest(drawn.figure, project, libraries):
            known[drawn.figure.rendered] = _entry(drawn, inputs)
    if known != before:
        text = json.dumps(known, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        write_bytes(safe_join(project.root, MEMORY), text.encode())


def _read(root: Path) -> dict[str, Any]:
    try:
        known = json.loads(read_bytes(safe_join(root, MEMORY), limit=_LARGEST))
    except (KpublishError, OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _stands(root: Path, entry: Any) -> bool:
    """Whether the files of an entry are still there, so that figures that were renamed are forgotten."""
    files = entry.get("files") if isinstance(entry, dict) else None
    try:
        return isinstance(files, dict) and all(safe_join(root, path).is_file() for path in files)
    except KpublishError:
        return False


def digest(figure: Figure, project: Project, libraries: str) -> str:
    """Return a digest of everything that a figure is drawn from; empty, if that cannot be known: code may read what it likes."""
    description = figure.description
    if description is None or description.draw:
        return ""
    others = (*description.pictures, *((description.logo.file,) if description.logo else ()))
    said = {
        "libraries": libraries,
        "figure": [figure.path, figure.variant, figure.document.text, description.model_dump_json()],
        "identity": identity(figure, project, ""),
        "status": resource_of(figure, project).status,
        "files": [_checksum(project.root, path) for path in others],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _checksum(root: Path, path: str) -> str:
    try:
        return hashlib.sha256(read_bytes(safe_join(root, path), limit=LIMIT)).hexdigest()
    except KpublishError:
        return ""


def _entry(drawn: DrawnFigure, inputs: str) -> dict[str, Any]:
    return {
        "digest": inputs,
        "files": {path: hashlib.sha256(content).hexdigest() for path, content in drawn.files.items()},
        "alt": drawn.alt,
        "faults": [
            [*(getattr(fault.where, name) for name in Position.__slots__), fault.message, fault.code, fault.remedy]
            for fault in drawn.faults
        ],
    }


def _taken(figure: Figure, project: Project, entry: Mapping[str, Any], libraries: str) -> DrawnFigure | None:
    """The figure as its files stand; None, if it must be drawn."""
    try:
        if entry["digest"] != digest(figure, project, libraries):
            return None
        files = {}
        for path, sha256 in entry["files"].items():
            files[path] = read_bytes(safe_join(project.root, path), limit=_LARGEST)
            if hashlib.sha256(files[path]).hexdigest() != sha256 or not path.startswith(f"{figure.rendered}."):
                return None
        faults = tuple(Fault(Position(*said[:4]), *said[4:]) for said in entry["faults"])
        data = {path: table.sha256 for path in figure.tables if (table := project.table(path))}
        return DrawnFigure(figure, files, data, str(entry["alt"]), faults) if files else None
    except (KpublishError, KeyError, TypeError, AttributeError):
        return None
