"""``kpublish validate``: exit codes, several paths and projects, and wrong input of every kind."""

import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from kpublish.cli import run

EXAMPLES = Path(__file__).parents[1] / "examples"
LOOSE = EXAMPLES / "good" / "loose" / "flux.ecsv"


@pytest.fixture
def validate(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        code = run(["validate", *map(str, arguments)])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        assert "Internal error" not in err
        return code, out, err

    return call


def test_no_findings_is_exit_0(validate):
    assert validate(EXAMPLES / "good" / "full") == (0, "No findings in 5 files.\n", "")


def test_warnings_and_notes_are_exit_0(validate):
    code, out, _ = validate(EXAMPLES / "bad" / "IDN07")
    assert code == 0
    assert "note[IDN07]" in out


def test_errors_are_exit_1(validate):
    code, out, _ = validate(EXAMPLES / "bad" / "TAB04")
    assert code == 1
    assert "error[TAB04]" in out


def test_without_a_path_the_project_around_the_current_folder_is_checked(validate, tmp_path, monkeypatch):
    shutil.copytree(EXAMPLES / "bad" / "TAB04", tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project" / "data")
    code, out, _ = validate()
    assert code == 1
    assert out.startswith("flux.ecsv:33:1: error[TAB04]")


def test_paths_in_different_projects_are_told_as_seen_from_here(validate, tmp_path):
    shutil.copytree(EXAMPLES / "bad" / "TAB04", tmp_path / "one")
    shutil.copytree(EXAMPLES / "bad" / "FIG02", tmp_path / "two")
    code, out, _ = validate("one", "two/figures/flux.yaml", "--report", "json")
    told = json.loads(out)
    assert code == 1
    assert [finding["path"] for finding in told["findings"]] == ["one/data/flux.ecsv", "two/figures/flux.yaml"]
    assert told["summary"]["files"] == 3


def test_a_file_alone_is_told_alone(validate, tmp_path):
    shutil.copytree(EXAMPLES / "bad" / "TAB04", tmp_path / "one")
    assert validate("one/kpublish.yaml") == (0, "No findings in 1 file.\n", "")


def test_the_report_goes_to_a_file_and_the_exit_code_stays(validate, tmp_path):
    code, out, _ = validate(EXAMPLES / "bad" / "TAB04", "--report", "json", "-o", "report.json")
    assert (code, out) == (1, "")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["summary"]["errors"] == 1


def test_public_asks_for_more(validate, tmp_path):
    shutil.copytree(EXAMPLES / "good" / "minimal", tmp_path / "plots")
    assert validate("plots")[0] == 0
    code, out, _ = validate("plots", "--profile", "public")
    assert code == 1
    assert "GIT06" in out


def test_an_unknown_report_is_wrong_use(validate):
    code, _, err = validate(EXAMPLES / "good" / "minimal", "--report", "jsn")
    assert code == 2
    assert "Did you mean 'json'?" in err


def test_a_missing_path_is_wrong_use(validate):
    code, _, err = validate("nowhere/at-all.ecsv")
    assert code == 2
    assert "nowhere/at-all.ecsv" in err


def test_a_folder_with_nothing_to_check_is_not_taken_for_a_good_one(validate, tmp_path):
    shutil.copytree(EXAMPLES / "good" / "full", tmp_path / "project")
    code, out, err = validate(tmp_path)
    assert (code, out) == (2, "")
    assert "holds neither kpublish.yaml nor an annotated table" in err


def odd(kind, path):
    if kind == "FIFO":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    elif kind == "link to itself":
        path.symlink_to(path.name)
    elif kind == "dangling link":
        path.symlink_to("nothing")
    elif kind == "link to a device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(
            {"empty": b"", "binary": bytes(range(256)) * 9, "BOM": b"\xff\xfe\x00", "blank": b"\n\n\n", "text": b"hello, world\n"}[
                kind
            ]
        )


KINDS = [
    "FIFO",
    "socket",
    "link to itself",
    "dangling link",
    "link to a device",
    "folder",
    "empty",
    "binary",
    "BOM",
    "blank",
    "text",
]


@pytest.mark.parametrize("name", ["data/odd.ecsv", "figures/odd.yaml", "kpublish.yaml"])
@pytest.mark.parametrize("kind", KINDS)
def test_odd_files_in_a_project_are_findings_or_nothing_but_never_a_traceback(validate, tmp_path, kind, name):
    project = shutil.copytree(EXAMPLES / "good" / "full", tmp_path / "project")
    path = project / name
    path.unlink(missing_ok=True)
    odd(kind, path)
    code, out, err = validate(project)
    assert code in (0, 1, 2)
    assert not err if code < 2 else err.startswith("error: ")
    if kind in ("empty", "binary", "BOM", "blank", "text"):
        assert code == 1
        assert name in out


@pytest.mark.parametrize("name", ["odd.ecsv", "odd.csv", "odd.yaml", "odd"])
@pytest.mark.parametrize("kind", KINDS)
def test_odd_files_asked_for_by_name_are_told(validate, tmp_path, kind, name):
    odd(kind, tmp_path / name)
    code, out, err = validate(name)
    if kind in ("folder", "link to itself", "dangling link"):
        assert code == 2
        assert err.startswith("error: ")
    else:
        assert code == 1
        assert f"{name}" in out


def test_a_table_renamed_to_a_name_that_steers_terminals_is_told_safely(validate, tmp_path):
    (tmp_path / "a\x1b[31m.ecsv").write_text("no table\n", "utf-8")
    code, out, _ = validate(".")
    assert code == 1
    assert "\x1b" not in out


def test_fix_mends_what_is_safe_and_shows_the_diff(validate, tmp_path):
    shutil.copytree(EXAMPLES / "bad" / "UNI01", tmp_path / "plots")
    code, out, err = validate("plots", "--fix", "--report", "json")
    assert code == 0
    assert json.loads(out)["findings"] == []
    assert "-#   unit: GeV^{1}\n+#   unit: GeV\n" in err
    assert err.endswith("--fix changed 1 file.\n")
    assert validate("plots", "--fix")[2] == "--fix found nothing that is safe to mend.\n"


def test_fix_with_dry_run_writes_nothing(validate, tmp_path):
    folder = shutil.copytree(EXAMPLES / "bad" / "UNI01", tmp_path / "plots")
    before = (folder / "data" / "flux.ecsv").read_bytes()
    code, out, err = validate("plots", "--fix", "--dry-run")
    assert code == 1
    assert err.endswith("+#   unit: GeV\n--fix would change 1 file; nothing is written.\n")
    assert out.endswith("2 errors in 2 files. kpublish validate --fix mends 2 of them.\n")
    assert (folder / "data" / "flux.ecsv").read_bytes() == before


def test_a_dry_run_without_fix_is_wrong_use(validate):
    code, _, err = validate(EXAMPLES / "good" / "minimal", "--dry-run")
    assert code == 2
    assert "--dry-run goes with --fix" in err


def test_texts_of_a_repository_are_checked_by_name_without_being_taken_for_tables(validate, tmp_path):
    shutil.copytree(EXAMPLES / "bad" / "MET01", tmp_path / "plots")
    (tmp_path / "plots" / "README.md").write_text("# Plots\n")
    assert validate("plots/README.md") == (0, "No findings in 1 file.\n", "")
    code, out, _ = validate("plots/codemeta.json")
    assert code == 1
    assert "plots/codemeta.json:4:" in out
    assert out.endswith("1 error in 1 file.\n")
