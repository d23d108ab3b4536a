"""A step is run and recorded: what it read, made and was, and nothing personal."""

import json
import shutil
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from kpublish import repository
from kpublish.cli import run
from kpublish.formats.ecsv import read
from kpublish.model.provenance import StepRecord
from kpublish.recording import SAFE

FLUX = Path(__file__).parent / "examples" / "good" / "full" / "data" / "flux.ecsv"
COPY = "import pathlib; pathlib.Path('out.csv').write_text(pathlib.Path('in.csv').read_text())"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with an input, as current folder."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work/in.csv").write_text("a\n1\n")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def recorded(folder):
    (file,) = (folder / "provenance").iterdir()
    said = json.loads(file.read_text("utf-8"))
    assert file.stem == said["refID"]
    return StepRecord.model_validate(said), file.read_text("utf-8")


def test_inputs_outputs_and_the_short_line_are_told(folder, capfd):
    command = [
        "record",
        "-i",
        "in.csv",
        "-o",
        "out.csv",
        "--name",
        "Copy",
        "--software",
        "copy=1.2",
        "--",
        sys.executable,
        "-c",
        COPY,
    ]
    assert run(command) == 0
    record, _ = recorded(folder)
    digest = sha256(b"a\n1\n").hexdigest()
    assert [(file.path, file.sha256, file.size) for file in record.inputs] == [("in.csv", digest, 4)]
    assert [(file.path, file.sha256) for file in record.outputs] == [("out.csv", digest)]
    assert (record.exitCode, record.undeclared, record.software["copy"]) == (0, (), "1.2")
    assert record.started <= record.ended
    out = capfd.readouterr().out
    assert f"- {{refID: '{record.refID}', name: 'Copy'" in out


def test_what_is_not_declared_is_listed_as_such(folder, capfd):
    code = f"{COPY}; pathlib.Path('log').write_text('x'); pathlib.Path('in.csv').write_text('changed')"
    assert run(["record", "-o", "out.csv", "--", sys.executable, "-c", code]) == 0
    record, _ = recorded(folder)
    assert [file.path for file in record.undeclared] == ["in.csv", "log"]
    assert "not declared: log" in capfd.readouterr().out


def test_a_step_that_is_run_again_with_the_same_result_keeps_its_record(folder, capfd):
    again = ["record", "-i", "in.csv", "-o", "out.csv", "--", sys.executable, "-c", COPY]
    assert run(again) == run(again) == 0
    first, _ = recorded(folder)
    (folder / "in.csv").write_text("a\n2\n")
    assert run(again) == 0
    second, _ = recorded(folder)
    assert (second.refID != first.refID, second.outputs != first.outputs) == (True, True)


def test_what_kpublish_annotates_is_recorded_with_the_chain_that_led_to_it(folder, capfd):
    shutil.copy(FLUX.parents[1] / "kpublish.yaml", folder)
    (folder / "in.csv").write_text("energy_GeV,counts\n1.0,3\n2.0,4\n")
    assert run(["record", "--name", "Copy", "-i", "in.csv", "-o", "out.csv", "--", sys.executable, "-c", COPY]) == 0
    annotate = ["annotate", "out.csv", "--defaults", "-o", "results/counts.ecsv"]
    (folder / "results").mkdir()
    assert run(annotate) == 0
    table = read(folder / "results/counts.ecsv", "counts.ecsv")
    assert [step.name for step in table.origin.provenance] == ["Copy", "kpublish annotate"]
    records = {path.stem: json.loads(path.read_text()) for path in (folder / "provenance").iterdir()}
    assert records.keys() == {step.refID for step in table.origin.provenance}
    own = records[table.origin.provenance[-1].refID]
    assert [(file["path"], file["kid"]) for file in own["outputs"]] == [("results/counts.ecsv", table.kid)]
    assert own["outputs"][0]["sha256"] == table.sha256
    assert (own["command"], own["inputs"][0]["path"]) == (["kpublish", "annotate", "out.csv"], "out.csv")
    assert run(annotate) == 0
    assert len(list((folder / "provenance").iterdir())) == 2


