"""What only a database server can do to a data center: go away, come back, be shared by several machines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from datacenter_parts import Made, client_of, made
from datacenter_services import fsck, kpublish, production

pytestmark = pytest.mark.postgresql


@pytest.fixture
def database(new_postgres: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    address = str(new_postgres())
    monkeypatch.setenv("KPUBLISH_DC_DATABASE", address)
    return address


def test_connections_that_the_server_ended_are_made_anew(tmp_path: Path, database: str, release: Made) -> None:
    with production(tmp_path / "data", "--workers", "1", "--threads", "2") as server:
        client = client_of(server)
        client.bring(release)
        with psycopg.connect(database, autocommit=True) as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            connection.execute(f"{others} AND pid <> pg_backend_pid()")
        assert client.page(f"/r/{release.kid}").status_code == 200
        client.bring(made())
        client.http.close()


def test_a_database_that_takes_nobody_is_503_and_the_same_again_goes_on(tmp_path: Path, database: str, release: Made) -> None:
    with production(tmp_path / "data", "--workers", "1", "--threads", "1") as server:
        client = client_of(server)
        client.open(release)
        name = database.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(database.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            answer = client.send(release, "data/aeff.ecsv")
            assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "database-unavailable", "2")
            health = client.ask("GET", "/health", token="")
            assert (health.status_code, health.json()["database"], health.json()["storage"]) == (503, "failing", "ok")
            assert name not in health.text + answer.text
            assert client.page(f"/r/{release.kid}").status_code == 503
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        client.bring(release)
        assert client.ask("GET", "/health", token="").status_code == 200
        client.http.close()


def test_machines_that_start_at_once_migrate_one_after_the_other(tmp_path: Path, database: str) -> None:
    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        folder.mkdir(mode=0o700)
        (folder / "server.lock").touch()
    command = [sys.executable, "-m", "kpublish", "datacenter", "reindex", "--data"]
    starting = [subprocess.Popen([*command, str(folder)], stderr=subprocess.PIPE, text=True) for folder in folders]
    said = [process.communicate(timeout=120)[1] for process in starting]
    assert [process.returncode for process in starting] == [0, 0, 0], said


def test_the_catalogue_is_made_anew(tmp_path: Path, database: str, release: Made) -> None:
    with production(tmp_path / "data", "--workers", "1") as server:
        client = client_of(server)
        client.bring(release)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("DELETE FROM datacenter_facet")
            connection.execute("DELETE FROM datacenter_listing")
            connection.execute("UPDATE datacenter_tally SET count = 7")
        done = kpublish("datacenter", "reindex", "--data", tmp_path / "data")
        assert (done.returncode, "1 releases are listed" in done.stdout) == (0, True), done.stderr
        found = client.ask("GET", "/search", token="", params={"q": "made-up"}).json()
        assert [entry["kid"] for entry in found["results"]] == [release.kid]
        assert client.ask("GET", "/search", token="").json()["facets"] == found["facets"]
        client.http.close()
    fsck(tmp_path / "data")


def test_the_database_itself_keeps_the_trail(tmp_path: Path, database: str, release: Made) -> None:
    with production(tmp_path / "data", "--workers", "1") as server:
        client = client_of(server)
        client.bring(release)  # an event of a version; the token of the tests is an act
        client.http.close()
    with psycopg.connect(database, autocommit=True) as connection:
        for table in ("datacenter_event", "datacenter_act"):
            before = connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
            assert before
            for statement in (
                f"UPDATE {table} SET verb = 'x'",
                f"DELETE FROM {table}",
                f"TRUNCATE {table}",
                "TRUNCATE datacenter_version, datacenter_act CASCADE",
                f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET verb = 'x'",
            ):
                with pytest.raises(psycopg.errors.RaiseException, match="only grows"):
                    connection.execute(statement)
            assert connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() == before


def test_a_database_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "KPUBLISH_DC_DATABASE": "postgresql://planted:secret@127.0.0.1:1/nothing"}
    (tmp_path / "server.lock").touch()
    done = kpublish("datacenter", "fsck", "--data", tmp_path, env=environment)
    assert (done.returncode, "cannot be used" in done.stderr, "secret" in done.stderr) == (7, True, False), done.stderr
    assert "Check KPUBLISH_DC_DATABASE" in done.stderr
