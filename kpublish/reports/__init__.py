"""How findings are told: one module per report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kpublish.model.finding import Finding
from kpublish.registry import Registry


class Report(Protocol):
    """A way to tell findings."""

    def render(
        self, findings: Sequence[Finding], texts: Mapping[str, str], *, color: bool = False, files: int | None = None
    ) -> str:
        """Return the report.

        Parameters
        ----------
        findings
            What was found, in order.
        texts
            The text of the files that findings point into, by path; a finding in another file is told without its line.
        color
            Whether the report may hold colours of a terminal.
        files
            How many files were checked; if not known, those with findings are counted.
        """
        ...


REPORTS: Registry[Report] = Registry("kpublish.reports", "report")
