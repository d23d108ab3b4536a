"""Projects made by hand around real git repositories."""

import hashlib
from pathlib import Path

from kpublish.model.document import Document
from kpublish.model.figure import DrawnFigure, Figure, FigureDescription, Layer
from kpublish.model.parameter import Parameter
from kpublish.model.people import Author
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table
from kpublish.repository import git_state

KID = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
TABLE_KID = "1d0c2f5e-1a77-4d3b-8f0b-5a9b3a3c1e22"
FIGURE_KID = "f6a0a5d4-93a4-4f65-9a7c-54e1f5d9b333"
TEXT = (
    "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: energy, datatype: float64, unit: GeV}\n# schema: astropy-2.0\nenergy\n1.0\n2.0\n"
)
FILES = {
    "kpublish.yaml": "KM3Resource: {}\n",
    "README.md": "# Plots\n",
    "data/README.md": "where from\n",
    "data/aeff.ecsv": TEXT,
    "figures/aeff.yaml": "figure: {}\n",
    ".gitignore": "dist/\nrendered/\n.kpublish/\n.env\n",
}


def project_at(root: Path, **release) -> Project:
    """The project as the readers would return it."""
    said = {
        "kid": KID,
        "title": "Effective area",
        "publisher": "KM3NeT Collaboration",
        "authors": (Author(name="KM3NeT Collaboration", type="collaboration"),),
        "license": "CC-BY-4.0",
        "version": "1.0.0",
        **release,
    }
    table = Table(
        path="data/aeff.ecsv",
        header=Document("data/aeff.ecsv"),
        resource=ResourceHeader(kid=TABLE_KID, title="Area", resourceType="irf"),
        parameters=(Parameter(columnname="energy", unit="GeV"),),
        values=((1.0, 2.0),),
        lines=(7, 8),
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
    )
    figure = Figure(
        path="figures/aeff.yaml",
        document=Document("figures/aeff.yaml"),
        resource=ResourceHeader(kid=FIGURE_KID, title="Figure", resourceType="plot"),
        description=FigureDescription(layers=(Layer(mark="line", table="data/aeff.ecsv", y="energy"),)),
    )
    return Project(
        root=root,
        document=Document("kpublish.yaml"),
        release=ResourceHeader(**{name: value for name, value in said.items() if value is not None}),
        tables=(table,),
        figures=(figure,),
        git=git_state(root),
    )


def drawn(project: Project) -> tuple[DrawnFigure, ...]:
    """The project's figure, as if drawn."""
    files = {f"rendered/aeff.{suffix}": f"a {suffix}".encode() for suffix in ("pdf", "png", "svg")}
    return tuple(
        DrawnFigure(figure, files, {table.path: table.sha256 for table in project.tables}, alt="an area")
        for figure in project.figures
    )
