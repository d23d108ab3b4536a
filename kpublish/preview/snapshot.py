"""What a preview shows at one moment: figures, tables and findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from kpublish.model.figure import Figure
from kpublish.model.finding import Finding
from kpublish.model.project import Project
from kpublish.model.provenance import StepRecord


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as a browser gets it.

    Attributes
    ----------
    content, suffix
        The file, and its format; an empty file: it cannot be drawn.
    alt
        Its alternative text.
    drawing
        Whether it is the last one, and a newer one is being drawn.
    """

    content: bytes = b""
    suffix: str = "png"
    alt: str = ""
    drawing: bool = False

    @property
    def name(self) -> str:
        """Name of the file by its content."""
        return f"{sha256(self.content).hexdigest()[:32]}.{self.suffix}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A repository at one moment.

    Attributes
    ----------
    number
        Counts from 1; a larger one is newer.
    project
        As loaded; None if that failed.
    findings
        Of all checks, and of what was noticed while drawing.
    pictures
        One for each figure of the project.
    steps
        Recorded steps, those of provenance/, the earliest first.
    error
        Why the repository could not be read, else empty.
    """

    number: int = 0
    project: Project | None = None
    findings: tuple[Finding, ...] = ()
    pictures: tuple[Picture, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    error: str = ""

    @property
    def figures(self) -> Sequence[tuple[Figure, Picture]]:
        """Each figure with its picture."""
        return tuple(zip(self.project.figures if self.project else (), self.pictures, strict=True))

    def about(self, path: str) -> tuple[Finding, ...]:
        """Return the findings in a file."""
        return tuple(finding for finding in self.findings if finding.where.path == path)
