"""A submission to HEPData, format 1.1 (https://hepdata-submission.readthedocs.io): tables with errors and qualifiers, and pictures.

It is made of the tables' rows and so is no part of a package: ``kpublish export hepdata`` writes it as one archive to upload.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpublish.exports.hepdata.data_file import data_file
from kpublish.exports.hepdata.pictures import pictures
from kpublish.exports.hepdata.submission_file import submission_file
from kpublish.model.figure import DrawnFigure
from kpublish.model.project import Project
from kpublish.model.table import Table

STANDARD = "HEPData submission"
VERSION = "1.1.1"
ADDRESS = "https://hepdata-submission.readthedocs.io"


def submission(project: Project, figures: Sequence[DrawnFigure]) -> Mapping[str, bytes]:
    """Return name → bytes of every file of the submission; none lies in a folder.

    Parameters
    ----------
    project
        As loaded, without errors.
    figures
        All its figures, as drawn; their PNG are added with a thumbnail each.

    Raises
    ------
    MissingExtra
        If there are figures, and Pillow is not installed.
    """
    shown = {drawn.figure.path: pictures(drawn) for drawn in figures}
    tables = {f"{name}.yaml": table for name, table in _named(project).items()}
    files = {name: data_file(table) for name, table in tables.items()}
    files["submission.yaml"] = submission_file(project, tables, figures, shown)
    return files | {name: content for made in shown.values() for name, content in made.items()}


def _named(project: Project) -> dict[str, Table]:
    """The tables under a name each, that of the file where it is the only one."""
    names = [table.name for table in project.tables]
    return {
        table.name if names.count(table.name) == 1 else table.path.rpartition(".")[0].replace("/", "-"): table
        for table in project.tables
    }
