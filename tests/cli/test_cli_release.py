"""``kpublish release`` on a repository made from the template, and on the smallest one, into real archives."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cli_parts import allow, commit, published, with_archives

from kpublish import http, journal, pipeline
from kpublish.cli import run
from kpublish.http import session

SECRET = "planted-s3cret-of-mine"


@pytest.fixture
def stranger():
    """A server that knows nothing and keeps the headers that it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.headers.append(dict(self.headers))
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b'{"code": "not-found", "detail": "No."}')

        do_PUT = do_POST = do_GET

        def log_message(self, *arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.headers = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_release_is_published_once_then_adopted_and_says_where(generated, empty, monkeypatch, capfd):
    plots = generated
    allow(monkeypatch, empty)
    assert run(["release", str(plots)]) == 0
    out, err = capfd.readouterr()
    (release,) = published(empty)
    assert f"{empty.url}/r/{release['kid']}/1.0.0" in out
    assert f"published, {len(release['files'])} files sent" in out
    assert err == ""
    secret = empty.token_file.read_text().strip()
    written = [file for file in plots.rglob("*") if file.is_file()]
    assert not [file for file in written if secret.encode() in file.read_bytes()]
    assert secret not in out
    assert run(["release", str(plots)]) == 0
    assert "nothing sent" in capfd.readouterr().out
    assert subprocess.run(["git", "status", "--porcelain"], cwd=plots, capture_output=True, check=True).stdout == b""
    receipts = json.loads((plots / ".kpublish" / "receipt.json").read_text())
    assert [(entry["archive"], entry["status"], entry["adopted"]) for entry in receipts] == [("datacenter", "published", True)]


def test_a_dry_run_needs_no_tag_yet(plots, running, capfd):
    subprocess.run(["git", "tag", "-d", "v1.0.0"], cwd=plots, check=True, capture_output=True)
    url = ["--url", f"datacenter={running.url}"]
    assert run(["release", str(plots), "--dry-run", *url]) == 0
    assert "absent; a release would" in capfd.readouterr().out
    assert run(["release", str(plots), *url]) == 1
    assert "GIT02" in capfd.readouterr().err


def test_a_dry_run_needs_no_token_and_leaves_nothing(plots, running, capfd):
    assert run(["release", str(plots), "--dry-run", "--url", f"datacenter={running.url}"]) == 0
    out = capfd.readouterr().out
    assert "  send kpublish.yaml  " in out
    assert "publish" in out
    assert not (plots / ".kpublish").exists()
    assert published(running) == []


def test_a_wrong_token_is_refused_and_shown_nowhere(plots, running, monkeypatch, capfd, tmp_path):
    (tmp_path / "token").write_text(SECRET)
    allow(monkeypatch, running, tmp_path / "token")
    assert run(["release", str(plots)]) == 4
    out, err = capfd.readouterr()
    assert "refused the token" in err
    assert SECRET not in out + err
    assert not [file for file in plots.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]
    assert published(running) == []


def test_a_missing_token_names_the_variables(plots, capfd):
    assert run(["release", str(plots)]) == 2
    err = capfd.readouterr().err
    assert "no token for the archive 'datacenter'" in err
    assert "KPUBLISH_DATACENTER_URL" in err
    assert "KPUBLISH_DATACENTER_TOKEN_FILE" in err


def test_a_token_never_goes_to_an_address_that_only_the_repository_names(plots, monkeypatch, capfd):
    with_archives(plots, "  datacenter: {kind: datacenter, url: 'https://127.0.0.2'}\n")
    monkeypatch.setenv("KPUBLISH_DATACENTER_TOKEN", SECRET)
    assert run(["release", str(plots)]) == 2
    err = capfd.readouterr().err
    assert "only to the host that stands beside it" in err
    assert SECRET not in err


def test_a_server_that_is_down_is_one_sentence(plots, monkeypatch, capfd):
    monkeypatch.setattr("kpublish.http.sleep", lambda seconds: None)
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert run(["release", str(plots), "--dry-run", "--url", f"datacenter={url}"]) == 3
    assert "cannot be reached: nothing answers there" in capfd.readouterr().err


def test_errors_are_reported_and_nothing_is_sent(plots, running, monkeypatch, capfd):
    allow(monkeypatch, running)
    text = (plots / "kpublish.yaml").read_text().replace("license:", "licence:")
    (plots / "kpublish.yaml").write_text(text)
    assert run(["release", str(plots)]) == 1
    out, err = capfd.readouterr()
    assert "Did you mean 'license'?" in err
    assert out == ""
    assert published(running) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "datacentre"], "Did you mean 'datacenter'?"),
        (["--url", "zenodo=https://zenodo.org"], "No archive is named 'zenodo'"),
        (["--url", "https://example.org"], "not of the form NAME=VALUE"),
        (["--url", "datacenter=http://example.org", "--dry-run"], "not https"),
        (["--token-file", "datacenter=/no/such/file"], "There is no file /no/such/file"),
    ],
)
def test_wrong_use_is_answered_with_a_remedy(plots, capfd, arguments, words):
    assert run(["release", str(plots), *arguments]) == 2
    assert words in capfd.readouterr().err


