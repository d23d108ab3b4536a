"""Every command on every bad example, and on wrong input of every kind: one sentence, an exit code, no traceback."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kpublish import repository
from kpublish.cli import group, run
from kpublish.errors import KpublishError

EXAMPLES = Path(__file__).parents[1] / "examples"
BAD = sorted(path for path in (EXAMPLES / "bad").iterdir() if path.is_dir())
ARGUMENTS = {
    "validate": ["."],
    "render": ["."],
    "bundle": ["."],
    "release": [".", "--dry-run"],
    "ls": ["--url", "http://127.0.0.1:1"],
    "show": ["nothing", "--url", "http://127.0.0.1:1"],
    "get": ["nothing", "--url", "http://127.0.0.1:1"],
    "cite": ["nothing", "--url", "http://127.0.0.1:1"],
}
CODES = {0, 1, 2, 3, 4, 5, 6, 7}


@pytest.fixture
def calm(monkeypatch):
    """No waiting between retries."""
    monkeypatch.setattr("kpublish.http.session.BACKOFF", 0)


def call(arguments, folder, capfd, monkeypatch):
    monkeypatch.chdir(folder)
    code = run(arguments)
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err
    assert "Internal error" not in err
    assert code in CODES, (arguments, code, err)
    if code not in (0, 1):
        assert err.startswith(("error: ", "Usage: ")), err
    return code, out, err


def test_every_command_has_a_line_of_help_and_a_page(capfd):
    names = group.list_commands(None)
    assert set(ARGUMENTS) <= set(names)
    for name in names:
        assert run([name, "--help"]) == 0
        assert "Usage: kpublish " + name in capfd.readouterr().out


@pytest.mark.parametrize("example", BAD, ids=lambda path: path.name)
def test_every_command_meets_every_bad_example_without_a_traceback(example, tmp_path, capfd, monkeypatch):
    folder = tmp_path / example.name
    shutil.copytree(example, folder, symlinks=True)
    repository.init(folder, "Add an example")
    for name in ("validate", "render", "bundle", "release"):
        call([name, *ARGUMENTS[name]], folder, capfd, monkeypatch)


@pytest.mark.parametrize("name", ["ls", "show", "get", "cite"])
def test_a_server_that_is_down_is_one_sentence(name, tmp_path, capfd, monkeypatch, calm):
    code, _, err = call([name, *ARGUMENTS[name]], tmp_path, capfd, monkeypatch)
    assert code == 3
    assert "127.0.0.1:1" in err


@pytest.mark.parametrize("name", ["render", "bundle", "release"])
def test_a_folder_without_a_project_is_wrong_use(name, tmp_path, capfd, monkeypatch):
    assert call([name, "."], tmp_path, capfd, monkeypatch)[0] == 2


@pytest.mark.parametrize("name", ["validate", "render", "bundle", "release"])
def test_a_missing_path_is_wrong_use(name, tmp_path, capfd, monkeypatch):
    assert call([name, "no-such-folder"], tmp_path, capfd, monkeypatch)[0] == 2


def test_a_misspelt_command_is_answered_with_the_nearest_one(capfd):
    assert run(["valdiate"]) == 2
    assert "Did you mean 'validate'?" in capfd.readouterr().err


def test_a_fault_of_kpublish_is_said_so_and_not_shown_as_a_traceback(monkeypatch, capfd):
    monkeypatch.setattr("kpublish.pipeline.load", lambda *args, **kwargs: 1 / 0)
    assert run(["render", "."]) == KpublishError.exit_code
    assert "fault of kpublish" in capfd.readouterr().err


def test_ctrl_c_says_that_the_next_run_continues(monkeypatch, capfd):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("kpublish.pipeline.load", interrupt)
    assert run(["render", "."]) == 130
    assert "run the same command again" in capfd.readouterr().err


def test_a_closed_pipe_is_silent():
    process = subprocess.Popen(
        [sys.executable, "-m", "kpublish", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_a_reader_that_went_away_is_told_by_the_exit_code(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run([sys.executable, "-m", "kpublish", "new"], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (process.returncode, process.stderr) == (141, b"")


def test_output_that_was_closed_at_the_start_stops_nothing(tmp_path):
    shell = 'exec "$0" -m kpublish "$@" >&-'
    arguments = [sys.executable, "validate", str(EXAMPLES / "good" / "full")]
    process = subprocess.run(["sh", "-c", shell, *arguments], stderr=subprocess.PIPE, check=False)
    assert (process.returncode, process.stderr) == (0, b"")


def test_ctrl_c_while_the_program_is_being_loaded_shows_no_traceback(tmp_path):
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    process = subprocess.run([sys.executable, "-m", "kpublish", "ls"], capture_output=True, env=environ, check=False)
    assert (process.returncode, process.stderr) == (130, b"")
