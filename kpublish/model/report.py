"""The JSON report of findings, as other programs read it."""

from __future__ import annotations

from pydantic import Field

from kpublish.model.finding import Severity
from kpublish.model.noun import Noun


class ToldFinding(Noun):
    """A finding as the JSON report tells it."""

    code: str = Field(pattern="^[A-Z]{3}[0-9]{2}$", description="Code of the check, e.g. TAB04: see kpublish explain.")
    severity: Severity = Field(description="An error stops a release.")
    path: str = Field(description="The file, as seen from where the command ran.")
    line: int = Field(ge=0, description="Line from 1; 0 for the file as a whole.")
    column: int = Field(ge=0, description="Column from 1; 0 for the line as a whole.")
    message: str = Field(min_length=1, description="What is wrong.")
    remedy: str = Field(description="What to do.")


class Summary(Noun):
    """How many findings there are of each severity, and how many files were checked."""

    errors: int = Field(ge=0)
    warnings: int = Field(ge=0)
    notes: int = Field(ge=0)
    files: int = Field(ge=0)


class FindingsReport(Noun):
    """What ``kpublish validate --report json`` prints."""

    findings: tuple[ToldFinding, ...] = Field(description="Ordered by path, line and column within each project.")
    summary: Summary
