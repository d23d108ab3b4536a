"""Writes what an export makes as one zip: a submission to an archive of others, or the documents that packages hold.

The bytes of the zip depend on its contents alone.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from kpublish.bundles.packing import DIST, described, file_name
from kpublish.bundles.zipping import ZipWriter
from kpublish.errors import UsageError
from kpublish.exports import EXPORTS, Export, Submission
from kpublish.files import atomic
from kpublish.model.figure import DrawnFigure
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader

#: The date of all files where the project says none: the earliest that a zip knows.
_EARLIEST = "1980-01-01"


def submit(name: str, project: Project, figures: Sequence[DrawnFigure], output: Path | None = None) -> tuple[Path, tuple[str, ...]]:
    """Write what the export ``name`` makes; return its place and the names of its files.

    Raises
    ------
    UnknownName
        If there is no such export.
    UsageError
        If it has nothing to say of this release, ``output`` is a folder or, for documents of packages, nothing can be packed yet.
    StorageError
        If it cannot be written.
    """
    export = EXPORTS.get(name)
    release = project.release or ResourceHeader()
    slug = file_name(release.title, release.version or "0").removesuffix(".zip")
    output = output or project.root / DIST / f"{slug}-{name}.zip"
    if output.is_dir():
        raise UsageError(f"{output} is a folder.", remedy="Name a file with --output.")
    files = _files(export, project, figures)
    if not files:
        remedy = "Record its steps with kpublish record, and commit them."
        raise UsageError(f"{export.STANDARD} has nothing to say of this release.", remedy=remedy)
    date = release.datePublication or (project.git.date[:10] if project.git else _EARLIEST)
    with atomic(output) as stream:
        writer = ZipWriter(stream, date)
        for path in sorted(files):
            writer.add(path, io.BytesIO(files[path]))
        writer.close()
    return output, tuple(sorted(files))


def _files(export: Export | Submission, project: Project, figures: Sequence[DrawnFigure]) -> Mapping[str, bytes]:
    if hasattr(export, "submission"):
        return export.submission(project, figures)
    return export.documents(described(project, figures))
