"""The JSON report has exactly the keys that its readers expect."""

import json
from pathlib import Path

from kpublish.checks.engine import check
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.finding import Finding, Position, Severity
from kpublish.reports.json import render

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_findings_are_told_with_exactly_these_keys():
    project = load_project(EXAMPLES / "bad" / "TAB04")
    assert json.loads(render(check(project), project.texts, files=2)) == {
        "findings": [
            {
                "code": "TAB04",
                "severity": "error",
                "path": "data/flux.ecsv",
                "line": 33,
                "column": 1,
                "message": "energy_low 100.0 is not below energy_high 10.0.",
                "remedy": "Exchange the two edges of the bin, or the roles of the two columns.",
            }
        ],
        "summary": {"errors": 1, "warnings": 0, "notes": 0, "files": 2},
    }


def test_nothing_found_is_an_empty_list():
    assert json.loads(render([], {})) == {"findings": [], "summary": {"errors": 0, "warnings": 0, "notes": 0, "files": 0}}


def test_names_of_files_that_are_no_text_survive():
    odd = Finding("TAB01", Severity.ERROR, Position("a\udc80\x1b.ecsv"), "It is wrong.", "Mend it.")
    report = render([odd], {})
    assert report.isascii()
    assert "\x1b" not in report
    assert json.loads(report)["findings"][0]["path"] == "a\udc80\x1b.ecsv"
