"""The reports that GitLab shows: Code Quality and JUnit, each held to its schema."""

import json
from xml.etree import ElementTree

import jsonschema
import pytest

from kpublish.model.finding import Finding, Position, Severity
from kpublish.reports import REPORTS

#: What GitLab asks of a Code Quality report (its documentation, "Code quality report format").
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}


def finding(line=3, severity=Severity.ERROR, message="The 'flux' is <wrong> & \x1b[31mred", path="data/flux.ecsv"):
    return Finding("TAB04", severity, Position(path, line, 2), message, "Exchange the two edges.")


EXAMPLES = {
    "none": [],
    "one": [finding()],
    "several": [finding(), finding(7), finding(0, Severity.WARNING), finding(1, Severity.NOTE, "A name é", "kpublish.yaml")],
}


@pytest.mark.parametrize("findings", EXAMPLES.values(), ids=EXAMPLES)
def test_code_quality_has_gitlabs_shape_and_fingerprints_of_its_own(findings):
    told = json.loads(REPORTS.get("gitlab").render(findings, {}))
    jsonschema.validate(told, CODE_QUALITY)
    assert len(told) == len(findings) == len({entry["fingerprint"] for entry in told})


def test_a_finding_keeps_its_fingerprint_when_it_moves():
    report = REPORTS.get("gitlab")
    before, after = json.loads(report.render([finding(3)], {})), json.loads(report.render([finding(9)], {}))
    assert before[0]["fingerprint"] == after[0]["fingerprint"]
    assert (before[0]["location"]["lines"]["begin"], after[0]["location"]["lines"]["begin"]) == (3, 9)


@pytest.mark.parametrize("findings", EXAMPLES.values(), ids=EXAMPLES)
def test_junit_counts_what_it_holds_and_only_errors_fail(findings):
    suites = ElementTree.fromstring(REPORTS.get("junit").render(findings, {}))
    suite = suites.find("testsuite")
    cases = suite.findall("testcase")
    errors = [each for each in findings if each.severity is Severity.ERROR]
    assert suites.attrib["tests"] == suite.attrib["tests"] == str(len(cases))
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == len(errors)
    assert all({"name", "classname"} <= case.attrib.keys() for case in cases)
    assert cases


def test_junit_escapes_markup_and_control_characters():
    text = REPORTS.get("junit").render([finding()], {})
    assert "\x1b" not in text
    assert "<wrong> &" in ElementTree.fromstring(text).find(".//failure").attrib["message"]
