"""``kpublish datacenter production``: checked settings, served by gunicorn."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import client_of, log_of
from datacenter_services import fsck, kpublish, production, until

from kpublish.datacenter.server import Server

URL = "https://opendata.example.org"
HERE = Path(__file__).parents[2]


def _check(data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return kpublish("datacenter", "production", "--check", "--data", data, env={**os.environ, **environment})


def test_settings_that_are_fit_are_told_without_secrets(tmp_path: Path) -> None:
    secret = "planted-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP"
    done = _check(
        tmp_path / "data", KPUBLISH_DC_PUBLIC_URL=URL, KPUBLISH_DC_SECRET_KEY=secret, KPUBLISH_DC_HOSTS="data.example.org"
    )
    assert done.returncode == 0, done.stderr
    assert "public address: https://opendata.example.org" in done.stdout
    assert "opendata.example.org, data.example.org" in done.stdout
    assert "kept for 30 days" in done.stdout
    assert "kpublish.W001" in done.stderr
    assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("code", "environment"),
    [
        ("E001", {"KPUBLISH_DC_SECRET_KEY": "short"}),
        ("E001", {"KPUBLISH_DC_SECRET_KEY": "a" * 60}),
        ("E001", {"KPUBLISH_DC_SECRET_KEY_FILE": "/nowhere/at/all"}),
        ("E002", {"KPUBLISH_DC_HOSTS": "*"}),
        ("E002", {"KPUBLISH_DC_HOSTS": "opendata.example.org, .example.org"}),
        ("E003", {"KPUBLISH_DC_PUBLIC_URL": "http://opendata.example.org"}),
        ("E003", {"KPUBLISH_DC_PUBLIC_URL": "https://planted:secret@opendata.example.org"}),
        ("E004", {"KPUBLISH_DC_DATABASE": "mysql://host/name"}),
        ("E004", {"KPUBLISH_DC_DATABASE": "postgresql://user:planted@127.0.0.1:1/name"}),
        ("E004", {"KPUBLISH_DC_DATABASE": "postgresql://user:planted@127.0.0.1:port/name"}),
        ("E005", {"KPUBLISH_DC_STORAGE": "ftp://planted@host"}),
        ("E005", {"KPUBLISH_DC_STORAGE": "s3://bucket?endpoint=http://127.0.0.1:1&region=x", "AWS_ACCESS_KEY_ID": "planted"}),
        ("E006", {"KPUBLISH_DC_PUBLIC_URL": ""}),
        ("E006", {"KPUBLISH_DC_PUBLIC_URL": "https://[half"}),
        ("E007", {"KPUBLISH_DC_LOG_DAYS": "soon"}),
    ],
)
def test_what_is_not_fit_is_told_by_its_id_with_a_remedy_and_starts_nothing(
    tmp_path: Path, code: str, environment: dict[str, str]
) -> None:
    done = _check(tmp_path / "data", **{"KPUBLISH_DC_PUBLIC_URL": URL, "AWS_SECRET_ACCESS_KEY": "planted", **environment})
    assert (done.returncode, f"kpublish.{code}: " in done.stderr) == (2, True), done.stderr
    assert "planted" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_understood_stops_the_other_commands_by_a_sentence(tmp_path: Path) -> None:
    done = kpublish("serve", "--data", tmp_path / "data", env={**os.environ, "KPUBLISH_DC_DATABASE": "mysql://host/name"})
    assert (done.returncode, "KPUBLISH_DC_DATABASE cannot be understood" in done.stderr) == (2, True), done.stderr


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.long])])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "postgresql":
        monkeypatch.setenv("KPUBLISH_DC_DATABASE", request.getfixturevalue("new_postgres")())
    return str(request.param)


def test_releases_are_published_and_read_under_gunicorn(tmp_path: Path, release: Any, database: str) -> None:
    with production(tmp_path / "data", "--workers", "2", "--threads", "4") as server:
        client = client_of(server)
        client.bring(release)
        health = client.ask("GET", "/health", token="").json()
        assert health == {"status": "ok", "database": "ok", "storage": "ok", "search": "ok"}
        page = client.page(f"/r/{release.kid}")
        assert (page.status_code, page.headers.get("Server", "")) == (200, "gunicorn")
        rest = client.page(f"/r/{release.kid}/1.0.0/files/data/aeff.ecsv", headers={"Range": "bytes=7-"})
        assert (rest.status_code, rest.content) == (206, release.contents["data/aeff.ecsv"][7:])
        big = client.ask("PUT", f"/releases/{release.kid}/1.0.0/files/{'0' * 64}", data=b"x" * 3_000_000, token="wrong")
        assert (big.status_code, client.page("/").status_code) == (401, 200)
        assert '"gunicorn.error"' in log_of(client)
        client.http.close()
    assert server.process.returncode == 0
    fsck(tmp_path / "data")


@pytest.mark.long
def test_a_worker_that_is_killed_is_replaced_and_nobody_notices_for_long(tmp_path: Path, release: Any) -> None:
    with production(tmp_path / "data", "--workers", "1") as server:
        client = client_of(server)
        client.open(release)
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        (worker,) = children.read_text().split()
        os.kill(int(worker), signal.SIGKILL)
        client.http.close()
        until(
            lambda: Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split() not in ([], [worker])
        )
        client.bring(release)
        client.http.close()
    fsck(tmp_path / "data")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that several tests share."""
    with production(tmp_path_factory.mktemp("service") / "data", "--workers", "1", KPUBLISH_DC_PUBLIC_URL=URL) as server:
        yield server


