"""HTTP: time-outs, retries, redirects, and which token goes where; on real sockets of this machine."""

import io
import json
import os
import socket
import threading
from contextlib import closing
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kpublish import http
from kpublish.config import Token, host_of
from kpublish.errors import ConfigurationError, IntegrityError, NotFound, Refused, Unreachable
from kpublish.http import answers, session

SECRET = "s3cret-of-mine"


class Handler(BaseHTTPRequestHandler):
    """Answers what the server's script says, else an echo; what is ``None`` in it breaks the connection."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        script = self.server.script.pop(0) if self.server.script else (200, {}, {"path": self.path})
        if script is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, headers, content = script
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        if headers.get("Content-Length"):
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = answer


def serving():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.seen, server.script = [], []
    server.url = f"http://127.0.0.1:{server.server_port}"
    server.token = Token(SECRET, host_of(server.url))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


@pytest.fixture
def server():
    made = serving()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def other():
    made = serving()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def client(waits):
    with closing(http.Session(sleep=waits.append)) as made:
        yield made


@pytest.fixture
def nowhere():
    """An address where nothing listens."""
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_json_goes_there_and_comes_back(server, client):
    assert client.request("PUT", f"{server.url}/x", data={"name": "Ä"}) == {"path": "/x"}
    verb, _, headers, body = server.seen[0]
    assert (verb, json.loads(body)) == ("PUT", {"name": "Ä"})
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("kpublish/")
    assert "Authorization" not in headers


@pytest.mark.parametrize("size", [0, 1, 5, 300_000])
def test_an_upload_has_its_length_and_exactly_its_bytes(server, client, size):
    content = io.BytesIO(b"before" + bytes(size) + b"after")
    content.seek(6)
    client.request("PUT", f"{server.url}/x", upload=http.Upload(content, size))
    _, _, headers, body = server.seen[0]
    assert headers["Content-Length"] == str(size)
    assert "Transfer-Encoding" not in headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert body == bytes(size)


def test_an_upload_is_sent_again_from_its_beginning(server, client, waits):
    server.script = [None, (503, {}, b""), (201, {}, {})]
    client.request("PUT", f"{server.url}/x", upload=http.Upload(io.BytesIO(b"0123456789"), 4))
    assert [body for *_, body in server.seen] == [b"0123"] * 3
    assert waits == [0.4, 0.8]


def test_header_fields_of_an_answer_are_told_in_any_case_and_the_pause_grows(server, client, waits):
    server.script = [(204, {"upload-offset": "9"}, b"")] * 2
    for _ in range(2):
        told = client.fields("PUT", server.url, upload=http.Upload(io.BytesIO(b"123456789"), 9), token=server.token)
        assert told["Upload-Offset"] == "9"
    assert [body for *_, body in server.seen] == [b"123456789"] * 2
    client.pause(1)
    client.pause(3)
    assert waits == [session.BACKOFF, 4 * session.BACKOFF]


def test_an_upload_that_is_shorter_than_said_is_an_error(server, client):
    with pytest.raises(IntegrityError, match="shorter"):
        client.request("PUT", f"{server.url}/x", upload=http.Upload(io.BytesIO(b"abc"), 4))


def test_the_token_goes_to_its_host_only(server, other, client):
    client.request("PUT", server.url, token=server.token)
    client.request("PUT", other.url, token=server.token)
    assert server.seen[0][2]["Authorization"] == f"Bearer {SECRET}"
    assert "Authorization" not in other.seen[0][2]


def test_a_redirect_of_reading_is_followed_without_the_token(server, other, client):
    server.script = [(302, {"Location": f"{other.url}/there"}, b"")]
    assert client.request("GET", server.url, token=server.token) == {"path": "/there"}
    assert "Authorization" not in other.seen[0][2]


@pytest.mark.parametrize("verb", ["PUT", "POST", "DELETE"])
def test_a_redirect_of_writing_is_not_followed(server, other, client, verb):
    server.script = [(307, {"Location": f"{other.url}/there"}, b"")]
    with pytest.raises(http.ServerFault, match="redirects to"):
        client.request(verb, server.url, data={}, token=server.token)
    assert other.seen == []


def test_a_redirect_to_plain_http_elsewhere_is_refused(server, client):
    server.script = [(302, {"Location": "http://example.org/"}, b"")]
    with pytest.raises(ConfigurationError, match="not https"):
        client.request("GET", server.url)


def test_redirects_in_circles_end(server, client):
    server.script = [(302, {"Location": "/again"}, b"")] * 20
    with pytest.raises(http.ServerFault, match="circles"):
        client.request("GET", server.url)


def test_neither_netrc_nor_cookies_nor_proxies_are_used_on_this_machine(server, client, monkeypatch, nowhere, empty_home):
    netrc = empty_home / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password netrc-secret\n")
    netrc.chmod(0o600)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, nowhere)
    server.script = [(200, {"Set-Cookie": "a=b; Path=/"}, {})]
    try:
        client.request("GET", server.url)
        client.request("GET", server.url, token=server.token)
    finally:
        netrc.unlink()
    assert "Authorization" not in server.seen[0][2]
    assert server.seen[1][2]["Authorization"] == f"Bearer {SECRET}"
    assert "Cookie" not in server.seen[1][2]


@pytest.mark.parametrize("status", session.BUSY)
def test_a_busy_server_is_asked_again(server, client, waits, status):
    server.script = [(status, {}, b""), (status, {"Retry-After": "7"}, b"")]
    assert client.request("GET", f"{server.url}/x") == {"path": "/x"}
    assert waits == [0.4, 7.0]


def test_a_rate_limit_that_is_used_up_is_waited_for_before_the_next_request(server, client, waits, monkeypatch):
    monkeypatch.setattr(session.time, "monotonic", lambda: 1000.0)
    server.script = [(200, {"X-RateLimit-Remaining": "0", "Retry-After": "12"}, b"{}")]
    client.request("GET", server.url)
    assert waits == []
    server.script = [(200, {"X-RateLimit-Remaining": "59", "Retry-After": "60"}, b"{}")]
    client.request("GET", server.url)
    assert waits == [12.0]


def test_a_server_may_name_the_date_until_which_to_wait(server, client, waits, monkeypatch):
    monkeypatch.setattr(answers.time, "time", lambda: 1_000_000.0)
    server.script = [(429, {"Retry-After": formatdate(1_000_030, usegmt=True)}, b""), (429, {"Retry-After": "soon"}, b"")]
    client.request("GET", server.url)
    assert waits == [30.0, 0.8]


def test_a_server_that_asks_to_wait_too_long_is_not_waited_for(server, client, waits):
    server.script = [(503, {"Retry-After": "3600"}, b"")]
    with pytest.raises(Unreachable, match="busy or down") as caught:
        client.request("GET", server.url)
    assert "in 3600 s" in caught.value.remedy
    assert waits == []


def test_a_server_that_stays_busy_is_unreachable(server, client):
    server.script = [(503, {}, b"")] * 9
    with pytest.raises(Unreachable):
        client.request("GET", server.url)
    assert len(server.seen) == session.ATTEMPTS


def test_where_nothing_answers_the_sentence_names_host_and_cause(nowhere, client, waits):
    with pytest.raises(Unreachable, match="nothing answers there") as caught:
        client.request("GET", f"{nowhere}/path?token={SECRET}")
    assert host_of(nowhere) in caught.value.message
    assert SECRET not in str(caught.value)
    assert caught.value.exit_code == 3
    assert len(waits) == session.ATTEMPTS - 1


def test_a_server_that_does_not_answer_in_time_is_unreachable(client, monkeypatch):
    monkeypatch.setattr(session, "TIMEOUTS", (0.1, 0.1))
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        with pytest.raises(Unreachable, match="in time"):
            client.request("GET", f"http://127.0.0.1:{deaf.getsockname()[1]}")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_says_so_in_the_servers_words(server, client, status):
    server.script = [(status, {}, {"code": "unauthorized", "detail": f"Unknown token {SECRET}.", "remedy": "Ask for one."})]
    with pytest.raises(Refused, match=r"refused the token: Unknown token \[token\]\.") as caught:
        client.request("PUT", server.url, token=server.token)
    assert caught.value.remedy == "Ask for one."
    assert caught.value.exit_code == 4


def test_a_refusal_without_a_token_says_that_there_was_none(server, client):
    server.script = [(401, {}, b"<html>")]
    with pytest.raises(Refused, match="without a token"):
        client.request("PUT", server.url)


def test_not_found_is_told_apart_from_a_wrong_server(server, client):
    server.script = [(404, {}, {"code": "not-found", "detail": "There is no such version."}), (404, {}, b"<html>nginx</html>")]
    with pytest.raises(NotFound, match="no such version"):
        client.request("GET", server.url)
    with pytest.raises(http.ServerFault, match="404"):
        client.request("GET", server.url)


@pytest.mark.parametrize("status", [401, 404, 409])
def test_an_error_that_breaks_off_is_no_answer(server, client, status):
    server.script = [(status, {"Content-Length": "1000"}, b'{"code": "not-f')]
    with pytest.raises(Unreachable):
        client.request("GET", server.url)


def test_an_error_carries_code_and_status_and_no_control_characters(server, client):
    server.script = [(409, {}, {"code": "incomplete", "detail": ["a", "b\x1b[31m\n"], "remedy": "r\x07"})]
    with pytest.raises(http.ServerFault) as caught:
        client.request("POST", server.url)
    assert (caught.value.status, caught.value.code, caught.value.remedy) == (409, "incomplete", r"r\x07")
    assert r"a, b\x1b[31m." in caught.value.message


@pytest.mark.parametrize("body", [b"<html>", b"\xff\xfe", b'{"a": ', b"[" * 100_000], ids=["html", "bytes", "torn", "deep"])
def test_an_answer_that_is_not_json_is_one_sentence(server, client, body):
    server.script = [(200, {}, body)]
    with pytest.raises(http.ServerFault, match="something else than JSON"):
        client.request("GET", server.url)


def test_an_endless_answer_is_not_read_to_its_end(server, client, monkeypatch):
    monkeypatch.setattr(answers, "JSON_LIMIT", 100)
    server.script = [(200, {}, b'"' + b"x" * 1000 + b'"')]
    with pytest.raises(http.ServerFault):
        client.request("GET", server.url)


def test_an_answer_that_breaks_off_is_unreachable(server, client):
    server.script = [(200, {"Content-Length": "1000"}, b'{"a": 1')] * 2
    with pytest.raises(Unreachable):
        client.request("GET", server.url)
    with pytest.raises(Unreachable), client.stream(server.url) as content:
        content.read()


def test_bytes_are_streamed(server):
    body = os.urandom(300_000)
    server.script = [(200, {}, body)]
    with http.stream(server.url, server.token) as content:
        assert content.read(1000) + content.read() == body


def test_json_is_got_with_one_call(server):
    assert http.get_json(f"{server.url}/a", server.token) == {"path": "/a"}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.org/", "not https"),
        ("ftp://127.0.0.1/", "not https"),
        ("example.org", "not https"),
        ("https:///path", "not https"),
        (f"https://user:{SECRET}@example.org/", "holds credentials"),
        ("https://[::1/", "cannot be understood"),
        ("https://example.org:port/", "cannot be understood"),
    ],
)
def test_an_unusable_address_is_refused_before_anything_is_sent(client, url, words):
    with pytest.raises(ConfigurationError, match=words) as caught:
        client.request("GET", url)
    assert SECRET not in str(caught.value)


def test_a_name_that_no_host_can_have_is_one_sentence_at_once(client, waits):
    with pytest.raises(ConfigurationError, match="cannot be understood"):
        client.request("GET", "https://a..b/")
    assert waits == []
