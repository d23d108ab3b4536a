"""A release to a real data center and a real InvenioRDM that is killed, edited, out of time or space; and no secret shows."""

import itertools
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile

import pytest
from cli_parts import commit, published, with_archives
from servers.invenio import running as invenio_running

from kpublish import http, pipeline
from kpublish.cli import run

pytestmark = pytest.mark.invenio


@pytest.fixture
def both(plots, running, invenio, monkeypatch):
    """The smallest repository, for a data center and an InvenioRDM."""
    with_archives(plots, "  center: {kind: datacenter}\n  zenodo: {kind: invenio_rdm, settle: 0}\n")
    monkeypatch.setenv("KPUBLISH_CENTER_URL", running.url)
    monkeypatch.setenv("KPUBLISH_CENTER_TOKEN_FILE", str(running.token_file))
    monkeypatch.setenv("KPUBLISH_ZENODO_URL", invenio.url)
    monkeypatch.setenv("KPUBLISH_ZENODO_TOKEN", invenio.tokens["alice"])
    return plots


@pytest.fixture
def once(both, running, invenio):
    """Asserts that there is exactly one version at each archive, from the present commit; returns both."""

    def once():
        project = pipeline.load(both)
        kid, version = project.release.kid, project.release.version
        (center,) = [one for one in published(running) if one["kid"] == kid]
        assert (center["version"], center["commit"]) == (version, project.git.commit)
        assert http.get_json(f"{running.url}/api/v1/resources/{kid}")["versions"] == [version]
        found = invenio.ask("GET", "/user/records?size=100&allversions=true").json()["hits"]["hits"]
        urn = {"identifier": f"urn:uuid:{kid}", "scheme": "urn"}
        (record,) = [one for one in found if urn in one["metadata"].get("identifiers", [])]
        assert (record["metadata"]["version"], record["status"]) == (version, "published")
        return center, record

    return once


@pytest.mark.long
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_release_to_both_that_is_killed_again_and_again_ends_in_one_version_each(both, once, end):
    journal = both / ".kpublish" / "journal.jsonl"
    command = [sys.executable, "-m", "kpublish", "release", str(both), "--yes"]
    killed = 0
    for _ in range(4):
        before = journal.read_bytes().count(b"\n") if journal.exists() else 0
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        patience = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < patience:
            if journal.exists() and journal.read_bytes().count(b"\n") >= before + 5:
                process.send_signal(end)
                break
            time.sleep(0.001)
        killed += process.wait() != 0
    assert killed
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    once()


def test_files_that_are_edited_between_two_runs_take_the_place_of_those_that_were_staged(both, once):
    assert run(["release", str(both), "--draft"]) == 0
    (both / "README.md").write_text("# Other plots\n")
    assert run(["release", str(both), "--yes"]) == 1
    commit(both)
    assert run(["release", str(both), "--yes"]) == 0
    center, record = once()
    (package,) = [entry for entry in center["files"] if entry["role"] == "package"]
    assert [file["size"] for file in record["files"]["entries"].values()] == [package["size"]]


def test_clocks_that_jump_change_nothing(both, once, monkeypatch):
    jumps = itertools.cycle([0.0, 400 * 86400.0, -400 * 86400.0])
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + next(jumps))
    assert run(["release", str(both), "--yes"]) == 0
    once()


def test_a_token_that_expires_half_way_is_told_and_the_next_one_goes_on(both, running, once, monkeypatch, capfd, tmp_path):
    data = running.token_file.parent
    make = [sys.executable, "-m", "kpublish", "datacenter", "create-token", "--role", "publisher", "--data", str(data)]
    for name in ("short", "long"):
        subprocess.run([*make, name, "--output", str(tmp_path / name)], capture_output=True, check=True)
    monkeypatch.setenv("KPUBLISH_CENTER_TOKEN_FILE", str(tmp_path / "short"))
    assert run(["release", str(both), "--draft"]) == 0
    with sqlite3.connect(data / "datacenter.sqlite3", timeout=30) as database:
        database.execute("update datacenter_token set expires = '2026-01-01' where name = 'short'")
    capfd.readouterr()
    assert run(["release", str(both), "--yes"]) == 4
    assert "The token expired" in capfd.readouterr().err
    monkeypatch.setenv("KPUBLISH_CENTER_TOKEN_FILE", str(tmp_path / "long"))
    assert run(["release", str(both), "--yes"]) == 0
    once()


def test_a_quota_that_is_used_up_is_told_and_nothing_is_published(both, running, tmp_path, monkeypatch, capfd):
    with invenio_running(tmp_path / "small", RDM_QUOTA="2000") as small:
        monkeypatch.setenv("KPUBLISH_ZENODO_URL", small.url)
        monkeypatch.setenv("KPUBLISH_ZENODO_TOKEN", small.tokens["alice"])
        assert run(["release", str(both), "--yes"]) == 3
    err = capfd.readouterr().err
    assert "quota" in err.lower()
    assert "Traceback" not in err
    kid = pipeline.load(both).release.kid
    assert kid not in [release["kid"] for release in published(running)]


def test_no_secret_is_printed_written_or_sent_where_it_does_not_belong(both, running, invenio, once, monkeypatch, capfd):
    tokens = [running.token_file.read_text().strip(), invenio.tokens["alice"]]
    planted = [f"planted-{name}-s3cret" for name in ("remote", "idtoken", "zenodo", "sandbox", "job")]
    remote = f"https://gitlab-ci-token:{planted[0]}@gitlab.example.org/group/plots.git"
    subprocess.run(["git", "remote", "add", "origin", remote], cwd=both, check=True)
    for name, secret in zip(
        ("KPUBLISH_CENTER_ID_TOKEN", "ZENODO_API_TOKEN", "ZENODO_SANDBOX_API_TOKEN", "CI_JOB_TOKEN"), planted[1:], strict=True
    ):
        monkeypatch.setenv(name, secret)
    for command in (["doctor"], ["release", "--dry-run"], ["release", "--yes"], ["status"], ["amend", "--yes"]):
        run([command[0], str(both), *command[1:]])
    center, record = once()
    said = "".join(capfd.readouterr())
    told = [said, str(center), str(record), str(http.get_json(f"{running.url}/api/v1/releases/{center['kid']}/1.0.0"))]
    files = [path for path in both.rglob("*") if path.is_file() and path != both / ".git" / "config"]
    written = b"".join(path.read_bytes() for path in files)
    (package,) = (both / "dist").glob("*.zip")
    with zipfile.ZipFile(package) as content:
        written += b"".join(content.read(name) for name in content.namelist())
    assert "gitlab.example.org" in str(center)
    for secret in (*tokens, *planted):
        assert not [text for text in told if secret in text]
        assert secret.encode() not in written
