"""Runs every rule over a project, applies what the project ignores, and puts the findings in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache

from kpublish.checks import CHECKS, Rule
from kpublish.model.finding import Fault, Finding, Severity
from kpublish.model.project import Ignore, Project

#: While drafting, and on tags and for a release.
PROFILES = ("draft", "public")
#: The module whose rules speak about ignores: it is asked last, and its findings cannot be ignored.
_IGNORES = "ignores"


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule as the reference lists it."""

    code: str
    rule: Rule
    title: str
    why: str
    remedy: str

    def severity(self, profile: str) -> Severity | None:
        """How much a finding of this rule weighs in ``profile``; None where the rule is silent."""
        return self.rule.public or self.rule.severity if profile == "public" else self.rule.severity

    @property
    def page(self) -> str:
        """Address of the rule's entry inside the reference pages."""
        return f"reference/checks.md#{self.code.lower()}"


def entries(module: str) -> tuple[Entry, ...]:
    """Return the rules of one module, ordered by code."""
    checks = CHECKS.get(module)
    code = re.compile(rf"{checks.CODE}\d\d")
    return tuple(_entry(name, getattr(checks, name)()) for name in sorted(vars(checks)) if code.fullmatch(name))


def _entry(code: str, rule: Rule) -> Entry:
    title, _, why = (type(rule).__doc__ or "").partition("\n\n")
    return Entry(code, rule, _sentence(title), _sentence(why), _sentence(rule.check.__doc__))


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


@cache
def rules() -> dict[str, Entry]:
    """Return every built-in rule by its code, ordered by code."""
    found = {entry.code: entry for name in CHECKS.names() for entry in entries(name)}
    return dict(sorted(found.items()))


def check(project: Project, profile: str = "draft") -> tuple[Finding, ...]:
    """Return the findings of every rule about the files that were asked for, ordered by path, line, column and code.

    Parameters
    ----------
    project
        As read.
    profile
        ``draft`` or ``public``: some findings weigh more, or are told only, once the result is to be published.

    Raises
    ------
    UnknownName
        If the project names a check module that no distribution offers.
    """
    about_ignores = {entry.code: entry for entry in entries(_IGNORES)}
    others = [entry for code, entry in rules().items() if code not in about_ignores]
    others += [entry for name in project.checks for entry in entries(name)]
    found = list(_findings(others, project, profile))
    kept = [finding for finding in found if not any(_covers(ignore, finding) for ignore in project.ignores)]
    unused = [_unused(ignore) for ignore in project.ignores if not any(_covers(ignore, finding) for finding in found)]
    asked = replace(project, faults=(*project.faults, *unused))
    kept += _findings(about_ignores.values(), asked, profile)
    return tuple(sorted((finding for finding in kept if _wanted(finding, project.paths)), key=_place))


def _findings(entries: Iterable[Entry], project: Project, profile: str) -> Iterator[Finding]:
    for entry in entries:
        severity = entry.severity(profile)
        if severity:
            for fault in entry.rule.check(project):
                yield Finding(entry.code, severity, fault.where, fault.message, fault.remedy or entry.remedy, fault.fix)


def _covers(ignore: Ignore, finding: Finding) -> bool:
    return ignore.code == finding.code and _matches(finding.where.path, ignore.path)


def _matches(path: str, pattern: str) -> bool:
    """Whether ``*`` stands for part of a name and ``**`` for any folders."""
    deep = "**" in pattern or path.count("/") == pattern.count("/")
    return deep and fnmatchcase(path, pattern.replace("**/", "*"))


def _unused(ignore: Ignore) -> Fault:
    return Fault(ignore.where, f"{ignore.code} is ignored for {ignore.path}, but is not found there.", "IGN02")


def _wanted(finding: Finding, paths: tuple[str, ...]) -> bool:
    path = finding.where.path
    return not paths or any(path == asked or path.startswith(f"{asked}/") for asked in paths)


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.where.path, finding.where.line, finding.where.column, finding.code, finding.message