def test_a_folder_is_an_archive_too_and_may_be_chosen(plots, capfd, tmp_path):
    datacenter = "  datacenter: {kind: datacenter, url: https://opendata.km3net.de}\n"
    with_archives(plots, f"  shelf: {{kind: directory, url: '{tmp_path}/shelf'}}\n{datacenter}")
    assert run(["release", str(plots), "--to", "shelf"]) == 0
    kid = pipeline.load(plots).release.kid
    assert (tmp_path / "shelf" / kid / "1.0.0" / "release.json").is_file()
    assert "shelf: published" in capfd.readouterr().out


def test_the_environments_token_never_goes_to_an_address_that_kpublish_yaml_brought_in(
    plots, running, stranger, monkeypatch, capfd, tmp_path
):
    with_archives(plots, f"  datacenter: {{kind: datacenter, url: '{stranger.url}'}}\n")
    monkeypatch.setenv("KPUBLISH_DATACENTER_TOKEN", SECRET)
    assert run(["release", str(plots)]) == 2
    assert stranger.headers == []
    assert run(["release", str(plots), "--dry-run"]) == 0
    monkeypatch.setenv("KPUBLISH_DATACENTER_URL", running.url)
    assert run(["release", str(plots), "--dry-run", "--url", f"datacenter={stranger.url}"]) == 0
    monkeypatch.delenv("KPUBLISH_DATACENTER_URL")
    (tmp_path / "token").write_text(SECRET)
    assert run(["release", str(plots), "--dry-run", "--token-file", f"datacenter={tmp_path / 'token'}"]) == 2
    assert "none that only kpublish.yaml names" in capfd.readouterr().err
    assert stranger.headers
    assert not [headers for headers in stranger.headers if "Authorization" in headers or SECRET in str(headers)]


def test_a_version_released_from_other_inputs_is_refused_with_what_to_do(plots, capfd, tmp_path):
    with_archives(plots, f"  shelf: {{kind: directory, url: '{tmp_path}/shelf'}}\n")
    assert run(["release", str(plots)]) == 0
    (plots / "README.md").write_text("Another text.\n")
    commit(plots)
    capfd.readouterr()
    for arguments in ([], ["--dry-run"]):
        assert run(["release", str(plots), *arguments]) == 5
        err = capfd.readouterr().err
        assert "was already released from other inputs" in err
        assert "Raise version: in kpublish.yaml" in err


def test_a_second_release_of_the_same_folder_is_told_to_wait(plots, capfd, tmp_path):
    with_archives(plots, f"  shelf: {{kind: directory, url: '{tmp_path}/shelf'}}\n")
    with journal.opened(plots):
        assert run(["release", str(plots)]) == 2
    err = capfd.readouterr().err
    assert "Another release of" in err
    assert "Wait until it has ended" in err
    assert not (tmp_path / "shelf").exists()
    assert run(["release", str(plots)]) == 0


