"""How findings are told: one module per report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kpublish.model.finding import Finding
from kpublish.registry import Registry


class Report(Protocol):
    """A way to tell findings."""

    def render(self, findings: Sequence[Finding], texts: Mapping[str, str], *, color: bool = False) -> str:
        """Return the report; ``texts`` holds the text of the files that findings point into, by path."""


REPORTS: Registry[Report] = Registry("kpublish.reports", "report")