def test_the_exit_code_is_that_of_the_command(folder):
    assert run(["record", "--", sys.executable, "-c", "raise SystemExit(7)"]) == 7
    assert recorded(folder)[0].exitCode == 7


def test_a_declared_output_that_was_not_made_is_an_error(folder, capfd):
    assert run(["record", "-o", "out.csv", "--", sys.executable, "-c", "pass"]) == 1
    assert "out.csv was not made" in capfd.readouterr().err
    assert recorded(folder)[0].outputs == ()


def test_tables_are_named_by_their_kid_and_the_commit_is_told(folder):
    shutil.copy(FLUX, folder / "flux.ecsv")
    repository.init(folder)
    assert run(["record", "-i", "flux.ecsv", "--", sys.executable, "-c", "pass"]) == 0
    record, _ = recorded(folder)
    assert record.inputs[0].kid in FLUX.read_text("utf-8")
    assert len(record.commit) == 40
    assert record.modified is False


def test_nothing_personal_and_no_secret_is_recorded(folder, monkeypatch):
    home = folder.parent / "home of ada"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USER", "ada")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("MY_TOKEN", "planted-secret")
    words = [f"{home}/config", f"{folder}/in.csv", "--token=planted-secret", "https://ada:planted-secret@example.org/x"]
    assert run(["record", "--", sys.executable, "-c", "pass", *words]) == 0
    record, text = recorded(folder)
    assert record.command[3:] == ("~/config", "in.csv", "--token=…", "https://example.org/x")
    assert record.command[0] == Path(sys.executable).name
    assert record.environment["TZ"] == "UTC"
    assert set(record.environment) <= set(SAFE)
    for personal in ("planted-secret", "home of ada", "USER"):
        assert personal not in text


def test_a_secret_that_is_a_word_of_its_own_is_hidden(folder):
    words = ["--api-key", "planted-secret", "-password", "planted-secret", "--keys-of", "plain"]
    assert run(["record", "--", sys.executable, "-c", "pass", *words]) == 0
    assert recorded(folder)[0].command[3:] == ("--api-key", "…", "-password", "…", "--keys-of", "plain")


def test_declared_paths_are_written_in_any_way(folder, capfd):
    assert run(["record", "-i", "./in.csv", "-o", f"{folder}/out.csv", "--", sys.executable, "-c", COPY]) == 0
    record, _ = recorded(folder)
    assert ([file.path for file in record.outputs], record.undeclared) == (["out.csv"], ())
    assert "not made" not in capfd.readouterr().err


def test_links_and_pipes_that_are_left_do_not_cost_the_record(folder):
    code = "import os; os.symlink('nowhere', 'link'); os.mkfifo('pipe'); os.symlink('in.csv', 'other')"
    assert run(["record", "--", sys.executable, "-c", code]) == 0
    assert recorded(folder)[0].undeclared == ()


def test_a_program_that_cannot_be_run_is_one_sentence(folder, capfd):
    (folder / "script").write_bytes(b"\0 no program")
    (folder / "script").chmod(0o755)
    assert run(["record", "--", "./script"]) == 2
    assert "./script cannot be run" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-i", "nothing.csv", "--", sys.executable], "The input nothing.csv is not there"),
        (["-i", "../other.csv", "--", sys.executable], "lies outside"),
        (["-o", "../other.csv", "--", sys.executable], "lies outside"),
        (["--", "no-such-program"], "There is no program 'no-such-program'"),
        ([], "Missing argument"),
    ],
)
def test_mistakes_are_one_sentence_and_nothing_runs(folder, capfd, arguments, said):
    assert run(["record", *arguments]) == 2
    assert said in capfd.readouterr().err
    assert not (folder / "provenance").exists()
