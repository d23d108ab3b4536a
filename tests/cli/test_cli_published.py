"""``status``, ``amend`` and ``withdraw``: what becomes of a version after it was published; and the leave that publishing needs."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest
from cli_parts import allow, commit, published, with_archives

from kpublish import http
from kpublish.cli import run


@pytest.fixture
def released(plots, empty, monkeypatch, capfd):
    """The smallest repository, released into a data center."""
    allow(monkeypatch, empty)
    assert run(["release", str(plots)]) == 0
    capfd.readouterr()
    return plots


def change(folder, old, new):
    file = folder / "kpublish.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    commit(folder)


def test_status_tells_that_all_is_as_released_and_what_is_not(released, empty, capfd):
    assert run(["status", str(released)]) == 0
    assert "datacenter: version 1.0.0 is published, as this commit has it" in capfd.readouterr().out
    change(released, "version: 1.0.0", "version: 1.1.0")
    subprocess.run(["git", "tag", "v1.1.0"], cwd=released, check=True)
    assert run(["status", str(released), "--json"]) == 1
    (told,) = json.loads(capfd.readouterr().out)
    assert (told["status"], told["drifts"]) == ("absent", ["version 1.1.0 is not there"])


def test_status_names_other_inputs_and_a_withdrawal(released, capfd):
    title = re.search(r"title: (.+)", (released / "kpublish.yaml").read_text())[1]
    change(released, f"title: {title}", f"title: {title}, corrected")
    assert run(["status", str(released)]) == 1
    assert "it was made from other inputs" in capfd.readouterr().out
    assert run(["withdraw", "1.0.0", str(released), "--reason", "Wrong units.", "--yes"]) == 0
    capfd.readouterr()
    assert run(["status", str(released)]) == 1
    assert "it is withdrawn" in capfd.readouterr().out


def test_an_amendment_changes_what_describes_the_version_and_nothing_else(released, empty, capfd):
    (before,) = published(empty)
    change(released, f"title: {before['resource']['title']}", "title: A better title")
    assert run(["amend", str(released), "--dry-run"]) == 0
    assert "resource.title" in capfd.readouterr().out
    assert published(empty) == [before]
    assert run(["amend", str(released)]) == 2
    assert "Nobody is here to confirm it" in capfd.readouterr().err
    assert run(["amend", str(released), "--yes"]) == 0
    (after,) = published(empty)
    assert after["resource"]["title"] == "A better title"
    assert {key: after[key] for key in ("digest", "commit", "files")} == {key: before[key] for key in ("digest", "commit", "files")}
    capfd.readouterr()
    assert run(["amend", str(released), "--yes"]) == 0
    assert "0 fields would change" in capfd.readouterr().out


def test_a_withdrawal_needs_leave_and_a_reason_and_leaves_a_tombstone(released, empty, capfd):
    assert run(["withdraw", "1.0.0", str(released), "--reason", " "]) == 2
    assert run(["withdraw", "1.0.0", str(released), "--reason", "Wrong units."]) == 2
    assert "for ever" in capfd.readouterr().err
    assert len(published(empty)) == 1
    assert run(["withdraw", "1.0.0", str(released), "--reason", "Wrong units.", "--yes"]) == 0
    assert "version 1.0.0 is withdrawn" in capfd.readouterr().out
    assert published(empty) == []
    assert run(["release", str(released)]) == 5
    assert "was withdrawn" in capfd.readouterr().err


def test_a_version_that_was_never_released_cannot_be_withdrawn(plots, running, monkeypatch, capfd):
    allow(monkeypatch, running)
    assert run(["withdraw", "9.9.9", str(plots), "--reason", "It is not there.", "--yes"]) == 4
    assert "9.9.9" in capfd.readouterr().err


def test_reports_for_gitlab_hold_what_matches_and_a_badge(released):
    folder = released / ".kpublish"
    values = dict(line.split("=", 1) for line in (folder / "release.env").read_text().splitlines())
    assert values["KPUBLISH_VERSION"] == "1.0.0"
    assert values["KPUBLISH_DATACENTER_STATE"] == "published"
    assert values["KPUBLISH_DATACENTER_PAGE"].startswith("http://127.0.0.1:")
    assert values["KPUBLISH_DATACENTER_DOI"] == ""
    assert "- datacenter: published at <http://127.0.0.1:" in (folder / "release.md").read_text()
    assert (folder / "badge.svg").read_text().startswith("<svg ")


@pytest.fixture
def zenodo(plots, invenio, monkeypatch):
    """The smallest repository, for a real InvenioRDM."""
    with_archives(plots, "  zenodo: {kind: invenio_rdm, settle: 0}\n")
    monkeypatch.setenv("KPUBLISH_ZENODO_URL", invenio.url)
    monkeypatch.setenv("KPUBLISH_ZENODO_TOKEN", invenio.tokens["alice"])
    return plots


@pytest.mark.invenio
def test_without_leave_everything_is_staged_and_nothing_published(zenodo, capfd):
    assert run(["release", str(zenodo), "--dry-run"]) == 0
    assert "publish, which cannot be undone" in capfd.readouterr().out
    assert run(["release", str(zenodo)]) == 2
    assert "Everything is staged there. Use --yes" in capfd.readouterr().err
    assert run(["release", str(zenodo), "--draft"]) == 0
    out = capfd.readouterr().out
    assert "zenodo: staged as a draft" in out
    assert re.search(r"DOI 10\.5281/zenodo\.\S+ \(reserved\)", out)


@pytest.mark.invenio
def test_the_pipeline_of_the_tag_is_leave_and_another_one_is_not(zenodo, monkeypatch, capfd):
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_COMMIT_TAG", "v0.9.0")
    assert run(["release", str(zenodo)]) == 2
    monkeypatch.setenv("CI_COMMIT_TAG", "v1.0.0")
    capfd.readouterr()
    assert run(["release", str(zenodo)]) == 0
    out = capfd.readouterr().out
    assert "zenodo: published, 0 files sent" in out  # they were staged before
    assert re.search(r"add to kpublish\.yaml, under archives: zenodo:  concept: 10\.5281/zenodo\.\S+", out)
    assert re.search(r"KPUBLISH_ZENODO_DOI=10\.5281/zenodo\.\S+\n", (zenodo / ".kpublish" / "release.env").read_text())
    assert run(["status", str(zenodo)]) == 0
    assert run(["withdraw", "1.0.0", str(zenodo), "--reason", "Wrong.", "--yes"]) == 3
    assert "only its staff" in capfd.readouterr().err


@pytest.mark.invenio
@pytest.mark.parametrize(("typed", "code"), [("1.0.0", 0), ("1.0.1", 2)])
def test_on_a_terminal_the_version_is_typed(zenodo, typed, code):
    here, there = pty.openpty()
    command = [sys.executable, "-m", "kpublish", "release", str(zenodo)]
    process = subprocess.Popen(command, stdin=there, stdout=there, stderr=there)
    os.close(there)
    told = b""
    while b"to go on" not in told:
        told += os.read(here, 1024)
    os.write(here, f"{typed}\n".encode())
    try:
        while block := os.read(here, 1024):
            told += block
    except OSError:  # the other end is closed
        pass
    assert process.wait(60) == code
    os.close(here)
    assert (b"published, 1 file sent" in told) == (code == 0)
    assert re.search(rb"sending +\[#+\] +100%.* [kM]?B/s", told)
    assert b"zenodo: send" not in told


def test_a_package_made_elsewhere_is_published_as_it_is(plots, empty, monkeypatch, capfd):
    assert run(["bundle", str(plots)]) == 0
    (package,) = (plots / "dist").glob("*.zip")
    elsewhere = plots.parent / "artifact.zip"
    package.rename(elsewhere)
    allow(monkeypatch, empty)
    assert run(["release", str(plots), "--bundle", str(elsewhere)]) == 0
    assert "Verified" in capfd.readouterr().out
    (release,) = published(empty)
    (entry,) = [file for file in release["files"] if file["role"] == "package"]
    with http.stream(f"{empty.url}/api/v1/files/{entry['sha256']}") as content:
        assert content.read() == elsewhere.read_bytes()
    change(plots, "version: 1.0.0", "version: 1.2.0")
    subprocess.run(["git", "tag", "v1.2.0"], cwd=plots, check=True)
    assert run(["release", str(plots), "--bundle", str(elsewhere)]) == 2
    assert "not made from this commit" in capfd.readouterr().err


def test_doctor_finds_what_would_stop_a_release(plots, running, monkeypatch, capfd):
    allow(monkeypatch, running)
    assert run(["doctor", str(plots)]) == 0
    out = capfd.readouterr().out
    for told in (
        "ok      tag: v1.0.0",
        "ok      files: all are committed",
        "ok      rights: it may publish",
        "ok      clock: this machine agrees",
    ):
        assert told in out
    (plots / "README.md").write_text("changed\n")
    monkeypatch.setenv("KPUBLISH_DATACENTER_TOKEN_FILE", str(plots / "README.md"))
    assert run(["doctor", str(plots)]) == 1
    out = capfd.readouterr().out
    assert "wrong   files: 1 tracked file(s) differ" in out
    assert "wrong   answer: 127.0.0.1" in out


@pytest.mark.invenio
def test_doctor_says_what_an_invenio_rdm_does_not_tell(zenodo, monkeypatch, capfd):
    assert run(["doctor", str(zenodo)]) == 0
    out = capfd.readouterr().out
    assert "ok      token: it is known" in out
    assert "unknown rights" in out
    with_archives(
        zenodo, f"  zenodo: {{kind: invenio_rdm, community: nobody}}\n  shelf: {{kind: directory, url: '{zenodo}/kpublish.yaml'}}\n"
    )
    assert run(["doctor", str(zenodo)]) == 1
    out = capfd.readouterr().out
    assert "wrong   community: 127.0.0.1" in out
    assert "wrong   folder:" in out
