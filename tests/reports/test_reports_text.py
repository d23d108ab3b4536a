"""The text report points at the place, keeps terminals safe, and counts."""

from pathlib import Path

import pytest

from kpublish.checks.engine import check
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.finding import Finding, Position, Severity
from kpublish.reports import REPORTS
from kpublish.reports.text import WIDTH, printable, render

EXAMPLES = Path(__file__).parents[1] / "examples"


def finding(line=1, column=1, length=1, path="a.yaml", message="It is wrong.", severity=Severity.ERROR):
    return Finding("TAB04", severity, Position(path, line, column, length), message, "Write it right.")


def test_a_finding_is_told_with_its_line_a_mark_and_the_remedy():
    project = load_project(EXAMPLES / "bad" / "TAB04")
    assert render(check(project), project.texts) == (
        "data/flux.ecsv:33:1: error[TAB04] energy_low 100.0 is not below energy_high 10.0.\n"
        "   33 | 100.0,10.0,3.1e-07,2e-08\n"
        "      | ^~~~~\n"
        "  remedy: Exchange the two edges of the bin, or the roles of the two columns.\n"
        "\n"
        "1 error in 1 file.\n"
    )


MARKS = [(1, 1, "^"), (3, 4, "  ^~~~"), (9, 50, " " * 8 + "^~"), (11, 1, " " * 10 + "^")]


@pytest.mark.parametrize(("column", "length", "mark"), MARKS)
def test_the_mark_stands_below_what_is_meant(column, length, mark):
    told = render([finding(1, column, length)], {"a.yaml": "key: value"}).split("\n")
    assert told[1:3] == ["    1 | key: value", f"      | {mark}"]


def test_wide_and_combining_characters_do_not_shift_the_mark():
    text = "名: e\u0301x bad"
    told = render([finding(1, text.index("bad") + 1, 3)], {"a.yaml": text}).split("\n")
    cells_before = 2 + len(": ") + len("ex") + len(" ")
    assert told[2][8:] == " " * cells_before + "^~~"


@pytest.mark.parametrize("evil", ["\x1b[2J", "\x9b31m", "\r", "\x00", "\x07", "\u202e", "\u2066", "\x7f", "\x08", "\udc80"])
def test_characters_that_steer_a_terminal_are_escaped_everywhere(evil):
    said = finding(path=f"a{evil}.yaml", message=f"{evil} is wrong.")
    report = render([said], {f"a{evil}.yaml": f"{evil}key"})
    assert evil not in report
    assert report.replace("\n", "").isprintable()


def test_a_line_break_in_a_message_makes_no_new_line():
    assert printable("a\nb") == "a\\nb"


def test_a_long_line_is_cut_around_the_place():
    text = "x" * 5000 + "BAD" + "y" * 5000
    told = render([finding(1, 5001, 3)], {"a.yaml": text}).split("\n")
    assert len(told[1]) < WIDTH + 12
    mark = told[2].index("^")
    assert told[1][mark : mark + 3] == "BAD"
    assert told[1].count("…") == 2


def test_a_line_that_is_not_there_is_left_out():
    told = render([finding(7), finding(0, 0), finding(3, path="gone.yaml")], {"a.yaml": "one line"})
    assert "|" not in told
    assert "a.yaml: error[TAB04]" in told


def test_colours_are_used_only_when_asked_for():
    assert "\x1b" not in render([finding()], {"a.yaml": "key"})
    assert "\x1b[1;31merror[TAB04]\x1b[0m" in render([finding()], {"a.yaml": "key"}, color=True)


def test_the_summary_counts_each_severity():
    findings = [
        finding(),
        finding(severity=Severity.WARNING),
        finding(severity=Severity.WARNING),
        finding(severity=Severity.NOTE, path="b"),
    ]
    assert render(findings, {}, files=5).split("\n")[-2] == "1 error, 2 warnings, 1 note in 5 files."
    assert render(findings, {}).split("\n")[-2] == "1 error, 2 warnings, 1 note in 2 files."
    assert render([], {}, files=1) == "No findings in 1 file.\n"


def test_texts_are_read_only_where_there_is_a_finding():
    class Lazy(dict):
        def __getitem__(self, key):
            assert key == "a.yaml"
            return "key: value"

    assert "key: value" in render([finding()], Lazy.fromkeys(["a.yaml", "large.ecsv"]))


@pytest.mark.parametrize("name", REPORTS.names())
@pytest.mark.parametrize("example", sorted((EXAMPLES / "bad").iterdir()), ids=lambda path: path.name)
def test_every_report_tells_every_bad_example(name, example):
    project = load_project(example)
    findings = check(project, "public")
    report = REPORTS.get(name).render(findings, project.texts)
    assert all(each.code in report for each in findings)
    assert report.endswith("\n")


def test_credentials_in_a_source_line_are_not_told_again():
    text = "url: https://me:hunter2@example.org/x"
    told = render([finding(column=6)], {"a.yaml": text})
    assert "hunter2" not in told
    assert "https://**********@example.org/x" in told


def test_no_finding_repeats_the_credentials_of_an_address():
    project = load_project(EXAMPLES / "bad" / "RES11")
    for name in REPORTS.names():
        assert "hunter2" not in REPORTS.get(name).render(check(project, "public"), project.texts)


def test_no_report_repeats_a_secret():
    project = load_project(EXAMPLES / "bad" / "SEC01")
    findings = check(project)
    assert [each.code for each in findings] == ["SEC01"]
    for name in REPORTS.names():
        assert "battery" not in REPORTS.get(name).render(findings, project.texts)


def test_a_line_that_holds_a_secret_is_not_shown_by_any_other_finding():
    found = [finding(1, 1, 0), finding(1, 1), finding(2, 1)]
    told = render(found, {"a.yaml": "password\nother\n"})
    assert "password" not in told
    assert "    2 | other" in told
