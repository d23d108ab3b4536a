"""A real data center as a child process, and made-up releases to bring to it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import ISSUER, PASSWORD, Client, Made, client_of, made
from datacenter_services import new_database, postgres

from kpublish import cli, templating
from kpublish.datacenter.server import start


@pytest.fixture(scope="session")
def datacenter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A data center that all tests share; every test brings releases of its own."""
    with start(tmp_path_factory.mktemp("datacenter") / "data") as server:
        client = client_of(server)
        with client.http:
            yield client


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Callable[[], Client]]:
    """Starts a data center in one folder of this test's own, again and again."""
    clients: list[Client] = []

    def begin() -> Client:
        client = client_of(start(tmp_path / "data"))
        clients.append(client)
        return client

    yield begin
    for client in clients:
        client.http.close()
        client.server.stop()


@pytest.fixture
def release() -> Made:
    """A release that nobody knows yet."""
    return made()


@pytest.fixture
def making() -> Callable[..., Made]:
    """Makes releases."""
    return made


@pytest.fixture(scope="session")
def running_postgres() -> Iterator[str]:
    """A PostgreSQL that all tests share."""
    with postgres() as address:
        yield address


@pytest.fixture
def new_postgres(running_postgres: str) -> Callable[[], str]:
    """Makes empty databases in it."""
    return lambda: new_database(running_postgres, f"kpublish_{uuid.uuid4().hex}")


@pytest.fixture(scope="module")
def run(datacenter: Any) -> Iterator[Callable[..., str]]:
    """Runs ``kpublish datacenter …`` in this process on the folder of the running server."""
    folder = str(datacenter.server.token_file.parent)

    def run(*arguments: str) -> str:
        said = io.StringIO()
        with redirect_stdout(said):
            code = cli.run(["datacenter", *arguments, "--data", folder])
        from django.db import connection

        connection.close()
        assert code == 0, arguments
        return said.getvalue().strip()

    with pytest.MonkeyPatch.context() as patch:
        for name in ("KPUBLISH_DC_DATA", "DJANGO_SETTINGS_MODULE"):  # put back what the command sets
            patch.setenv(name, "")
            patch.delenv(name)
        yield run


@pytest.fixture(scope="session")
def password_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("secret") / "password"
    file.write_text(f"{PASSWORD}\n")
    return str(file)


@pytest.fixture
def account(run: Callable[..., str], password_file: str) -> Callable[..., str]:
    """Makes accounts, with roles in projects."""

    def account(*options: str, **roles: str) -> str:
        name = f"p{uuid.uuid4().hex[:12]}"
        run("create-user", name, "--password-file", password_file, *options)
        for number, role in roles.items():
            run("set-role", name, role, "--project", number[1:], "--issuer", ISSUER)
        return name

    return account


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return iter(range(600, 900))


@pytest.fixture
def project(run: Callable[..., str], numbers: Iterator[int]) -> Callable[..., str]:
    """Registers projects; returns their numbers."""

    def project(*options: str) -> str:
        number = str(next(numbers))
        run("register-project", number, "--namespace", "72", "--issuer", ISSUER, "--path", f"km3net/p{number}", *options)
        return number

    return project


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes repositories of plots, each with kids of its own, that may be published."""

    def repository() -> Path:
        return templating.new("public-plots", tmp_path_factory.mktemp("repository") / "plots", defaults=True)

    return repository
