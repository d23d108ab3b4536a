"""Large files go on where a line broke, a server died or a run was killed: our client, and a real data center."""

from __future__ import annotations

import fcntl
import io
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import Client, Made, Tus, client_of, uploading
from datacenter_services import Line, client_of_bucket, line_to, moto, older, place, until

from kpublish import cli, repository, templating
from kpublish.archives import datacenter as center
from kpublish.archives import going_on
from kpublish.config import ArchiveSettings, Token, host_of
from kpublish.datacenter.server import start
from kpublish.errors import IntegrityError, Refused, Unreachable
from kpublish.http import Session
from kpublish.model.bundle import Release

SIZE, MEGABYTE = 8_000_000, 1024**2


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Files above 1 MB go in pieces of 3 MB; what is asked for: verbs, and where pieces begin."""
    monkeypatch.setattr(going_on, "LARGE", 1_000_000)
    monkeypatch.setattr(going_on, "PIECE", 3_000_000)
    seen, fields = [], Session.fields

    def noting(self: Session, verb: str, url: str, **how: Any) -> Any:
        seen.append((verb, int(how["headers"].get("Upload-Offset", -1))))
        return fields(self, verb, url, **how)

    monkeypatch.setattr(Session, "fields", noting)
    return seen


@pytest.fixture
def tus(datacenter: Client, release: Made) -> Tus:
    return uploading(datacenter, release, SIZE)


def _archive(tus: Tus, port: int = 0) -> Any:
    """The client, straight to the server or through another port."""
    url = f"http://127.0.0.1:{port or tus.client.server.url.rpartition(':')[2]}"
    return center.connect(ArchiveSettings("center", "datacenter", url, Token(tus.client.token, host_of(url))))


def _send(tus: Tus, archive: Any, body: bytes | None = None) -> Any:
    """The file as it stands in a package: with other bytes before and after it."""
    content = io.BytesIO(b"before" + (tus.body if body is None else body) + b"after")
    content.seek(6)
    release = Release.model_validate(tus.release.document)
    return archive.send(release, release.files[-1], content)


def _arrived(tus: Tus) -> bool:
    return bool(tus.client.bring(tus.release)) and _downloaded(tus) == tus.body


def _downloaded(tus: Tus) -> bytes:
    return tus.client.page(f"/r/{tus.release.kid}/1.0.0/files/{tus.path}").content


@contextmanager
def _line(tus: Tus, monkeypatch: pytest.MonkeyPatch, *, mends: bool = True) -> Iterator[Line]:
    """A line to the server; the client waits before it tries again, and meanwhile the line is mended."""
    with line_to(int(tus.client.server.url.rpartition(":")[2])) as line:
        monkeypatch.setattr("kpublish.http.sleep", lambda _: line.mend() if mends else None)
        yield line


def test_a_large_file_goes_in_pieces_and_a_small_one_whole(tus: Tus, asked: list[Any]) -> None:
    state = _send(tus, _archive(tus))
    assert asked == [("POST", -1), ("PATCH", 0), ("PATCH", 3_000_000), ("PATCH", 6_000_000)]
    assert state.files[tus.path].sha256 == tus.sha256
    assert _arrived(tus)
    asked.clear()
    assert tus.path in _send(tus, _archive(tus)).files
    assert asked == [("POST", -1)]  # nothing is sent twice
    archive, release = _archive(tus), Release.model_validate(tus.release.document)
    archive.send(release, release.files[0], io.BytesIO(tus.release.contents["data/aeff.ecsv"]))
    assert asked == [("POST", -1)]


def test_a_broken_line_goes_on_where_it_broke(tus: Tus, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with _line(tus, monkeypatch) as line:
        line.cut_after(5_000_000)
        state = _send(tus, _archive(tus, line.port))
    assert tus.path in state.files
    verbs = [verb for verb, _ in asked]
    assert verbs[:5] == ["POST", "PATCH", "PATCH", "HEAD", "PATCH"]
    assert "POST" not in verbs[5:]  # what was still on its way may have come after the question
    (broken, after) = (asked[2][1], asked[4][1])
    assert broken == 3_000_000 <= after <= 5_000_000
    assert _arrived(tus)


def test_a_line_that_stays_broken_is_an_error_and_the_next_run_goes_on(
    tus: Tus, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _line(tus, monkeypatch, mends=False) as line:
        line.cut_after(5_000_000)
        with pytest.raises(Unreachable) as caught:
            _send(tus, _archive(tus, line.port))
        assert "run the same command again" in str(caught.value.remedy)
        asked.clear()
        line.cut_after(SIZE - 2_000_000)  # all of it would not pass
        assert tus.path in _send(tus, _archive(tus, line.port)).files
    assert asked[1][1] >= 3_000_000
    assert _arrived(tus)


def test_a_server_that_is_killed_and_comes_back_goes_on(
    tmp_path: Path, release: Made, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = [start(tmp_path / "data")]
    tus = uploading(client_of(servers[0]), release, SIZE)
    port, archive = int(servers[0].url.rpartition(":")[2]), _archive(tus)
    content = io.BytesIO(tus.body)

    class Deadly:
        """The file, whose reader sees the server die after 4 MB."""

        def read(self, count: int = -1) -> bytes:
            if content.tell() > 4_000_000 and len(servers) == 1:
                servers[0].process.kill()
                servers[0].process.wait()
                servers.append(start(tmp_path / "data", port))
            return content.read(count)

        seek, tell = content.seek, content.tell

    monkeypatch.setattr("kpublish.http.sleep", lambda _: None)
    described = Release.model_validate(release.document)
    try:
        assert tus.path in archive.send(described, described.files[-1], Deadly()).files
        assert [verb for verb, _ in asked][:4] == ["POST", "PATCH", "PATCH", "HEAD"]
        assert asked[4][1] >= 3_000_000
        tus.client = client_of(servers[1])
        assert _arrived(tus)
    finally:
        for server in servers:
            server.stop()


CHILD = """
import io, sys, time
from kpublish.archives import going_on
from kpublish.archives.datacenter import connect
from kpublish.config import ArchiveSettings, Token, host_of
from kpublish.model.bundle import Release
going_on.LARGE, going_on.PIECE = 1_000_000, 3_000_000
class Slow(io.FileIO):
    def read(self, count=-1):
        if self.tell() >= 5_000_000:
            print("here", flush=True)
            time.sleep(600)
        return super().read(count)
