"""Who allowed the publication: ``approval: {by: …, date: …, reference: …}`` of a KM3Resource."""

from __future__ import annotations

from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.subjects import Subject, subjects
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project

CODE = "APR"


class APR01(Rule):
    """Nobody is named who allowed the publication.

    A collaboration publishes what its Publication Committee or Open Science Committee has approved; once it is public it stays so.
    """

    severity = None
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Add approval: {by: Publication Committee, date: 2026-11-20, reference: …} in kpublish.yaml, for all, or in each file."""
        if project.document is None:
            return
        members = [subject for subject in subjects(project) if subject.kind != "release"]
        lacking = [subject for subject in members if _is_official(subject) and not subject.complete.approval]
        release = next((subject for subject in subjects(project) if subject.kind == "release"), None)
        if release and _is_official(release) and not release.own.approval and (len(lacking) > 1 or not members):
            yield Fault(release.at_key(), f"No approval of this release by the {release.own.publisher} is stated.")
        else:
            for subject in lacking:
                yield Fault(subject.at_key(), f"No approval of this {subject.kind} by the {subject.complete.publisher} is stated.")


def _is_official(subject: Subject) -> bool:
    """Whether a collaboration is the publisher: what others publish they answer for themselves."""
    return "collaboration" in (subject.complete.publisher or "").lower()
