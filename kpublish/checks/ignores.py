"""Ignored findings: each names a known code, gives its reason, and is needed."""

from __future__ import annotations

from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.reading import told
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.registry import did_you_mean

CODE = "IGN"


class IGN01(Rule):
    """A finding is ignored without a reason, or the entry is not understood.

    In a year nobody knows whether a silenced finding was right as it was.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write it as CODE: {path: data/table.ecsv, reason: why it is right as it is}."""
        return told(project, "IGN01")


class IGN02(Rule):
    """A finding is ignored that does not occur.

    It hides what is silenced next: the finding may come back for another reason.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Remove the entry under ignore: in kpublish.yaml, or mend its path."""
        from kpublish.checks.engine import rules

        return (fault for fault in told(project, "IGN02") if fault.message.partition(" ")[0] in rules())


class IGN03(Rule):
    """A code is ignored that no rule has.

    The entry has no effect: most probably another code was meant.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the code as the report shows it in square brackets, e.g. TAB03."""
        from kpublish.checks.engine import rules

        for ignore in project.ignores:
            if ignore.code not in rules():
                yield Fault(ignore.where, f"No rule has the code {ignore.code!r}.", remedy=did_you_mean(ignore.code, list(rules())))
