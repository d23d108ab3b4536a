"""Content in a bucket that speaks S3: kept, read from any place on, lost, cut off in the middle, checked."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import Client, client_of
from datacenter_services import CREDENTIALS, client_of_bucket, line_to, moto, place

from kpublish.datacenter.server import start
from kpublish.datacenter.storage import content_store
from kpublish.errors import ConfigurationError, IntegrityError, StorageUnavailable

BODY = bytes(range(256)) * 40
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    from django.conf import UserSettingsHolder, global_settings, settings  # here: doctest would look into it

    before = settings._wrapped
    settings._wrapped = UserSettingsHolder(global_settings)  # django-storages asks; later modules have their own
    with moto() as port:
        yield port
    settings._wrapped = before


@pytest.fixture
def bucket(server: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket, and in the environment who we are."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    name = f"opendata-{uuid.uuid4().hex[:8]}"
    client_of_bucket(server).create_bucket(Bucket=name)
    return name


@pytest.fixture
def store(bucket: str, server: int, tmp_path: Path) -> Any:
    return content_store(tmp_path, place(bucket, server, "content"))


@pytest.fixture
def serving(bucket: str, server: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Client]]:
    """Starts a data center whose content is in the bucket, behind a line that can be cut."""
    with line_to(server) as line:
        monkeypatch.setenv("KPUBLISH_DC_STORAGE", place(bucket, line.port))
        with start(tmp_path / "data") as running:
            client = client_of(running)
            with client.http:
                yield lambda: (client, line)


# --- the store by itself


def test_content_is_kept_under_its_checksum_and_read_from_any_place_on(store: Any) -> None:
    assert not store.holds(SHA, len(BODY))
    with pytest.raises(FileNotFoundError):
        store.open(SHA)
    store.receive([BODY[:3], BODY[3:]], SHA, len(BODY))
    store.sync([SHA])
    assert (store.holds(SHA, len(BODY)), store.holds(SHA, 3)) == (True, False)
    with store.open(SHA) as stream:
        assert stream.read(10) + stream.read() == BODY
    with store.open(SHA, 1000) as stream:
        assert stream.read() == BODY[1000:]
    assert [(found.name, found.kind, found.size) for found in store.listed()] == [(SHA, "content", len(BODY))]


@pytest.mark.parametrize("blocks", [[], [BODY[:-1]], [BODY, b"x"], [BODY[:-1], b"x"]])
def test_other_bytes_are_refused_and_leave_nothing(store: Any, blocks: list[bytes], tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="are not those of sha256"):
        store.receive(blocks, SHA, len(BODY))
    assert [*store.listed(), *tmp_path.iterdir()] == []


def test_what_is_listed_can_be_removed(store: Any, bucket: str, server: int) -> None:
    store.receive([BODY], SHA, len(BODY))
    s3 = client_of_bucket(server)
    s3.create_multipart_upload(Bucket=bucket, Key=store.key("0" * 64))
    s3.put_object(Bucket=bucket, Key="content/notes.txt", Body=b"mine")
    s3.put_object(Bucket=bucket, Key="elsewhere/notes.txt", Body=b"not ours")
    found = list(store.listed())
    assert sorted(item.kind for item in found) == ["content", "part", "strange"]
    for item in [*found, *found]:
        store.remove(item)
    assert list(store.listed()) == []


def test_a_bucket_that_is_not_there_or_does_not_answer_is_told(server: int, bucket: str, tmp_path: Path) -> None:
    store = content_store(tmp_path, place("nothing", server))
    with pytest.raises(StorageUnavailable, match="failed"):
        store.probe()
    with line_to(server) as line:
        line.is_cut = True
        with pytest.raises(StorageUnavailable, match="failed"):
            content_store(tmp_path, place(bucket, line.port)).receive([BODY], SHA, len(BODY))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://bucket", "names no bucket"),
        ("s3://key:secret@bucket", "names no bucket"),
        ("s3://bucket?endpoint=http://example.org", "not https"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_sentence(address: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=told):
        content_store(tmp_path, address)


# --- a data center on it


def test_a_release_is_published_to_a_bucket_and_downloads_go_on_where_they_broke_off(serving: Any, release: Any) -> None:
    client, _ = serving()
    path = release.with_large(20_000_000)
    client.bring(release)
    assert not (client.server.token_file.parent / "content").exists()
    body = release.contents[path]
    whole = client.page(f"/r/{release.kid}/1.0.0/files/{path}")
    assert (whole.status_code, whole.content, whole.headers["Content-Length"]) == (200, body, str(len(body)))
    rest = client.page(f"/r/{release.kid}/1.0.0/files/{path}", headers={"Range": "bytes=19000000-"})
    assert (rest.status_code, rest.content) == (206, body[19_000_000:])
    assert rest.headers["Content-Range"] == f"bytes 19000000-{len(body) - 1}/{len(body)}"


@pytest.mark.parametrize("passed", [0, 1000, 9_000_000])
def test_an_upload_that_the_bucket_does_not_take_is_503_and_can_be_repeated(serving: Any, release: Any, passed: int) -> None:
    client, line = serving()
    path = release.with_large(20_000_000)
    client.open(release)
    line.cut_after(passed)
    answer = client.send(release, path)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "storage-unavailable", "2")
    assert "127.0.0.1" not in answer.text
    line.mend()
    assert path not in client.state(release).json()["files"]
    client.bring(release)
    assert client.page(f"/r/{release.kid}/1.0.0/files/{path}").content == release.contents[path]


def test_an_object_that_was_lost_is_404_and_told_by_fsck(serving: Any, release: Any, server: int, bucket: str) -> None:
    client, _ = serving()
    client.bring(release)
    sha = release.sha256("data/aeff.ecsv")
    client_of_bucket(server).delete_object(Bucket=bucket, Key=f"{sha[:2]}/{sha}")
    assert client.ask("GET", f"/files/{sha}", token="").status_code == 404
    command = [sys.executable, "-m", "kpublish", "datacenter", "fsck", "--data", str(client.server.token_file.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, f"missing: {sha}" in done.stdout) == (6, True), done.stderr
    client_of_bucket(server).put_object(Bucket=bucket, Key=f"{sha[:2]}/{sha}", Body=release.contents["data/aeff.ecsv"])
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_pages_of_a_data_center_whose_bucket_is_away_say_so(serving: Any, release: Any) -> None:
    client, line = serving()
    client.bring(release)
    line.is_cut = True
    assert client.page(f"/r/{release.kid}/1.0.0").status_code == 200
    gone = client.page(f"/r/{release.kid}/1.0.0/files/README.md")
    assert (gone.status_code, "storage does not answer" in gone.text) == (503, True)
    line.mend()
    assert client.page(f"/r/{release.kid}/1.0.0/files/README.md").status_code == 200
