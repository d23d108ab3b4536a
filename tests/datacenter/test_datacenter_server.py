"""The embedded server: starting, stopping, crashing, and connections that go wrong."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from datacenter_parts import client_of, log_of

from kpublish.datacenter.server import start
from kpublish.errors import KpublishError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _raw(client: Any, head: str, body: bytes = b"") -> socket.socket:
    """Send the beginning of a request over a connection of its own."""
    connection = socket.create_connection(("127.0.0.1", int(client.server.url.rpartition(":")[2])), timeout=20)
    connection.sendall(head.replace("\n", "\r\n").encode() + body)
    return connection


def _upload_head(client: Any, release: Any, path: str, length: int) -> str:
    address = f"/api/v1/releases/{release.kid}/{release.version}/files/{release.sha256(path)}"
    return f"PUT {address} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer {client.token}\nContent-Length: {length}\n\n"


def _parts(client: Any) -> list[Path]:
    return list(client.server.token_file.parent.glob("content/*/.*.part"))


def _until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within 20 s"
        time.sleep(0.01)


def _with_large_file(release: Any, size: int = 8_000_000) -> str:
    body = os.urandom(1000) * (size // 1000)
    release.contents["data/large.bin"] = body
    entry = {"path": "data/large.bin", "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    release.document["files"].append({**entry, "mediaType": "application/octet-stream"})
    return "data/large.bin"


# --- starting and stopping


def test_the_folder_is_private_and_says_how_to_publish_without_telling_the_secret(starting: Any, tmp_path: Path) -> None:
    client = starting()
    data = tmp_path / "data"
    assert _mode(data) == 0o700
    for path in data.rglob("*"):
        assert _mode(path) & 0o077 == 0, path
    for name in ("token", "secret_key", "client.env", "datacenter.sqlite3"):
        assert _mode(data / name) == 0o600
    told = (data / "client.env").read_text()
    assert client.token not in told
    values = dict(shlex.split(line)[1].split("=", 1) for line in told.splitlines())
    assert values == {"KPUBLISH_DATACENTER_URL": client.server.url, "KPUBLISH_DATACENTER_TOKEN_FILE": str(data / "token")}
    assert client.token.encode() not in (data / "datacenter.sqlite3").read_bytes()


def test_it_listens_on_the_loopback_interface_only(datacenter: Any) -> None:
    port = int(datacenter.server.url.rpartition(":")[2])
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A"]
    assert [address for address in listening if address.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_secrets_and_releases_survive_a_restart(starting: Any, release: Any) -> None:
    first = starting()
    first.bring(release)
    key = (first.server.token_file.parent / "secret_key").read_text()
    first.server.stop()
    assert first.server.process.returncode == 0
    second = starting()
    assert second.token == first.token
    assert (second.server.token_file.parent / "secret_key").read_text() == key
    assert second.state(release, token="").json()["status"] == "published"


def test_a_lost_token_is_replaced_and_the_old_one_is_void(starting: Any, release: Any) -> None:
    first = starting()
    first.server.stop()
    first.server.token_file.unlink()
    second = starting()
    assert second.token != first.token
    assert second.open(release, token=first.token).status_code == 401
    assert second.open(release).status_code == 201


def test_a_second_server_in_the_same_folder_is_refused(starting: Any, tmp_path: Path) -> None:
    first = starting()
    with pytest.raises(KpublishError) as refused:
        start(tmp_path / "data")
    assert "Another data center works in" in refused.value.remedy
    assert first.ask("GET", "/health").status_code == 200


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(KpublishError) as refused:
        start(tmp_path)
    assert "holds other files" in refused.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def _serve(*options: str, **more: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kpublish", "serve", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def test_a_database_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "server.lock").touch()
    (tmp_path / "datacenter.sqlite3").write_bytes(os.urandom(5000))
    command = [sys.executable, "-m", "kpublish", "serve", "--data", str(tmp_path), "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 7
    assert "cannot be used: file is not a database." in ended.stderr
    assert "Internal error" not in ended.stderr


def test_a_taken_port_is_told_with_a_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = _serve("--data", str(tmp_path / "data"), "--port", str(taken.getsockname()[1]))
        _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "is taken" in said
    assert "--port 0" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_serve_prints_lines_for_a_shell_and_stops_at_a_signal(tmp_path: Path, number: int, code: int) -> None:
    process = _serve("--port", "0", env={**os.environ, "KPUBLISH_DC_DATA": str(tmp_path / "my data")})
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in said
    assert "".join(lines[:2]) == (tmp_path / "my data" / "client.env").read_text()
    script = "".join(lines) + 'echo "$KPUBLISH_DATACENTER_URL $KPUBLISH_DATACENTER_TOKEN_FILE"'
    told = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.startswith("http://127.0.0.1:")
    assert told.endswith(f" {tmp_path}/my data/token\n")


def test_the_database_is_what_the_models_say(tmp_path: Path) -> None:
    environment = {**os.environ, "KPUBLISH_DC_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "kpublish.datacenter.settings"}
    for arguments in (["makemigrations", "--check", "--dry-run"], ["check", "--fail-level", "WARNING"]):
        done = subprocess.run(
            [sys.executable, "-m", "django", *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


# --- crashes


def test_an_upload_that_breaks_off_leaves_nothing_and_can_be_repeated(datacenter: Any, release: Any) -> None:
    path = _with_large_file(release)
    body = release.contents[path]
    datacenter.open(release)
    with closing(_raw(datacenter, _upload_head(datacenter, release, path, len(body)), body[: len(body) // 2])):
        _until(lambda: _parts(datacenter))
    _until(lambda: not _parts(datacenter))
    assert path not in datacenter.state(release).json()["files"]
    assert datacenter.send(release, path).status_code == 201


def test_a_kill_during_an_upload_leaves_a_draft_that_continues(starting: Any, release: Any) -> None:
    client = starting()
    path = _with_large_file(release)
    body = release.contents[path]
    client.open(release)
    client.send(release, "data/aeff.ecsv")
    with closing(_raw(client, _upload_head(client, release, path, len(body)), body[: len(body) // 2])):
        _until(lambda: _parts(client))
        client.server.process.kill()
        client.server.process.wait()
    assert _parts(client)
    client = starting()
    assert not _parts(client)
    state = client.state(release).json()
    assert state["status"] == "draft"
    assert "data/aeff.ecsv" in state["files"]
    assert path not in state["files"]
    client.bring(release)
    assert client.ask("GET", f"/files/{release.sha256(path)}", token="").content == body


@pytest.mark.long
@pytest.mark.parametrize("delay", [0.0, 0.005, 0.01, 0.02, 0.05])
def test_a_kill_during_publishing_leaves_a_draft_or_a_whole_version(starting: Any, release: Any, delay: float) -> None:
    for number in range(60):
        release.contents[f"data/{number}.txt"] = f"{release.kid} {number}".encode()
        body = release.contents[f"data/{number}.txt"]
        entry = {"path": f"data/{number}.txt", "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        release.document["files"].append({**entry, "mediaType": "text/plain"})
    client = starting()
    client.open(release)
    for path in release.contents:
        client.send(release, path)

    def publish() -> None:
        try:
            client.publish(release)
        except requests.ConnectionError:
            return

    asking = threading.Thread(target=publish)
    asking.start()
    time.sleep(delay)
    client.server.process.kill()
    client.server.process.wait()
    asking.join()
    client = starting()
    seen = client.state(release, token="")
    if seen.status_code == 200:
        assert set(seen.json()["files"]) == set(release.contents)
        assert client.ask("GET", f"/resources/{release.table}", token="").status_code == 200
        assert client.page(f"/r/{release.kid}/1.0.0/files/data/59.txt").content == release.contents["data/59.txt"]
    else:
        assert client.state(release).json()["status"] == "draft"
    assert client.publish(release).status_code == 200
    assert set(client.state(release, token="").json()["files"]) == set(release.contents)


def test_content_that_the_disk_lost_is_asked_for_again(starting: Any, release: Any) -> None:
    client = starting()
    client.open(release)
    for path in release.contents:
        client.send(release, path)
    sha = release.sha256("data/aeff.ecsv")
    (client.server.token_file.parent / "content" / sha[:2] / sha).unlink()
    answer = client.publish(release)
    assert (answer.status_code, answer.json()["missing"]) == (409, ["data/aeff.ecsv"])
    client.bring(release)
    (client.server.token_file.parent / "content" / sha[:2] / sha).unlink()
    gone = client.ask("GET", f"/files/{sha}", token="")
    assert (gone.status_code, gone.json()["code"]) == (404, "not-found")


def test_a_store_that_cannot_be_written_is_a_sentence_without_paths(starting: Any, release: Any) -> None:
    client = starting()
    client.open(release)
    data = client.server.token_file.parent
    (data / "content").mkdir(exist_ok=True)
    (data / "content" / release.sha256("data/aeff.ecsv")[:2]).write_text("in the way")
    answer = client.send(release, "data/aeff.ecsv")
    assert (answer.status_code, answer.json()["code"]) == (507, "storage")
    assert str(data) not in answer.text
    assert client.ask("GET", "/health").status_code == 200


# --- connections


def _answers(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes."""
    received = b""
    while block := connection.recv(65536):
        received += block
    return received