url, token, document, path = sys.argv[1:]
release = Release.model_validate_json(open(document).read())
connect(ArchiveSettings("center", "datacenter", url, Token(token, host_of(url)))).send(release, release.files[-1], Slow(path))
"""


def test_a_client_that_is_killed_goes_on_in_the_next_run(tus: Tus, asked: list[Any], tmp_path: Path) -> None:
    document, file = tmp_path / "release.json", tmp_path / "large.bin"
    document.write_text(Release.model_validate(tus.release.document).model_dump_json())
    file.write_bytes(tus.body)
    command = [sys.executable, "-c", CHILD, tus.client.server.url, tus.client.token, str(document), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "here\n"
        child.kill()
    until(lambda: tus.offset >= 4_900_000)  # the server takes what was under way
    asked.clear()
    assert tus.path in _send(tus, _archive(tus)).files
    assert [verb for verb, _ in asked] == ["POST", "PATCH", "PATCH"][: len(asked)]
    assert asked[1][1] >= 4_900_000
    assert _arrived(tus)


@pytest.mark.parametrize("status", [404, 405])
def test_an_older_data_center_gets_the_file_whole(tus: Tus, asked: list[Any], status: int) -> None:
    with older(int(tus.client.server.url.rpartition(":")[2]), status) as port:
        archive = _archive(tus, port)
        for _ in range(2):
            assert tus.path in _send(tus, archive).files
    assert asked == [("POST", -1)]  # it is not asked again
    assert _arrived(tus)


def test_two_clients_send_one_file_at_once(tus: Tus, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpublish.http.sleep", lambda _: time.sleep(0.01))
    monkeypatch.setattr(going_on, "PIECE", 500_000)
    with ThreadPoolExecutor(2) as pool:
        states = list(pool.map(lambda _: _send(tus, _archive(tus)), range(2)))
    assert [state.files[tus.path].sha256 for state in states] == [tus.sha256] * 2
    assert _arrived(tus)


def test_other_bytes_than_the_release_names_are_refused(tus: Tus, asked: list[Any]) -> None:
    with pytest.raises(IntegrityError) as caught:
        _send(tus, _archive(tus), bytes(SIZE))
    assert caught.value.remedy
    assert (tus.part.exists(), tus.has_arrived) == (False, False)
    assert tus.path in _send(tus, _archive(tus)).files


def test_a_token_that_may_not_write_is_refused_at_once(tus: Tus, asked: list[Any]) -> None:
    with pytest.raises(Refused):
        _send(tus, _archive(replace(tus, client=Client(tus.client.server, "wrong"))))
    assert asked == [("POST", -1)]


def test_a_part_that_was_removed_meanwhile_is_sent_again(tus: Tus, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpublish.http.sleep", lambda _: None)
    body, reads = io.BytesIO(tus.body), []
    seek = body.seek

    class Vanishing:
        def seek(self, place: int) -> int:
            if place == 3_000_000 and not reads:
                reads.append(place)
                tus.part.unlink()
            return seek(place)

        read, tell = body.read, body.tell

    release = Release.model_validate(tus.release.document)
    assert tus.path in _archive(tus).send(release, release.files[-1], Vanishing()).files
    assert asked[2:6] == [("PATCH", 3_000_000), ("HEAD", -1), ("POST", -1), ("PATCH", 0)]
    assert _arrived(tus)


def test_a_client_waits_while_another_request_verifies_the_file(
    tus: Tus, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tus.begin()
    tus.part.write_bytes(tus.body)
    with open(tus.part, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        monkeypatch.setattr("kpublish.http.sleep", lambda _: fcntl.flock(held, fcntl.LOCK_UN))
        assert tus.path in _send(tus, _archive(tus)).files
    assert asked == [("POST", -1), ("POST", -1)]


def test_a_release_whose_line_broke_goes_on_in_the_next_run(
    datacenter: Client, asked: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(going_on, "LARGE", 1000)
    monkeypatch.setattr(going_on, "PIECE", 20_000)
    plots = templating.new("public-plots", tmp_path / "plots", {"slug": "plots", "version": "1.0.0"}, defaults=True)
    repository.tag(plots, "v1.0.0")
    with line_to(int(datacenter.server.url.rpartition(":")[2])) as line:
        monkeypatch.setattr("kpublish.http.sleep", lambda _: None)
        monkeypatch.setenv("KPUBLISH_DATACENTER_URL", f"http://127.0.0.1:{line.port}")
        monkeypatch.setenv("KPUBLISH_DATACENTER_TOKEN_FILE", str(datacenter.server.token_file))
        line.cut_after(60_000)
        assert cli.run(["release", str(plots)]) == 3
        begun = {place for verb, place in asked if verb == "PATCH"}
        asked.clear()
        line.mend()
        assert cli.run(["release", str(plots)]) == 0
    assert begun
    assert {"POST", "PATCH"} == {verb for verb, _ in asked}


def test_parts_for_a_bucket_wait_on_disk_until_it_answers(
    release: Made, asked: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "planted-key-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted-secret-key")
    with moto() as port, line_to(port) as line:
        client_of_bucket(port).create_bucket(Bucket="opendata")
        monkeypatch.setenv("KPUBLISH_DC_STORAGE", place("opendata", line.port))
        with start(tmp_path / "data") as server:
            tus = uploading(client_of(server), release, SIZE)
            tus.begin()
            tus.add(0, 3_000_000)
            line.is_cut = True
            answer = tus.add(3_000_000)
            assert (answer.status_code, answer.json()["code"], tus.part.stat().st_size) == (503, "storage-unavailable", SIZE)
            line.mend()
            assert (tus.offset, tus.has_arrived, tus.part.exists()) == (SIZE, True, False)
            assert _arrived(tus)
            assert not (tmp_path / "data" / "content").exists()
            tus.client.http.close()
