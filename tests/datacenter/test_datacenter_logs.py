"""What is written down: lines of JSON without secrets, for so many days."""

from __future__ import annotations

import json
import logging
import secrets
import socket
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import client_of, log_of
from datacenter_services import production

from kpublish.datacenter.logs import DailyFiles, JsonLines, without_secrets
from kpublish.datacenter.server import start


def _lines(client: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log_of(client).splitlines()]


def test_every_request_is_a_line_of_json_that_tells_its_kind_only(datacenter: Any, release: Any) -> None:
    datacenter.bring(release)
    datacenter.page("/?q=planted-word")
    own = [line for line in _lines(datacenter) if line.get("kid") == release.kid]
    assert {(line["method"], line["route"].rpartition("/")[2], line["status"]) for line in own} >= {
        ("PUT", "<str:version>", 201),
        ("POST", "publish", 200),
    }
    assert all({"time", "level", "logger", "message", "status", "milliseconds"} <= set(line) for line in own)
    assert "planted-word" not in log_of(datacenter)
    folder = datacenter.server.token_file.parent / "log"
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


@pytest.fixture(params=["embedded", "gunicorn"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A data center by each of its servers."""
    running = start(tmp_path / "data") if request.param == "embedded" else production(tmp_path / "data", "--workers", "1")
    with running as server:
        found = client_of(server)
        with found.http:
            yield found


def _nonsense(client: Any, secret: str) -> None:
    """Requests that no application sees."""
    for line in (f"GET /{secret}", f"GET /?token={secret} HTTP/9.9", f"{secret} / HTTP/1.1", f"GET / HTTP/1.1\r\n{secret}"):
        with closing(socket.create_connection(("127.0.0.1", int(client.server.url.rpartition(":")[2])), timeout=20)) as raw:
            raw.sendall(f"{line}\r\n\r\n".encode())
            raw.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                while raw.recv(65536):
                    pass


def test_tokens_in_headers_addresses_and_bodies_are_not_found_in_the_log(client: Any, release: Any) -> None:
    planted = [
        secrets.token_urlsafe(32),
        f"glpat-{secrets.token_urlsafe(15)}",
        "short-secret",
        "eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiIx.c2ln",
    ]
    for secret in planted:
        for name in ("Authorization", "Cookie", "Private-Token", "Kpublish-Holder", "Host", "X-Forwarded-For"):
            client.ask("GET", "/me", headers={name: f"Bearer {secret}"}, token="")
        for path in (f"/{secret}", f"/releases/{secret}/{secret}", f"/me?token={secret}", f"/search?q={secret}"):
            for verb in ("GET", "PUT", "POST", "DELETE"):
                client.ask(verb, path, json={"token": secret, "id_token": secret})
        _nonsense(client, secret)
        client.page(f"/review/{secret}")
        client.page(f"/{secret}?private_token={secret}")
        client.ask("POST", "/token", data=f'{{"id_token": "{secret}"', headers={"Content-Type": "application/json"})
    data = client.server.token_file.parent
    client.bring(release)
    with closing(sqlite3.connect(data / "datacenter.sqlite3")) as database:
        for table in ("version", "resource"):
            database.execute(f"ALTER TABLE datacenter_{table} RENAME TO gone_{table}")
        database.commit()
    for secret in planted:
        failed = client.ask("GET", f"/releases/{secret}/1.0.0?token={secret}", token=secret)
        assert failed.status_code in (503, 507), failed.text
        assert client.page(f"/r/{secret}?token={secret}").status_code >= 500
    told = log_of(client)
    assert ("error" in told, [secret for secret in [*planted, client.token] if secret in told]) == (True, [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Authorization: Bearer abc", "Authorization: [secret]"),
        ("postgresql://user:password@host/name", "postgresql://[secret]@host/name"),
        ("GET /review/abc/files/x.png", "GET /review/[link]/files/x.png"),
        ("/r/x?token=abc HTTP/1.1", "/r/x?[query] HTTP/1.1"),
        ("key AbCdEfGhIjKlMnOp1234 here", "key [secret] here"),
        ("sha256 " + "0a" * 32, "sha256 " + "0a" * 32),
        ("in test_that_names_of_functions_stay_as_they_are", "in test_that_names_of_functions_stay_as_they_are"),
        ("kid 5b0fa5f2-7d5c-4a8e-9d0c-0123456789ab", "kid 5b0fa5f2-7d5c-4a8e-9d0c-0123456789ab"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out_and_nothing_else(text: str, told: str) -> None:
    assert without_secrets(text) == told


def _record(when: str, text: str = "said") -> logging.LogRecord:
    record = logging.LogRecord("kpublish", logging.INFO, "", 0, text, (), None)
    record.created = datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp()
    return record


def test_a_day_has_a_file_and_old_ones_go(tmp_path: Path) -> None:
    handler = DailyFiles(tmp_path / "log", 30)
    handler.setFormatter(JsonLines())
    for when in ("2026-10-01T23:59:59", "2026-10-02T00:00:01", "2026-10-31T00:00:00", "2026-11-01T12:00:00"):
        handler.emit(_record(when))
    handler.close()
    assert sorted(path.name for path in (tmp_path / "log").iterdir()) == [
        "2026-10-02.jsonl",
        "2026-10-31.jsonl",
        "2026-11-01.jsonl",
    ]


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").write_text("in the way")
    handler = DailyFiles(tmp_path / "log", 30)
    handler.emit(_record("2026-10-01T00:00:00"))
    assert capsys.readouterr() == ("", "")
