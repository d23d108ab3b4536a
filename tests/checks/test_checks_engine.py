"""Findings are ordered, ignored where a reason is given, and told only about the files that were asked for."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kpublish.checks import engine
from kpublish.checks.engine import check, rules
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.finding import Severity
from kpublish.model.project import Ignore

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def faulty(tmp_path):
    """A project with a fault in each of its files, and what kpublish.yaml ignores in it."""

    def make(ignore=""):
        folder = tmp_path / "faulty"
        shutil.copytree(EXAMPLES / "bad" / "TAB04", folder)
        shutil.copytree(EXAMPLES / "bad" / "FIG02" / "figures", folder / "figures")
        file = folder / "kpublish.yaml"
        file.write_text(file.read_text("utf-8").replace("CC-BY-4.0", "CC-BY") + ignore, "utf-8")
        return folder

    return make


def codes(findings):
    return [finding.code for finding in findings]


def test_findings_are_ordered_by_path_and_line(faulty):
    findings = check(load_project(faulty()))
    assert codes(findings) == ["TAB04", "FIG02", "LIC01"]
    places = [(finding.where.path, finding.where.line) for finding in findings]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("only", "expected"), [("data/flux.ecsv", ["TAB04"]), ("figures", ["FIG02"]), ("kpublish.yaml", ["LIC01"])]
)
def test_only_findings_in_the_files_asked_for_are_told(faulty, only, expected):
    assert codes(check(load_project(faulty(), only=(only,)))) == expected


@pytest.mark.parametrize("path", ["data/flux.ecsv", "data/*.ecsv", "**/*.ecsv", "data/**/*.ecsv"])
def test_an_explained_ignore_silences_a_finding(faulty, path):
    ignore = f"ignore:\n  TAB04: {{path: '{path}', reason: The bins run backwards.}}\n"
    assert codes(check(load_project(faulty(ignore)))) == ["FIG02", "LIC01"]


def test_a_star_does_not_reach_into_folders(faulty):
    ignore = "ignore:\n  TAB04: {path: '*.ecsv', reason: The bins run backwards.}\n"
    findings = check(load_project(faulty(ignore)))
    assert codes(findings) == ["TAB04", "FIG02", "LIC01", "IGN02"]


def test_a_list_of_ignores_is_asked_one_by_one(faulty):
    first, second = (f"{{path: data/{name}.ecsv, reason: The bins run backwards.}}" for name in ("flux", "other"))
    ignore = f"ignore:\n  TAB04:\n  - {first}\n  - {second}\n"
    findings = check(load_project(faulty(ignore)))
    assert codes(findings) == ["FIG02", "LIC01", "IGN02"]
    assert "data/other.ecsv" in findings[-1].message


def test_findings_about_ignores_cannot_be_ignored(faulty):
    ignore = "ignore:\n  IGN02: {path: kpublish.yaml, reason: I do not want to hear it.}\n"
    assert "IGN02" in codes(check(load_project(faulty(ignore))))


def test_an_ignore_without_reason_silences_nothing(faulty):
    assert codes(check(load_project(faulty("ignore:\n  TAB04: {path: data/flux.ecsv}\n")))) == ["TAB04", "FIG02", "LIC01", "IGN01"]


def test_some_rules_weigh_more_in_public():
    entry = rules()["RES06"]
    assert (entry.severity("draft"), entry.severity("public")) == (Severity.WARNING, Severity.ERROR)
    project = load_project(EXAMPLES / "bad" / "RES06")
    assert [finding.severity for finding in check(project, "public") if finding.code == "RES06"] == [Severity.ERROR]


def test_silent_rules_speak_in_public_only():
    project = load_project(EXAMPLES / "good" / "minimal")
    assert codes(check(project, "draft")) == []
    assert codes(check(project, "public")) == ["GIT06"]


def test_a_rule_that_breaks_is_a_fault_of_kpublish_and_not_hidden(monkeypatch):
    class BROKEN(type(rules()["TAB04"].rule)):
        def check(self, project):
            raise ZeroDivisionError

    broken = {**rules(), "TAB04": replace(rules()["TAB04"], rule=BROKEN())}
    monkeypatch.setattr(engine, "rules", lambda: broken)
    with pytest.raises(ZeroDivisionError):
        check(load_project(EXAMPLES / "good" / "minimal"))


def test_an_unknown_code_is_answered_with_the_nearest_one():
    project = load_project(EXAMPLES / "good" / "minimal")
    wrong = Ignore("TAB0X", "data/x.ecsv", "why", project.document.at("KM3Resource"))
    (finding,) = check(replace(project, ignores=(wrong,)))
    assert finding.code == "IGN03"
    assert "Did you mean" in finding.remedy
