"""Both kinds of archive, a folder and a real data center as a child process, and what may happen to a journal."""

import shutil

import pytest
from archives_parts import make_bundle

from kpublish.config import ArchiveSettings, Token, host_of
from kpublish.datacenter.server import start


@pytest.fixture
def bundle(tmp_path):
    """A package that no archive knows yet."""
    return make_bundle(tmp_path / "project")


@pytest.fixture
def making(tmp_path):
    """Makes packages; all from one project folder."""
    return lambda **more: make_bundle(tmp_path / "project", **more)


@pytest.fixture(scope="session")
def datacenter(tmp_path_factory):
    """The settings of a data center that all tests share."""
    with start(tmp_path_factory.mktemp("datacenter") / "data") as server:
        token = Token(server.token_file.read_text().strip(), host_of(server.url))
        yield ArchiveSettings("center", "datacenter", server.url, token)


@pytest.fixture(params=["datacenter", "directory"])
def settings(request, tmp_path):
    """Each kind of archive in turn."""
    if request.param == "datacenter":
        return request.getfixturevalue("datacenter")
    return ArchiveSettings("folder", "directory", (tmp_path / "archive").as_uri())


@pytest.fixture
def calm(monkeypatch):
    """No waiting between attempts."""
    waits = []
    monkeypatch.setattr("kpublish.http.sleep", waits.append)
    return waits


@pytest.fixture(params=["kept", "lost", "torn"])
def fate(request):
    """What happens to the journal after a crash."""

    def strike(root):
        folder = root / ".kpublish"
        if folder.exists():
            if request.param == "torn":
                with open(folder / "journal.jsonl", "ab") as stream:
                    stream.write(b'{"event": "inte')
            elif request.param == "lost":
                shutil.rmtree(folder)

    return strike
