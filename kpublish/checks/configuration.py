"""``kpublish.yaml`` beyond the resource: which archives it names."""

from __future__ import annotations

from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.reading import told
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project

CODE = "CFG"


class CFG01(Rule):
    """An entry of kpublish.yaml is not usable.

    What cannot be understood is left out: a release would go to fewer archives than were meant, or none.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write archives as name: {kind: datacenter, url: https://…}, the name in small letters and digits."""
        return told(project, "CFG01")
