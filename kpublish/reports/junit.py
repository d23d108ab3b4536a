"""Findings as JUnit XML, which GitLab and other servers show as tests (https://github.com/testmoapp/junitxml).

Each finding is a test case of its file: errors fail, warnings and notes are told as output of a case that passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kpublish.model.finding import Finding, Severity
from kpublish.reports.text import printable


def render(findings: Sequence[Finding], texts: Mapping[str, str], *, color: bool = False, files: int | None = None) -> str:
    """Return the findings as one test suite; without findings it holds one case that passed."""
    del texts, color, files
    failures = sum(finding.severity is Severity.ERROR for finding in findings)
    counts = {"tests": str(len(findings) or 1), "failures": str(failures), "errors": "0"}
    suites = Element("testsuites", {"name": "kpublish validate", **counts})
    suite = SubElement(suites, "testsuite", {"name": "kpublish validate", **counts})
    if not findings:
        SubElement(suite, "testcase", {"classname": "kpublish", "name": "no findings"})
    for finding in findings:
        _case(suite, finding)
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _case(suite: Element, finding: Finding) -> None:
    where, message = finding.where, printable(finding.message)
    place = ":".join([printable(where.path), *(str(number) for number in (where.line, where.column) if number)])
    name = f"{finding.code} {place}"
    case = SubElement(suite, "testcase", {"classname": printable(where.path) or ".", "name": name, "file": printable(where.path)})
    text = f"{place}: {finding.severity.value}[{finding.code}] {message}\nremedy: {printable(finding.remedy)}"
    if finding.severity is Severity.ERROR:
        SubElement(case, "failure", {"message": message, "type": finding.code}).text = text
    else:
        SubElement(case, "system-out").text = text
