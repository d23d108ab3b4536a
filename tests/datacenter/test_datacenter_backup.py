"""``kpublish datacenter backup``, ``restore`` and ``reindex``: whole, while the server runs, from one database to another."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import Client, client_of, made
from datacenter_services import CREDENTIALS, client_of_bucket, fsck, kpublish, moto, place

from kpublish.datacenter.server import start

Environment = dict[str, str]


def _told(client: Any, releases: list[Any]) -> Any:
    """Everything that a reader, and the owner, can know."""
    states = [client.state(release).json() for release in releases]
    for state in states:
        state["url"], state["review"] = "", {**(state["review"] or {}), "link": ""}
    found = client.ask("GET", "/search", params={"q": "area"}).json()
    listed = [(entry["kid"], entry["version"]) for entry in found["results"]]
    bodies = [client.page(f"/r/{release.kid}/1.0.0/files/{path}").content for release in releases for path in release.contents]
    return states, listed, found["facets"], bodies, _collections(client)


def _collections(client: Any) -> list[tuple[int, str]]:
    """What is told of a collection, of its version, and of the withdrawn one that it names; wherever the server is."""
    paths = []
    for one in client.ask("GET", "/collections").json()["results"]:
        paths += [one["kid"], f"{one['kid']}/versions/1.0.0", one["description"]]
    answers = [client.ask("GET", f"/collections/{path}") for path in paths]
    return [(answer.status_code, answer.text.replace(client.server.url, "")) for answer in answers]


def _collect(client: Any, release: Any) -> None:
    """A collection with a version, amended since, and a withdrawn one."""
    said = {"title": "Wrong analysis", "kind": "analysis"}
    wrong = client.ask("POST", "/collections", json=said).json()["kid"]
    kid = client.ask("POST", "/collections", json={**said, "title": "Analysis", "description": wrong}).json()["kid"]
    client.ask("PUT", f"/collections/{kid}/members/{release.kid}")
    assert client.ask("POST", f"/collections/{kid}/versions", json={"version": "1.0.0"}).status_code == 201
    assert client.ask("PATCH", f"/collections/{kid}", json={"title": "Amended analysis"}).status_code == 200
    assert client.ask("POST", f"/collections/{wrong}/withdraw", json={"reason": "wrong"}).status_code == 200
    assert [status for status, _ in _collections(client)] == [200, 200, 410]


def _fill(client: Any) -> list[Any]:
    """A published, an amended, a withdrawn release, one in review and a draft; collections."""
    releases = [made(title=f"Area {number}") for number in range(5)]
    for release in releases[:3]:
        client.bring(release)
    where = [f"/releases/{release.kid}/1.0.0" for release in releases]
    document = {**releases[1].document, "resource": {**releases[1].document["resource"], "title": "Amended area"}}
    assert client.ask("PATCH", where[1], json={"release": document}).status_code == 200
    assert client.ask("POST", f"{where[2]}/withdraw", json={"reason": "wrong"}).status_code == 200
    for release in releases[3:]:
        client.open(release)
        client.send(release, "data/aeff.ecsv")
    _collect(client, releases[0])
    client.ask("PUT", f"{where[3]}/records/zenodo", json={"archive": "zenodo", "kind": "invenio_rdm", "id": "1"})
    return releases


@pytest.fixture
def serving() -> Iterator[Callable[..., Client]]:
    """Starts data centers on whatever database and storage."""
    clients: list[Client] = []

    def begin(data: Path, environment: Environment) -> Client:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            clients.append(client_of(start(data)))
        return clients[-1]

    yield begin
    for client in clients:
        client.http.close()
        client.server.stop()


def _run(environment: Environment, *arguments: Any) -> Any:
    return kpublish("datacenter", *arguments, env={**os.environ, **environment})


@pytest.fixture(scope="module")
def bucket() -> Iterator[Environment]:
    with moto() as port:
        client_of_bucket(port).create_bucket(Bucket="opendata")
        yield {**CREDENTIALS, "KPUBLISH_DC_STORAGE": place("opendata", port)}


def _place(name: str, request: pytest.FixtureRequest) -> Environment:
    environment = {}
    if "postgresql" in name:
        environment["KPUBLISH_DC_DATABASE"] = request.getfixturevalue("new_postgres")()
    if "s3" in name:
        environment |= request.getfixturevalue("bucket")
    return environment


_POSTGRES = pytest.mark.postgresql


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param("s3", "sqlite", marks=pytest.mark.long),
        pytest.param("sqlite", "postgresql", marks=[_POSTGRES, pytest.mark.long]),
        pytest.param("postgresql", "sqlite s3", marks=_POSTGRES),
    ],
)
def test_what_is_restored_is_what_was_backed_up(
    request: pytest.FixtureRequest, tmp_path: Path, serving: Any, source: str, target: str
) -> None:
    one, other = _place(source, request), _place(target, request)
    client = serving(tmp_path / "one", one)
    releases = _fill(client)
    done = _run(one, "backup", tmp_path / "backup.zip", "--data", tmp_path / "one")
    assert done.returncode == 0, done.stderr
    done = _run(other, "restore", tmp_path / "backup.zip", "--data", tmp_path / "other")
    assert done.returncode == 0, done.stderr
    fsck(tmp_path / "other", env={**os.environ, **other})
    again = serving(tmp_path / "other", other)
    assert _told(again, releases) == _told(client, releases)
    again.bring(made())  # numbers of rows go on where they were
    assert _told(again, [again.bring(releases[4])])[0][0]["status"] == "published"


def test_a_backup_is_private_holds_no_secret_and_does_not_overwrite(tmp_path: Path, serving: Any) -> None:
    client = serving(tmp_path / "data", {})
    client.bring(made())
    assert _run({}, "backup", tmp_path / "backup.zip", "--data", tmp_path / "data").returncode == 0
    written = (tmp_path / "backup.zip").read_bytes()
    assert (tmp_path / "backup.zip").stat().st_mode & 0o077 == 0
    key = (tmp_path / "data" / "secret_key").read_bytes()
    assert (client.token.encode() in written, key in written) == (False, False)
    again = _run({}, "backup", tmp_path / "backup.zip", "--data", tmp_path / "data")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    assert (tmp_path / "backup.zip").read_bytes() == written


@pytest.mark.long
def test_a_backup_while_releases_are_published_holds_whole_versions(tmp_path: Path, serving: Any) -> None:
    client = serving(tmp_path / "data", {})
    client.bring(made())
    ended = threading.Event()
    brought: list[Any] = []

    def publish() -> None:
        while not ended.is_set():
            brought.append(client.bring(made()))

    publishing = threading.Thread(target=publish)
    publishing.start()
    backups = [tmp_path / f"{number}.zip" for number in range(2)]
    done = [_run({}, "backup", path, "--data", tmp_path / "data") for path in backups]
    ended.set()
    publishing.join()
    assert [result.returncode for result in done] == [0, 0], done
    for number, path in enumerate(backups):
        target = tmp_path / f"restored-{number}"
        assert _run({}, "restore", path, "--data", target).returncode == 0
        fsck(target)
        with closing(sqlite3.connect(target / "datacenter.sqlite3")) as database:
            incomplete = "SELECT count(*) FROM datacenter_file f JOIN datacenter_version v ON v.id = f.version_id"
            assert database.execute(f"{incomplete} WHERE v.status = 'published' AND NOT f.arrived").fetchone() == (0,)
    assert brought


def _damage(path: Path, how: str) -> None:
    body = bytearray(path.read_bytes())
    if how == "bit":
        body[body.index(b"energy,aeff") + 3] ^= 1
    elif how == "rows":
        body[body.index(b'"status": "published"') + 12] ^= 1
    elif how == "cut":
        del body[-1000:]
    elif how == "end":
        del body[-5:]
    path.write_bytes(b"no zip at all" if how == "other" else body)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of one release."""
    folder = tmp_path_factory.mktemp("small")
    with start(folder / "data") as server:
        client = client_of(server)
        client.bring(made())
        client.http.close()
        assert _run({}, "backup", folder / "backup.zip", "--data", folder / "data").returncode == 0
    return folder / "backup.zip"