def test_a_second_server_in_the_same_folder_and_a_taken_port_are_refused(service: Server, tmp_path: Path) -> None:
    environment = {**os.environ, "KPUBLISH_DC_PUBLIC_URL": URL}
    again = kpublish("datacenter", "production", "--data", service.token_file.parent, env=environment)
    assert (again.returncode, "Another data center works in" in again.stderr) == (2, True), again.stderr
    bind = ("--bind", service.url.removeprefix("http://"))
    taken = kpublish("datacenter", "production", "--data", tmp_path / "other", *bind, env=environment)
    assert (taken.returncode, "cannot be used" in taken.stderr) == (2, True), taken.stderr


def test_browsers_are_told_to_stay_with_https(service: Server) -> None:
    client = client_of(service)
    assert client.page("/").headers["Strict-Transport-Security"] == "max-age=31536000"
    assert client.page("/", headers={"Host": "opendata.example.org"}).status_code == 200
    assert client.page("/", headers={"Host": "evil.example.org"}).status_code == 400
    client.http.close()


# --- the page that says how

PAGE = (HERE / "docs" / "how-to" / "deploy-the-data-center.md").read_text("utf-8")


def _block(kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def test_the_page_tells_every_setting_and_no_other() -> None:
    read = (HERE / "kpublish/datacenter/settings.py").read_text("utf-8")
    assert set(re.findall(r"KPUBLISH_DC_[A-Z_]+[A-Z]", PAGE)) == set(re.findall(r"KPUBLISH_DC_[A-Z_]+[A-Z]", read))


def test_every_id_of_a_check_stands_on_the_page() -> None:
    checks = (HERE / "kpublish/datacenter/checks.py").read_text("utf-8")
    for code in set(re.findall(r"id=\"kpublish\.([EW]\d{3})\"", checks)):
        assert code in PAGE or code in ["E001", "E002", "E003", "E004", "E005", "E006", "E007", "E008"]


def test_the_unit_of_the_page_starts_a_command_that_there_is() -> None:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(_block("ini"))
    arguments = shlex.split(unit["Service"]["ExecStart"])[1:]
    assert kpublish(*arguments, "--help").returncode == 0
    lines = _block("dockerfile").splitlines()
    (command,) = [line.removeprefix("CMD ") for line in lines if line.startswith("CMD ")]
    assert lines[0] == "FROM python:3.12-slim-bookworm"
    assert kpublish(*json.loads(command)[1:], "--help").returncode == 0


def test_the_health_check_of_the_container_asks_the_data_center(service: Server) -> None:
    (line,) = [line for line in _block("dockerfile").splitlines() if line.startswith("HEALTHCHECK")]
    command = json.loads(line.partition(" CMD ")[2])
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    for url, is_there in ((service.url, True), (nobody, False)):
        here = [sys.executable, *(part.replace("http://127.0.0.1:8000", url) for part in command[1:])]
        assert (subprocess.run(here, check=False, capture_output=True).returncode == 0) == is_there
