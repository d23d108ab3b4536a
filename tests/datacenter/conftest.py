"""A real data center as a child process, and made-up releases to bring to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from datacenter_parts import Client, Made, client_of, made
from datacenter_services import new_database, postgres

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
