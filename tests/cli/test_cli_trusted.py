"""Releases without a stored secret: a job of GitLab CI shows its id token, and what it is given for it may expire half way."""

import sqlite3
import subprocess
import sys
import uuid

import pytest
from cli_parts import published
from servers.issuer import Issuer

from kpublish.cli import run
from kpublish.journal import Journal


@pytest.fixture(scope="module")
def issuer(running):
    """A GitLab whose project 20 may publish."""
    with Issuer() as issuer:
        data = str(running.token_file.parent)
        command = [sys.executable, "-m", "kpublish", "datacenter", "register-project", "20", "--namespace", "72", "--publish"]
        subprocess.run([*command, "--issuer", issuer.url, "--path", "km3net/plots", "--data", data], check=True)
        yield issuer


@pytest.fixture
def job(plots, running, issuer, monkeypatch):
    """Makes this process a job of project 20; ``claims`` are what its id token says besides."""

    def job(**claims):
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=plots, capture_output=True, text=True, check=True).stdout.strip()
        shown = issuer.sign(issuer.claims(running.url, **{"jti": str(uuid.uuid4()), "sha": head, **claims}))
        monkeypatch.setenv("KPUBLISH_DATACENTER_URL", running.url)
        monkeypatch.setenv("KPUBLISH_DATACENTER_ID_TOKEN", shown)
        monkeypatch.setenv("GITLAB_CI", "true")
        if claims.get("ref_type", "tag") == "tag":
            monkeypatch.setenv("CI_COMMIT_TAG", "v1.0.0")
        return shown

    return job


@pytest.fixture
def kid(plots):
    return (plots / "kpublish.yaml").read_text().partition("kid: ")[2].split()[0]


def test_a_job_of_the_tag_publishes_with_its_id_token_alone(plots, running, job, kid, capfd):
    shown = job()
    assert run(["doctor", str(plots)]) == 0
    assert "ok      rights: it may publish" in capfd.readouterr().out
    assert run(["release", str(plots)]) == 0
    said = "".join(capfd.readouterr())
    assert kid in [release["kid"] for release in published(running)]
    assert shown not in said
    for file in (path for path in plots.rglob("*") if path.is_file()):
        assert shown.encode() not in file.read_bytes()


def test_what_was_given_for_the_id_token_may_expire_half_way(plots, running, job, kid, monkeypatch):
    job()
    given = {}
    intent = Journal.intent

    def expire(self, archive, release, step):
        if step.verb in ("send", "publish") and step.verb not in given:
            with sqlite3.connect(running.token_file.parent / "datacenter.sqlite3", timeout=30) as database:
                changed = database.execute("update datacenter_token set expires = '2020-01-01' where expires > '2021'")
                given[step.verb] = changed.rowcount
        intent(self, archive, release, step)

    monkeypatch.setattr(Journal, "intent", expire)
    assert run(["release", str(plots)]) == 0
    assert given["send"] >= 1
    assert given["publish"] == 1, "a second token was given for the same id token"
    assert kid in [release["kid"] for release in published(running)]


def test_a_merge_request_asks_and_plans_but_may_not_publish(plots, running, job, kid, capfd):
    job(ref="topic", ref_type="branch", ref_path="refs/heads/topic")
    assert run(["release", str(plots), "--dry-run"]) == 0
    assert "absent; a release would" in capfd.readouterr().out
    assert run(["release", str(plots), "--yes"]) == 4
    assert "Traceback" not in capfd.readouterr().err
    assert kid not in [release["kid"] for release in published(running)]
