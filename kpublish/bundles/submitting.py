"""Writes a submission to an archive of others as one zip, whose bytes depend on its contents alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from kpublish.bundles.packing import DIST, file_name
from kpublish.bundles.zipping import ZipWriter
from kpublish.errors import UsageError
from kpublish.exports import EXPORTS
from kpublish.files import atomic
from kpublish.model.figure import DrawnFigure
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader

#: The date of all files where the project says none: the earliest that a zip knows.
_EARLIEST = "1980-01-01"


def submit(name: str, project: Project, figures: Sequence[DrawnFigure], output: Path | None = None) -> tuple[Path, tuple[str, ...]]:
    """Write the submission that the export ``name`` makes; return its place and the names of its files.

    Raises
    ------
    UnknownName
        If there is no such export.
    UsageError
        If that export is part of every package, or ``output`` is a folder.
    StorageError
        If it cannot be written.
    """
    export = EXPORTS.get(name)
    if not hasattr(export, "submission"):
        raise UsageError(f"{name} is no submission: it is part of every package.", remedy="Run kpublish bundle.")
    release = project.release or ResourceHeader()
    slug = file_name(release.title, release.version or "0").removesuffix(".zip")
    output = output or project.root / DIST / f"{slug}-{name}.zip"
    if output.is_dir():
        raise UsageError(f"{output} is a folder.", remedy="Name a file with --output.")
    files = export.submission(project, figures)
    date = release.datePublication or (project.git.date[:10] if project.git else _EARLIEST)
    with atomic(output) as stream:
        writer = ZipWriter(stream, date)
        for path in sorted(files):
            writer.add(path, io.BytesIO(files[path]))
        writer.close()
    return output, tuple(sorted(files))
