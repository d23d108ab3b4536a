"""What callers do to the servers themselves, the embedded one and the one for the world: tricks with heads, bodies, and time."""

from __future__ import annotations

import gzip
import io
import json
import re
import select
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import client_of, log_of, made
from datacenter_services import production

from kpublish.datacenter import draining
from kpublish.datacenter.lines import Line
from kpublish.datacenter.logs import without_secrets

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "datacenter-withstands.md"


def test_the_page_names_tests_that_there_are() -> None:
    files = {path.stem: path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")}
    written = set(re.findall(r"^def test_(\w+)", "\n".join(files.values()), re.MULTILINE))
    rows = [line.split("|")[-2] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named - written - {stem.removeprefix("test_") for stem in files} == set()
    assert len(named) > 40


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One for the world, with two threads, that waits for a second."""
    folder = tmp_path_factory.mktemp("impatient") / "data"
    with production(folder, "--workers", "1", "--threads", "2", KPUBLISH_DC_PATIENCE="1") as server:
        client = client_of(server)
        with client.http:
            yield client


@pytest.fixture(params=["embedded", "production"])
def either(request: Any, datacenter: Any) -> Any:
    return datacenter if request.param == "embedded" else request.getfixturevalue("impatient")


def _line(client: Any, sent: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", int(client.server.url.rpartition(":")[2])), timeout=60)
    line.sendall(sent)
    return line


def _answers(line: socket.socket) -> bytes:
    """Everything until the server closes."""
    received = b""
    with suppress(ConnectionResetError):
        while block := line.recv(65536):
            received += block
    return received


def _is_well(client: Any) -> bool:
    return bool(client.ask("GET", "/health", token="").status_code == 200)


# --- heads

_POST = "POST /api/v1/token HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
DOUBTFUL = {
    "two lengths": f"{_POST}Content-Length: 2\nContent-Length: 60\n\n",
    "one length twice": f"{_POST}Content-Length: 2\nContent-Length: 2\n\n",
    "a list of lengths": f"{_POST}Content-Length: 2, 2\n\n",
    "a negative length": f"{_POST}Content-Length: -2\n\n",
    "a length with a sign": f"{_POST}Content-Length: +2\n\n",
    "a length with a line in it": f"{_POST}Content-Length: 1_0\n\n",
    "a length in hexadecimal": f"{_POST}Content-Length: 0x2\n\n",
    "chunks and a length": f"{_POST}Content-Length: 2\nTransfer-Encoding: chunked\n\n",
    "chunks behind a tabulator": f"{_POST}Content-Length: 2\nTransfer-Encoding:\x0bchunked\n\n",
    "chunks before a blank": f"{_POST}Content-Length: 2\nTransfer-Encoding : chunked\n\n",
    "a folded line": f"{_POST}X: a\n Content-Length: 2\n\n",
    "a line that is no field": f"{_POST}nonsense\nContent-Length: 40\n\n",
    "two hosts": "GET /api/v1/health HTTP/1.1\nHost: localhost\nHost: evil.example\n\n",
    "a NUL": "GET /api/v1/health HTTP/1.1\nHost: localhost\nCookie: session=a\0b\n\n",
    "a carriage return": "GET /api/v1/health HTTP/1.1\nHost: localhost\nCookie: a\rSet-Cookie: b\n\n",
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_two_servers_may_understand_in_two_ways_is_refused(either: Any, name: str) -> None:
    hidden = b"{}GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with closing(_line(either, DOUBTFUL[name].replace("\n", "\r\n").encode() + hidden)) as line:
        answers = _answers(line)
    assert answers.count(b"HTTP/1.1 ") == 1, answers
    assert answers.split()[1] in (b"400", b"411"), answers


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"GET /" + b"x" * 100_000, b"414"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000, b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: x\r\n" % number for number in range(300)) + b"\r\n", b"431"),
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: %b\r\n" % (n, b"x" * 8000) for n in range(60)) + b"\r\n",
            b"431",
        ),
    ],
    ids=["address", "field", "fields", "all together"],
)
def test_a_head_has_an_end(either: Any, head: bytes, code: bytes) -> None:
    with closing(_line(either)) as line:
        with suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(head)
        answer = _answers(line)
    assert answer.split()[1] in (code, b"431"), answer
    assert _is_well(either)


def test_no_caller_says_under_which_path_or_name_we_are(either: Any) -> None:
    stated = {"SCRIPT_NAME": "/api", "PATH_INFO": "/nothing", "X-Forwarded-Host": "intruder.example", "X-Original-URL": "/admin"}
    answer = either.ask("GET", "/health", token="", headers=stated)
    assert (answer.status_code, "intruder" in answer.text) == (200, False)
    for path in ("/", "/robots.txt", "/api/v1/releases", "/sitemap.xml", "/oai?verb=Identify"):
        assert "intruder" not in either.page(path, headers=stated).text
        rebound = either.page(path, headers={"Host": "evil.example:80"})
        assert (rebound.status_code, "does not go by that name" in rebound.text) == (400, True), path


# --- bodies


def test_a_body_that_never_ends_is_given_up(either: Any) -> None:
    head = f"POST /api/v1/me HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10**15}\r\n\r\n"
    block, most, before = b"x" * 2**20, 400, len(log_of(either))  # megabytes
    with closing(_line(either, head.encode())) as line:
        sent = 0
        with suppress(OSError):
            while sent < most:
                line.sendall(block)
                sent += 1
    assert sent < most
    assert _is_well(either)
    assert "Traceback" not in log_of(either)[before:]


def test_a_large_body_that_comes_byte_by_byte_is_refused(impatient: Any) -> None:
    head = f"PUT /api/v1/releases/x/1 HTTP/1.1\nHost: localhost\nAuthorization: Bearer {impatient.token}\n"
    head += "Content-Type: application/json\nContent-Length: 200000\n\n"
    with closing(_line(impatient, head.replace("\n", "\r\n").encode())) as line:
        while not select.select([line], [], [], 0.1)[0]:
            line.sendall(b"[")
        answer = _answers(line)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert b'"code":"interrupted"' in answer
    assert "Traceback" not in log_of(impatient)


def test_draining_ends_with_the_body_or_before_it_becomes_a_burden(monkeypatch: pytest.MonkeyPatch) -> None:
    assert draining.drain(io.BytesIO(bytes(10**6)))
    assert not draining.drain(io.BytesIO(bytes(10**8)))
    monkeypatch.setattr(draining, "PATIENCE", -1.0)
    assert not draining.drain(io.BytesIO(bytes(10**6)))


def test_compressed_bodies_are_not_unpacked(datacenter: Any, release: Any) -> None:
    bomb = gzip.compress(bytes(10**7))
    where = f"/releases/{release.kid}/1.0.0"
    for coding in ("gzip", "deflate", "br", "gzip, gzip"):
        for method, path in (("PUT", where), ("PUT", f"{where}/files/{'0' * 64}"), ("POST", "/token")):
            headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
            answer = datacenter.ask(method, path, data=bomb, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-encoding"), (coding, path)
    stated = json.dumps(release.document).encode()
    headers = {"Content-Encoding": "identity", "Content-Type": "application/json"}
    assert datacenter.ask("PUT", where, data=stated, headers=headers).status_code == 201


def test_nobody_fills_the_disk_through_a_form(datacenter: Any) -> None:
    large = {"file": ("a", bytes(300_000))}
    for path in ("/login", "/logout", "/oai", "/review/x", "/account", "/admin"):
        answer = datacenter.http.post(f"{datacenter.server.url}{path}", files=large, timeout=60, allow_redirects=False)
        assert (answer.status_code, "The form is too large." in answer.text) == (413, True), path
    answer = datacenter.http.post(f"{datacenter.server.url}/upload", files=large, timeout=60, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/upload")
    head = f"POST /upload HTTP/1.1\nHost: localhost\nContent-Type: multipart/form-data; boundary=x\nContent-Length: {10**13}\n\n"
    with closing(_line(datacenter, head.replace("\n", "\r\n").encode())) as line:
        line.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1 413" in _answers(line)


# --- time


def test_who_sends_slowly_holds_no_thread_and_loses_the_connection(impatient: Any) -> None:
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "
    body = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{"
    kinds = {"nothing": b"", "empty lines": b"\r\n\r\n", "head": head, "body": body % 500, "large body": body % 10**7}
    lines = {name: [_line(impatient, sent) for _ in range(12)] for name, sent in kinds.items()}
    try:
        release = impatient.bring(made())
        assert impatient.page(f"/r/{release.kid}").status_code == 200
        for name in ("empty lines", "head", "body"):
            assert {_answers(line)[:12] for line in lines[name]} == {b"HTTP/1.1 408"}, name
        assert _is_well(impatient)
    finally:
        for line in (line for group in lines.values() for line in group):
            line.close()
    assert "Traceback" not in log_of(impatient)


def test_many_slow_callers_do_not_keep_the_embedded_server_from_others(datacenter: Any) -> None:
    lines = [_line(datacenter, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ") for _ in range(100)]
    try:
        assert _is_well(datacenter)
    finally:
        for line in lines:
            line.close()


def test_a_line_ends_if_a_request_comes_too_slowly_and_not_between_requests() -> None:
    near, far = socket.socketpair()
    with near, Line(far, patience=0.0) as line:
        for _ in range(2):  # each request has a time of its own
            near.sendall(b"x" * 8192)
            assert len(line.recv(8192)) == 8192
            line.sendall(b"answer")
            time.sleep(0.01)
        near.sendall(b"x")
        assert line.recv(1) == b"x"
        time.sleep(0.01)
        near.sendall(b"x")
        with pytest.raises(TimeoutError):
            line.recv_into(bytearray(1))


@pytest.mark.parametrize("text", ["a", "/", "/?", "password", "A1a", "a-", "x://", "a@", "token ", "/review/"])
def test_secrets_are_looked_for_in_a_time_that_grows_with_the_text_only(text: str) -> None:
    """With steps that grow with its square this would take an hour."""
    assert without_secrets(text * 500_000 + " Bearer abc").endswith("Bearer [secret]") or "[secret]" in without_secrets(text * 3)