def test_ctrl_c_while_sending_is_told_and_the_next_run_goes_on(plots, capfd, monkeypatch, tmp_path):
    with_archives(plots, f"  shelf: {{kind: directory, url: '{tmp_path}/shelf'}}\n")
    sent = []

    def send(archive, release, entry, content):
        sent.append(entry.path)
        if len(sent) == 5:
            raise KeyboardInterrupt
        return real(archive, release, entry, content)

    from kpublish.archives.directory import Directory

    real = Directory.send
    monkeypatch.setattr(Directory, "send", send)
    assert run(["release", str(plots)]) == 130
    assert "run the same command again" in capfd.readouterr().err
    assert run(["release", str(plots)]) == 0
    out = capfd.readouterr().out
    assert f"shelf: going on after an interruption (send {sent[4]})" in out
    assert len(sent) == len(set(sent)) + 1


def test_nothing_is_published_while_another_archive_cannot_be_filled(plots, capfd, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    shelf, broken = (f"{{kind: directory, url: '{tmp_path}/{name}'}}" for name in ("shelf", "file"))
    with_archives(plots, f"  shelf: {shelf}\n  broken: {broken}\n")
    assert run(["release", str(plots)]) == 7
    out, err = capfd.readouterr()
    assert "shelf: published" not in out
    assert err.startswith("error: ")
    assert str(tmp_path / "file") in err


def test_what_it_says_is_the_package_the_steps_and_where_it_is(plots, capfd, tmp_path, monkeypatch):
    with_archives(plots, f"  shelf: {{kind: directory, url: '{tmp_path}/shelf'}}\n")
    monkeypatch.chdir(plots)
    assert run(["release"]) == 0
    out, err = capfd.readouterr()
    kid, lines = pipeline.load(plots).release.kid, out.splitlines()
    assert err == ""
    assert lines[0] == f"Asking shelf ({tmp_path}/shelf)"
    assert lines[1].startswith("✓ Packed dist/")
    assert lines[2].endswith(f"version 1.0.0, kid {kid}")
    assert lines[3] == "  shelf: draft"
    assert all(line.startswith("  shelf: send ") for line in lines[4:-3])
    assert lines[-3:-1] == ["  shelf: publish", "✓ shelf: published, 10 files sent, checksums verified"]
    assert lines[-1] == f"  {(tmp_path / 'shelf' / kid / '1.0.0').as_uri()}"


def test_processes_that_are_killed_leave_one_version_after_a_rerun(plots, empty, monkeypatch):
    allow(monkeypatch, empty)
    journal = plots / ".kpublish" / "journal.jsonl"
    command = [sys.executable, "-m", "kpublish", "release", str(plots)]
    ends = []
    for notes in (1, 6, 12):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            if journal.exists() and journal.read_bytes().count(b"\n") >= notes:
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.001)
        ends.append(process.wait())
    assert ends[0] == -signal.SIGKILL
    assert set(ends) <= {0, -signal.SIGKILL}
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    (release,) = published(empty)
    assert http.get_json(f"{empty.url}/api/v1/resources/{release['kid']}")["versions"] == ["1.0.0"]
    state = http.get_json(f"{empty.url}/api/v1/releases/{release['kid']}/1.0.0")
    assert {path: file["sha256"] for path, file in state["files"].items()} == {
        entry["path"]: entry["sha256"] for entry in release["files"]
    }


def test_a_release_that_is_repeated_neither_draws_nor_packs_and_asks_once(plots, empty, monkeypatch, capfd):
    allow(monkeypatch, empty)
    assert run(["release", str(plots)]) == 0
    shutil.rmtree(plots / "dist")
    shutil.rmtree(plots / ".kpublish")
    asked = []
    send = session.Session._send
    monkeypatch.setattr(session.Session, "_send", lambda self, request: asked.append(request.verb) or send(self, request))
    capfd.readouterr()
    assert run(["release", str(plots)]) == 0
    assert "datacenter: published already, nothing sent" in capfd.readouterr().out
    assert asked == ["GET"]
    assert not (plots / "dist").exists()
    assert "KPUBLISH_DATACENTER_STATE=published" in (plots / ".kpublish" / "release.env").read_text()
