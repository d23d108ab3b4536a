"""SIGKILL at any write of an upload, a publication, a migration, a backup: nothing to mend, nothing lost, nothing half done.

A sample in every run; ``make crash`` (LONG=1) kills at every single write, on SQLite and PostgreSQL.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from datacenter_parts import Client, Made, Tus, client_of, made
from datacenter_services import fsck, kpublish, production, until

from kpublish.datacenter.server import Server

DYING = Path(__file__).parents[1] / "servers" / "dying.py"
LONG = bool(os.environ.get("LONG"))
#: Numbers of writes at which the sample kills; the long run goes through all until the work outlives them.
MOST = 400
_SEED = random.Random(20261130)


def _points(some: int, most: int) -> list[int]:
    return list(range(1, MOST)) if LONG else sorted(_SEED.sample(range(1, most), some))


class Center:
    """A data center in one folder, started again and again; the n-th write kills it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._clients: list[Client] = []

    def start(self, point: int = 0) -> Client:
        """Start it so that it dies at this write, counted from now on; 0: never."""
        environment = {**os.environ, "KPUBLISH_DC_DATA": str(self.data)}
        (self.data / "armed").unlink(missing_ok=True)
        command = [sys.executable, str(DYING), str(point), "serve", "--port", "0", "--data", str(self.data)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert process.stdout
        url = process.stdout.readline().strip().partition("=")[2]
        client = client_of(Server(url, self.data / "token", process))
        self._clients.append(client)
        if point:
            process.send_signal(signal.SIGUSR1)
            until((self.data / "armed").exists)
        return client

    def stop(self) -> None:
        for client in self._clients:
            client.http.close()
            client.server.stop()


@pytest.fixture(params=["sqlite", *([pytest.param("postgresql", marks=pytest.mark.postgresql)] if LONG else [])])
def center(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Center]:
    if request.param == "postgresql":
        monkeypatch.setenv("KPUBLISH_DC_DATABASE", request.getfixturevalue("new_postgres")())
    (tmp_path / "data").mkdir(mode=0o700)
    found = Center(tmp_path / "data")
    yield found
    found.stop()


def _whole(client: Client, release: Made) -> bool:
    """Whether everyone sees the release; if so, all of it."""
    seen = client.state(release, token="")
    if seen.status_code == 404:
        assert release.kid not in _listed(client)
        return False
    assert seen.json()["status"] == "published"
    assert set(seen.json()["files"]) == set(release.contents)
    for path, body in release.contents.items():
        assert client.page(f"/r/{release.kid}/1.0.0/files/{path}").content == body, path
    assert client.ask("GET", f"/resources/{release.table}", token="").status_code == 200
    assert release.kid in _listed(client)
    return True


def _listed(client: Client) -> list[str]:
    return [entry["kid"] for entry in client.ask("GET", "/releases", token="", params={"limit": 1000}).json()["results"]]


def _ended(work: Callable[..., Any], *arguments: Any) -> bool:
    """Whether the work came to its end."""
    try:
        work(*arguments)
    except requests.RequestException:
        return False
    return True


def _send_all(client: Client, release: Made) -> None:
    client.open(release)
    for path in release.contents:
        client.send(release, path)


def _send_in_parts(client: Client, release: Made) -> None:
    client.open(release)
    tus = Tus(client, release, "data/large.bin")
    place = int(tus.begin().headers["Upload-Offset"])
    while place < len(tus.body):
        place = int(tus.add(place, place + 400_000).headers["Upload-Offset"])


@pytest.mark.parametrize("step", [pytest.param("upload", marks=pytest.mark.long), "parts", "publish"])
def test_a_kill_at_a_write_of_an_upload_or_a_publication(center: Center, step: str) -> None:
    before = made()
    client = center.start()
    client.bring(before)
    client.server.stop()
    outlived = False
    for point in _points(1, 16 if step == "publish" else 40):
        release = made()
        release.with_large(1_000_000)
        if step == "publish":
            client = center.start()
            _send_all(client, release)
            client.server.stop()
        client = center.start(point)
        work = {"upload": _send_all, "parts": _send_in_parts, "publish": Client.publish}[step]
        outlived = _ended(work, client, release)
        assert outlived or client.server.process.wait(20) == -signal.SIGKILL
        client.server.stop()
        fsck(center.data)
        client = center.start()
        assert _whole(client, before)
        _whole(client, release)
        if step == "parts":
            _send_in_parts(client, release)
            assert "data/large.bin" in client.state(release).json()["files"]
            assert not list((center.data / "parts").iterdir())
        client.bring(release)
        assert _whole(client, release)
        client.server.stop()
        fsck(center.data)
        if outlived:
            break
    assert outlived or not LONG


@pytest.mark.long
def test_a_kill_at_a_write_of_a_migration(tmp_path: Path) -> None:
    """From an empty folder, and from the tables of the first release."""
    for point in _points(1, 150):
        data = tmp_path / str(point)
        data.mkdir(mode=0o700)
        (data / "server.lock").touch()
        release = made()
        if point % 2:
            _first_release(data, release)
        command = [sys.executable, str(DYING), str(point), "datacenter", "reindex", "--data", str(data)]
        died = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        assert died.returncode in (0, -signal.SIGKILL)
        fsck(data)
        center = Center(data)
        client = center.start()
        if point % 2:
            assert client.state(release, token="").json()["status"] == "published"
            assert client.ask("GET", "/search", token="").json()["count"] == 1
        client.bring(made())
        center.stop()
        fsck(data)
        if died.returncode == 0 and point % 2 == 0:
            break


def _first_release(data: Path, release: Made) -> None:
    environment = {**os.environ, "KPUBLISH_DC_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kpublish.datacenter.settings"}
    command = [sys.executable, "-m", "django", "migrate", "datacenter", "0001", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)
    now = "2026-11-20 10:00:00"
    with closing(sqlite3.connect(data / "datacenter.sqlite3")) as database:
        document = json.dumps({**release.document, "files": []})
        row = (release.kid, "1.0.0", release.document["digest"], "published", document, now, now)
        names = "kid, version, digest, status, document, created, published"
        database.execute(f"INSERT INTO datacenter_version({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        database.commit()


@pytest.mark.long
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_kill_at_a_write_of_a_backup_or_its_restoring(tmp_path: Path, command: str) -> None:
    center = Center(tmp_path / "data")
    center.data.mkdir(mode=0o700)
    client = center.start()
    releases = [client.bring(made()) for _ in range(2)]
    whole = tmp_path / "whole.zip"
    assert kpublish("datacenter", "backup", whole, "--data", center.data).returncode == 0
    for point in _points(1, 8 if command == "backup" else 200):
        target, file = tmp_path / f"target-{point}", tmp_path / f"{point}.zip"
        arguments = ["backup", file, "--data", center.data] if command == "backup" else ["restore", whole, "--data", target]
        run = [sys.executable, str(DYING), str(point), "datacenter", *map(str, arguments)]
        died = subprocess.run(run, capture_output=True, check=False)
        assert died.returncode in (0, -signal.SIGKILL), died.stderr
        if command == "backup":
            assert died.returncode != 0 or file.exists()
            if not file.exists():
                assert kpublish("datacenter", *arguments).returncode == 0
            assert kpublish("datacenter", "restore", file, "--data", target).returncode == 0
        elif died.returncode != 0:
            again = kpublish("datacenter", *arguments)
            assert again.returncode == 0 or "not empty" in again.stderr, again.stderr
        fsck(target)
        restored = Center(target)
        seen = restored.start()
        assert all(_whole(seen, release) for release in releases)
        restored.stop()
        if died.returncode == 0:
            break
    center.stop()
    fsck(center.data)


def _kill(master: int, everyone: bool) -> None:
    """The master first, so that it makes no new workers; these notice it by themselves, too."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    os.kill(master, signal.SIGKILL)
    for pid in children if everyone else ():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


@pytest.mark.long
def test_kills_at_random_times_under_gunicorn_lose_nothing_that_was_answered(tmp_path: Path) -> None:
    """Master and workers are killed by their numbers while releases come in."""
    data, answered = tmp_path / "data", list[Made]()
    for round_ in range(20 if LONG else 1):
        with production(data, "--workers", "2") as server:
            client, release = client_of(server), made()
            delay = _SEED.uniform(0.0, 0.4)
            killing = threading.Timer(delay, _kill, [server.process.pid, round_ % 2 == 0])
            killing.start()
            while _ended(client.bring, release):
                answered.append(release)
                release = made()
            killing.join()
            server.process.wait()
            client.http.close()
        fsck(data)
        with production(data, "--workers", "1") as server:
            client = client_of(server)
            assert all(client.state(done, token="").json()["status"] == "published" for done in answered), round_
            assert all(_whole(client, done) for done in answered[-3:])
            answered.append(client.bring(release))
            client.http.close()
    fsck(data)


# --- no room, no time


def test_a_full_disk_is_one_clear_error_and_the_same_again_goes_on(starting: Any, release: Made) -> None:
    client = starting()
    path = release.with_large()
    client.open(release)
    pid, unlimited = client.server.process.pid, resource.RLIM_INFINITY
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (2_000_000, unlimited))
    answer = client.send(release, path)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage")
    assert not list((client.server.token_file.parent / "content").glob("*/.*.part"))
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, unlimited))  # now the database, too, finds no room
    answer = client.open(made())
    assert (answer.status_code, answer.json()["code"]) == (507, "storage")
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
    client.bring(release)
    assert _whole(client, release)
    fsck(client.server.token_file.parent)


def test_a_backup_onto_a_full_disk_is_one_sentence_and_leaves_nothing(starting: Any, release: Made, tmp_path: Path) -> None:
    client = starting()
    release.with_large()
    client.bring(release)

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))

    (tmp_path / "backups").mkdir()
    arguments = ("datacenter", "backup", tmp_path / "backups" / "one.zip", "--data", client.server.token_file.parent)
    done = kpublish(*arguments, preexec_fn=little_room)
    assert (done.returncode, "was not written" in done.stderr) == (7, True), done.stderr
    assert list((tmp_path / "backups").iterdir()) == []
    assert kpublish(*arguments).returncode == 0


def test_a_locked_database_is_one_clear_error_and_the_same_again_goes_on(starting: Any, release: Made) -> None:
    client = starting()
    client.bring(made())
    data = client.server.token_file.parent
    command = [sys.executable, "-m", "kpublish", "datacenter", "reindex", "--data", str(data)]
    with closing(sqlite3.connect(data / "datacenter.sqlite3")) as database:
        database.execute("BEGIN IMMEDIATE")
        waiting = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        answer = client.open(release)
        assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "busy", "2")
        assert client.page("/").status_code == 200
        said = waiting.communicate(timeout=60)[1]
        assert (waiting.returncode, "is locked" in said, "in a moment" in said) == (7, True, True), said
        database.rollback()
    assert subprocess.run(command, check=False).returncode == 0
    client.bring(release)
    assert _whole(client, release)
