"""CITATION.cff (1.2.0), codemeta.json (CodeMeta 2 and 3) and .zenodo.json: readable, right, and of one mind with kpublish.yaml."""

from __future__ import annotations

from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.described import described, documents
from kpublish.checks.elsewhere import otherwise
from kpublish.checks.versions import versions
from kpublish.checks.wording import wrong
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project

CODE = "MET"


class MET01(Rule):
    """A metadata file cannot be read.

    Archives and search engines that come for it find nothing: not the authors, not the licence.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Mend the syntax at this place; python -m json.tool reads JSON as strictly as archives do."""
        for document in documents(project):
            for fault in document.faults:
                yield Fault(fault.where, fault.message, remedy=fault.remedy)
            if not document.faults and not isinstance(document.data, dict):
                yield Fault(document.at(), f"{document.path} holds no fields.")


class MET02(Rule):
    """A metadata file says something that its standard does not allow.

    Archives leave such a field out without a word, or refuse the whole file.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write what the standard asks for."""
        for each in described(project):
            yield from wrong(each)


class MET03(Rule):
    """A file states another version than kpublish.yaml.

    Readers cannot tell which version the numbers are of.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the same version in every file, and tag the commit with it."""
        ours = project.release.version if project.release else None
        if ours:
            tagged = project.git is not None and bool({ours, f"v{ours}"} & set(project.git.tags))
            for stated in versions(project):
                if stated.text.removeprefix("v") != ours.removeprefix("v"):
                    message = f"The version is {stated.text} here, but {ours} in kpublish.yaml."
                    fix = stated.fix(ours) if tagged else None  # else nobody knows which of the two is right
                    yield Fault(stated.where, message, remedy=f"Write {ours}.", fix=fix)


class MET04(Rule):
    """A metadata file says something else than kpublish.yaml.

    Archives take what they find first: two citations of one release come into the world.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the same in both, or remove the file: kpublish makes the package's own from kpublish.yaml."""
        if project.release:
            for each in described(project):
                yield from otherwise(each, project.release)