def test_a_body_of_unstated_length_never_becomes_a_second_request(datacenter: Any, release: Any) -> None:
    hidden = b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for head in (
        f"PUT /api/v1/releases/{release.kid}/1.0.0 HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n",
        "GET /api/v1/health HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\nContent-Length: 3\n\n",
        f"PUT /api/v1/releases/{release.kid}/1.0.0 HTTP/1.1\nHost: localhost\nContent-Length: {'9' * 30}x\n\n",
        f"PUT /api/v1/releases/{release.kid}/1.0.0 HTTP/1.1\nHost: localhost\nContent-Length: -5\n\n",
    ):
        with closing(_raw(datacenter, head, hidden)) as connection:
            answers = _answers(connection)
        assert answers.count(b"HTTP/1.1 ") == 1, answers
        assert b"HTTP/1.1 411" in answers, answers


def test_a_request_without_length_has_no_body_and_a_file_needs_one(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    entry, head = (
        release.document["files"][0],
        f"HTTP/1.1\nHost: localhost\nAuthorization: Bearer {datacenter.token}\nConnection: close\n",
    )
    asked = {
        f"PUT /api/v1/releases/{release.kid}/1.0.0/files/{entry['sha256']} {head}\n": b"411",
        f"PUT /api/v1/releases/{release.kid}/1.0.0 {head}Content-Type: application/json\n\n": b"400",
        f"PUT /api/v1/collections/{uuid.uuid4()}/members/{release.kid} {head}\n": b"404",
    }
    for text, status in asked.items():
        with closing(_raw(datacenter, text, b"")) as connection:
            assert _answers(connection).split()[1] == status, text


def test_a_refused_upload_is_answered_even_if_its_body_is_large(datacenter: Any, release: Any) -> None:
    path = _with_large_file(release)
    datacenter.open(release)
    for _ in range(2):
        assert datacenter.send(release, path, token="wrong").status_code == 401
    assert datacenter.send(release, path).status_code == 201


def test_an_upload_of_another_length_than_the_file_is_refused_before_it_is_read(datacenter: Any, release: Any) -> None:
    datacenter.open(release)
    head = _upload_head(datacenter, release, "data/aeff.ecsv", 5)
    with closing(_raw(datacenter, head.replace("\n\n", "\nConnection: close\n\n"), b"12345")) as connection:
        assert b"HTTP/1.1 422" in _answers(connection)


def test_nonsense_on_the_line_does_no_harm(datacenter: Any) -> None:
    for nonsense in (
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"x" * 70_000 + b"\r\n\r\n",
        b"\0" * 100 + b"\r\n",
    ):
        with closing(_raw(datacenter, "", nonsense)) as connection:
            connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                _answers(connection)
    assert datacenter.ask("GET", "/health").status_code == 200
    assert "Traceback" not in (log := log_of(datacenter)), log[log.index("Traceback") - 500 :][:4000]


def test_many_requests_go_over_one_connection(datacenter: Any) -> None:
    head = "GET /api/v1/health HTTP/1.1\nHost: localhost\n\n"
    with closing(_raw(datacenter, head * 3 + head.replace("\n\n", "\nConnection: close\n\n"))) as connection:
        assert _answers(connection).count(b"HTTP/1.1 200 OK") == 4


# --- older data centers


def test_a_data_center_of_the_first_release_goes_on_as_it_was(tmp_path: Path, release: Any) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "server.lock").touch()
    environment = {**os.environ, "KPUBLISH_DC_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kpublish.datacenter.settings"}
    command = [sys.executable, "-m", "django", "migrate", "datacenter", "0001", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)
    (data / "token").write_text("a-token-that-somebody-has-already\n")
    now, sha = "2026-11-20 10:00:00", hashlib.sha256(b"a-token-that-somebody-has-already").hexdigest()
    with closing(sqlite3.connect(data / "datacenter.sqlite3")) as database:
        database.execute("INSERT INTO datacenter_token(name, digest, created) VALUES ('local', ?, ?)", [sha, now])
        document = json.dumps({**release.document, "files": []})
        row = (release.kid, "1.0.0", release.document["digest"], "published", document, now, now)
        names = "kid, version, digest, status, document, created, published"
        database.execute(f"INSERT INTO datacenter_version({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        resource = (
            "INSERT INTO datacenter_resource(version_id, kid, name, kind, ktype, title) VALUES (1, ?, '', 'release', '', 'x')"
        )
        database.execute(resource, [release.kid])
        database.commit()
    with start(data) as server:
        client = client_of(server)
        with client.http:
            assert client.ask("GET", "/me").json()["rights"] == ["publish", "read-drafts", "review", "write"]
            assert client.state(release, token="").json()["status"] == "published"
            found = client.ask("GET", "/search", params={"q": "made-up"}, token="").json()
            assert [entry["kid"] for entry in found["results"]] == [release.kid]
            everything = client.ask("GET", "/search", token="").json()
            assert (everything["count"], everything["facets"]) == (1, found["facets"])
            assert release.document["resource"]["title"] in client.page("/").text