@pytest.mark.parametrize("how", ["bit", "rows", "cut", "end", "other"])
def test_a_damaged_backup_is_refused_before_anything_is_written(tmp_path: Path, small: Path, how: str) -> None:
    shutil.copy(small, tmp_path / "backup.zip")
    _damage(tmp_path / "backup.zip", how)
    done = _run({}, "restore", tmp_path / "backup.zip", "--data", tmp_path / "other")
    assert (done.returncode, "Traceback" in done.stderr) == (6, False), done.stderr
    assert not (tmp_path / "other" / "content").exists()


def test_another_file_of_a_backup_cannot_be_smuggled_in(tmp_path: Path, small: Path) -> None:
    shutil.copy(small, tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip", "a") as archive:
        archive.writestr("../../token", b"planted")
    done = _run({}, "restore", tmp_path / "backup.zip", "--data", tmp_path / "other")
    assert (done.returncode, "manifest" in done.stderr) == (6, True), done.stderr


def test_only_an_empty_data_center_is_restored_into(tmp_path: Path, serving: Any) -> None:
    client = serving(tmp_path / "data", {})
    client.bring(made())
    assert _run({}, "backup", tmp_path / "backup.zip", "--data", tmp_path / "data").returncode == 0
    client.server.stop()
    done = _run({}, "restore", tmp_path / "backup.zip", "--data", tmp_path / "data")
    assert (done.returncode, "not empty" in done.stderr) == (2, True), done.stderr
    assert _run({}, "restore", tmp_path / "nothing.zip", "--data", tmp_path / "other").returncode == 2


def test_published_content_that_is_lost_stops_a_backup_and_a_drafts_is_asked_for_again(tmp_path: Path, serving: Any) -> None:
    client = serving(tmp_path / "data", {})
    release, draft = made(), made()
    client.open(draft)
    client.send(draft, "data/aeff.ecsv")
    content = tmp_path / "data" / "content"
    sha = draft.sha256("data/aeff.ecsv")
    (content / sha[:2] / sha).unlink()
    assert _run({}, "backup", tmp_path / "one.zip", "--data", tmp_path / "data").returncode == 0
    assert _run({}, "restore", tmp_path / "one.zip", "--data", tmp_path / "other").returncode == 0
    again = serving(tmp_path / "other", {})
    assert again.state(draft).json()["files"] == {}
    client.bring(release)
    sha = release.sha256("data/aeff.ecsv")
    (content / sha[:2] / sha).unlink()
    done = _run({}, "backup", tmp_path / "two.zip", "--data", tmp_path / "data")
    assert (done.returncode, sha in done.stderr, (tmp_path / "two.zip").exists()) == (6, True, False)
    assert not list(tmp_path.glob(".*"))


def test_the_catalogue_is_made_anew_while_the_server_runs(tmp_path: Path, serving: Any) -> None:
    client = serving(tmp_path / "data", {})
    releases = _fill(client)
    before, all_facets = _told(client, releases), client.ask("GET", "/search").json()["facets"]
    with closing(sqlite3.connect(tmp_path / "data" / "datacenter.sqlite3")) as database:
        database.execute("DELETE FROM datacenter_facet")
        database.execute("DELETE FROM datacenter_listing")
        database.execute("DELETE FROM datacenter_tally WHERE id % 2")
        database.execute("DELETE FROM datacenter_words WHERE rowid % 2")
        database.execute("INSERT INTO datacenter_words(rowid, title, names, text) VALUES (9999, 'area', 'area', 'area')")
        database.commit()
    assert client.ask("GET", "/search", params={"q": "area"}).json()["results"] == []
    done = _run({}, "reindex", "--data", tmp_path / "data")
    assert (done.returncode, "2 releases are listed" in done.stdout) == (0, True), done.stderr
    assert _told(client, releases)[1] == before[1]
    assert client.ask("GET", "/search").json()["facets"] == all_facets
    with closing(sqlite3.connect(tmp_path / "data" / "datacenter.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM datacenter_words WHERE rowid = 9999").fetchone() == (0,)


def test_a_large_file_stands_in_a_backup_byte_for_byte(tmp_path: Path, serving: Any) -> None:
    client = serving(tmp_path / "data", {})
    release = made()
    release.contents["README.md"] = random.Random(1).randbytes(40_000_000)
    entry = next(item for item in release.document["files"] if item["path"] == "README.md")
    entry |= {"size": 40_000_000, "sha256": release.sha256("README.md")}
    client.bring(release)
    assert _run({}, "backup", tmp_path / "backup.zip", "--data", tmp_path / "data").returncode == 0
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        sha = release.sha256("README.md")
        assert archive.read(f"content/{sha[:2]}/{sha}") == release.contents["README.md"]
        assert archive.testzip() is None
