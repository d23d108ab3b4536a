"""The reports that programs read: Code Quality, JUnit and JSON, each held to its schema on everything that rules say."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from lxml import etree

from kpublish.checks.engine import check
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.finding import Finding, Position, Severity
from kpublish.model.schemas import schemas
from kpublish.reports import REPORTS

HERE = Path(__file__).parent
EXAMPLES_FOLDER = HERE.parent / "examples" / "bad"
CODE_QUALITY = json.loads((HERE / "code-quality.schema.json").read_text("utf-8"))


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


def everything():
    """The findings about all bad examples, and one of each severity without a place."""
    told = [each for example in sorted(EXAMPLES_FOLDER.iterdir()) for each in check(load_project(example), "public")]
    return [*told, *(finding(0, severity) for severity in Severity)]


def test_every_report_keeps_to_its_schema_whatever_is_told():
    findings = everything()
    assert {each.severity for each in findings} == set(Severity)
    jsonschema.Draft202012Validator.check_schema(CODE_QUALITY)
    jsonschema.validate(json.loads(REPORTS.get("gitlab").render(findings, {})), CODE_QUALITY)
    jsonschema.validate(json.loads(REPORTS.get("json").render(findings, {}, files=3)), schemas()["report.json"])
    junit = etree.XMLSchema(etree.parse(HERE / "junit-10.xsd"))
    for told in (findings, []):
        junit.assertValid(etree.fromstring(REPORTS.get("junit").render(told, {}).encode()))


def test_the_schemas_refuse_what_a_reader_would_not_understand():
    (told,) = json.loads(REPORTS.get("gitlab").render([finding()], {}))
    for broken in ({**told, "severity": "error"}, {**told, "location": {"path": "a"}}, {**told, "fingerprint": ""}):
        assert not jsonschema.Draft202012Validator(CODE_QUALITY).is_valid([broken])
    report = json.loads(REPORTS.get("json").render([finding()], {}))
    assert not jsonschema.Draft202012Validator(schemas()["report.json"]).is_valid({**report, "more": 1})
    junit = etree.XMLSchema(etree.parse(HERE / "junit-10.xsd"))
    assert not junit.validate(etree.fromstring("<testsuites><testcase/></testsuites>"))


def test_reports_are_the_same_every_time_and_a_broken_file_hides_no_other(tmp_path):
    folder = shutil.copytree(EXAMPLES_FOLDER / "TAB04", tmp_path / "plots")
    (folder / "data" / "broken.ecsv").write_bytes(b"\x89PNG\r\n\0")
    (folder / "figures").mkdir()
    (folder / "figures" / "broken.yaml").write_text("figure: [")
    (folder / "codemeta.json").write_text("{")
    findings = check(load_project(folder))
    assert [each.code for each in findings] == ["MET01", "TAB01", "TAB04", "YML01"]
    again = check(load_project(folder))
    for name in REPORTS.names():
        report = REPORTS.get(name)
        assert report.render(findings, load_project(folder).texts) == report.render(again, load_project(folder).texts)
