"""Files that arrive in parts by tus 1.0.0: continued, refused, verified, forgotten; also by a client that others wrote."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import Client, Made, Tus, client_of, made, uploading
from datacenter_services import fsck, kpublish, production, until

DAY = 24 * 3600


@pytest.fixture
def tus(datacenter: Client, release: Made) -> Tus:
    """A draft with a file of 4 MB that is to come."""
    return uploading(datacenter, release)


def _checksum(algorithm: str, body: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


def _published(tus: Tus) -> bytes:
    """The bytes of the file, once the release is published."""
    tus.client.bring(tus.release)
    return tus.client.page(f"/r/{tus.release.kid}/1.0.0/files/{tus.path}").content


# --- as it should be


def test_the_server_says_what_it_can_to_everyone(tus: Tus) -> None:
    for address in (tus.uploads, f"{tus.uploads}/{tus.sha256}"):
        answer = tus.client.ask("OPTIONS", address, token="")
        assert (answer.status_code, answer.headers["Tus-Resumable"], answer.headers["Tus-Version"]) == (204, "1.0.0", "1.0.0")
        assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,checksum,expiration,termination"
        assert "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")


def test_a_file_that_arrives_in_parts_is_moved_and_not_copied(tus: Tus) -> None:
    begun = tus.begin()
    assert (begun.status_code, begun.content, begun.headers["Upload-Offset"]) == (201, b"", "0")
    assert begun.headers["Location"] == f"/api/v1{tus.uploads}/{tus.sha256}"
    added = tus.add(0, 3_000_000)
    assert (added.status_code, added.content, added.headers["Upload-Offset"]) == (204, b"", "3000000")
    assert "GMT" in added.headers["Upload-Expires"]
    looked = tus.look()
    assert (looked.status_code, looked.headers["Upload-Offset"], looked.headers["Upload-Length"]) == (200, "3000000", "4000000")
    assert looked.headers["Cache-Control"] == "no-store"
    assert not tus.has_arrived
    inode = tus.part.stat().st_ino
    added = tus.add(3_000_000)
    assert (added.status_code, added.headers["Upload-Offset"], "Upload-Expires" in added.headers) == (204, "4000000", False)
    stored = tus.part.parent.parent / "content" / tus.sha256[:2] / tus.sha256
    assert (stored.stat().st_ino, stored.stat().st_nlink, tus.part.exists()) == (inode, 1, False)
    assert (tus.offset, tus.has_arrived) == (4_000_000, True)
    assert _published(tus) == tus.body


def test_an_upload_that_is_begun_again_goes_on(tus: Tus) -> None:
    tus.begin()
    tus.add(0, 1_500_001)
    assert tus.begin().headers["Upload-Offset"] == "1500001"
    assert tus.add(1_500_001).status_code == 204
    assert tus.has_arrived


def test_the_first_part_may_come_with_the_beginning(tus: Tus) -> None:
    kind = {"content_type": "application/offset+octet-stream"}
    assert tus.begin(data=tus.body[:1000], **kind).headers["Upload-Offset"] == "1000"
    assert tus.begin(data=tus.body[:2000], **kind).headers["Upload-Offset"] == "1000"  # it was begun: nothing is taken
    assert tus.add(1000).status_code == 204
    assert tus.has_arrived


def test_an_empty_file_needs_no_part(datacenter: Client, release: Made) -> None:
    tus = uploading(datacenter, release, 0)
    assert (tus.begin().status_code, tus.has_arrived) == (201, True)


def test_a_method_may_be_named_in_a_header(tus: Tus) -> None:
    tus.begin()
    about = {"upload_offset": "0", "content_type": "application/offset+octet-stream", "x_http_method_override": "PATCH"}
    address = f"{tus.uploads}/{tus.sha256}"
    assert tus.ask("POST", address, data=tus.body[:9], **about).headers["Upload-Offset"] == "9"
    assert tus.ask("POST", address, x_http_method_override="HEAD").headers["Upload-Offset"] == "9"
    assert tus.ask("POST", address, x_http_method_override="DELETE").status_code == 204
    assert tus.ask("POST", address, x_http_method_override="PUT").status_code == 405


def test_content_that_this_release_may_have_need_not_be_sent(tus: Tus) -> None:
    tus.begin()
    tus.add(0)
    client, release = tus.client, tus.release
    client.bring(release)
    version = made(release.kid, "1.1.0")
    version.contents[tus.path] = tus.body
    version.document["files"].append(next(entry for entry in release.document["files"] if entry["path"] == tus.path))
    client.open(version)
    later = Tus(client, version, tus.path)
    assert later.begin().headers["Upload-Offset"] == "4000000"
    assert (later.offset, later.has_arrived, later.part.exists()) == (4_000_000, True, False)


def test_content_of_a_foreign_draft_has_to_be_shown(tus: Tus, making: Callable[..., Made]) -> None:
    tus.begin()
    tus.add(0)
    other = making()
    other.contents[tus.path] = tus.body
    other.document["files"].append(tus.release.document["files"][-1])
    tus.client.open(other)
    later = Tus(tus.client, other, tus.path)
    assert later.begin().headers["Upload-Offset"] == "0"
    assert later.add(0).headers["Upload-Offset"] == "4000000"
    assert (later.has_arrived, later.part.exists()) == (True, False)


@pytest.mark.parametrize("checksums", [False, True])
def test_a_client_of_others_uploads_and_goes_on(tus: Tus, checksums: bool) -> None:
    from tusclient.client import TusClient

    file = io.BytesIO(tus.body)
    url = f"{tus.client.server.url}/api/v1{tus.uploads}"
    theirs = TusClient(url, headers={"Authorization": f"Bearer {tus.client.token}"})
    about = {"metadata": {"filename": "large.bin", "sha256": tus.sha256}, "chunk_size": 1_000_000, "upload_checksum": checksums}
    uploader = theirs.uploader(file_stream=file, **about)
    uploader.upload(stop_at=2_000_000)
    assert tus.offset == 2_000_000
    again = theirs.uploader(file_stream=file, url=uploader.url, **about)
    assert again.offset == 2_000_000
    again.upload()
    assert (again.offset, _published(tus) == tus.body) == (4_000_000, True)


# --- what is refused


def _shape(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["detail"]
    assert answer.json()["remedy"]
    assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_a_part_for_another_place_is_refused_with_the_place(tus: Tus) -> None:
    tus.begin()
    tus.add(0, 1000)
    for begin in (0, 999, 1001):
        answer = tus.add(begin)
        _shape(answer, 409, "offset")
        assert (answer.headers["Upload-Offset"], answer.json()["offset"]) == ("1000", 1000)
    assert tus.offset == 1000


def test_other_lengths_than_that_of_the_file_are_refused(tus: Tus) -> None:
    for length in (0, len(tus.body) - 1, len(tus.body) + 1):
        _shape(tus.begin(length), 422, "length")
    assert tus.look().status_code == 404
    tus.begin()
    tus.add(0, 3_999_999)
    _shape(tus.add(3_999_999, body=b"ab"), 413, "too-long")
    assert (tus.offset, tus.has_arrived) == (3_999_999, False)


def test_a_whole_file_with_another_checksum_is_refused_and_forgotten(tus: Tus) -> None:
    tus.begin()
    tus.add(0, 2_000_000)
    _shape(tus.add(2_000_000, body=tus.body[:2_000_000]), 422, "checksum")
    assert (tus.look().status_code, tus.part.exists(), tus.has_arrived) == (404, False, False)
    tus.begin()
    tus.add(0)
    assert _published(tus) == tus.body


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_with_another_checksum_than_stated_is_discarded(tus: Tus, algorithm: str) -> None:
    tus.begin()
    assert tus.add(0, 1000, upload_checksum=_checksum(algorithm, tus.body[:1000])).status_code == 204
    _shape(tus.add(1000, 2000, upload_checksum=_checksum(algorithm, b"other")), 460, "piece-checksum")
    assert tus.offset == 1000
    _shape(tus.add(1000, 2000, upload_checksum="md5 AAAA"), 400, "invalid")
    assert tus.add(1000, upload_checksum=_checksum(algorithm, tus.body[1000:])).status_code == 204
    assert tus.has_arrived


def test_requests_that_say_too_little_are_refused(tus: Tus) -> None:
    tus.begin()
    _shape(tus.add(0, 9, content_type="application/octet-stream"), 415, "unsupported-media-type")
    _shape(tus.add(0, 9, upload_offset="-1"), 400, "invalid")
    _shape(tus.add(0, 9, upload_offset=""), 400, "invalid")
    _shape(tus.begin(upload_metadata="filename Zm9v"), 400, "invalid")
    _shape(tus.begin(upload_metadata="sha256 !"), 400, "invalid")
    _shape(tus.begin(upload_length="many"), 400, "invalid")
    for version in ("0.2.2", ""):
        answer = tus.add(0, 9, tus_resumable=version)
        _shape(answer, 412, "tus-version")
        assert answer.headers["Tus-Version"] == "1.0.0"
    assert tus.offset == 0


def test_a_part_of_unstated_length_is_refused(tus: Tus) -> None:
    tus.begin()
    with closing(HTTPConnection("127.0.0.1", int(tus.client.server.url.rpartition(":")[2]), timeout=60)) as line:
        line.putrequest("PATCH", f"/api/v1{tus.uploads}/{tus.sha256}")
        about = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        for name, value in {**about, "Authorization": f"Bearer {tus.client.token}"}.items():
            line.putheader(name, value)
        line.endheaders()
        answer = line.getresponse()
        assert (answer.status, b"length-required" in answer.read()) == (411, True)


def test_what_is_not_there_is_not_found(tus: Tus) -> None:
    assert tus.look().status_code == 404
    _shape(tus.add(0), 404, "not-found")
    _shape(tus.end(), 404, "not-found")
    name = base64.b64encode(b"0" * 64).decode()
    _shape(tus.begin(upload_metadata=f"sha256 {name}"), 404, "not-found")
    assert tus.ask("HEAD", f"/releases/{tus.release.kid}/9.9.9/uploads/{tus.sha256}").status_code == 404


def test_only_who_may_write_the_draft_uploads(tus: Tus, run: Callable[..., str], tmp_path: Path) -> None:
    tus.begin()
    reader, foreign = tmp_path / "reader", tmp_path / "foreign"
    run("create-token", f"reader {tus.release.kid}", "--role", "reviewer", "--output", str(reader))
    run("create-token", f"foreign {tus.release.kid}", "--role", "publisher", "--kid", made().kid, "--output", str(foreign))
    for token, status in (("", 401), ("wrong", 401), (reader.read_text().strip(), 403), (foreign.read_text().strip(), 403)):
        answers = [call(token=token) for call in (tus.begin, tus.look, tus.end)] + [tus.add(0, 9, token=token)]
        assert [answer.status_code for answer in answers] == [status] * 4
    assert tus.offset == 0


def test_a_leased_draft_takes_no_parts_of_others(tus: Tus) -> None:
    tus.begin()
    tus.client.ask("POST", f"/releases/{tus.release.kid}/1.0.0/lease", json={"holder": "runner 7", "seconds": 60})
    _shape(tus.add(0, 9), 409, "leased")
    _shape(tus.begin(), 409, "leased")
    assert tus.add(0, 9, kpublish_holder="runner 7").status_code == 204


def test_a_published_version_has_all_its_files_and_takes_no_parts(tus: Tus) -> None:
    tus.client.bring(tus.release)
    assert tus.begin().headers["Upload-Offset"] == str(len(tus.body))
    _shape(tus.add(0, 9), 409, "offset")
    _shape(tus.end(), 409, "arrived")
    assert (tus.offset, tus.part.exists()) == (len(tus.body), False)


# --- how it ends


def test_an_upload_can_be_ended(tus: Tus) -> None:
    tus.begin()
    tus.add(0, 1000)
    answer = tus.end()
    assert (answer.status_code, answer.content) == (204, b"")
    assert (tus.look().status_code, tus.part.exists()) == (404, False)


def test_an_upload_that_rested_for_a_day_has_expired_and_can_be_taken_up(tus: Tus) -> None:
    tus.begin()
    tus.add(0, 1000)
    then = time.time() - DAY - 60
    os.utime(tus.part, (then, then))
    assert tus.look().status_code == 410
    _shape(tus.add(1000), 410, "upload-expired")
    assert tus.begin().headers["Upload-Offset"] == "1000"
    assert tus.add(1000).status_code == 204
    assert tus.has_arrived


def test_fsck_removes_parts_that_are_older_than_a_day_and_no_others(tus: Tus, run: Callable[..., str]) -> None:
    tus.begin()
    tus.add(0, 1000)
    young = uploading(tus.client, made())
    young.begin()
    then = time.time() - DAY - 60
    os.utime(tus.part, (then, then))
    strange = tus.part.with_name("notes.txt")
    strange.write_text("mine")
    assert "1 parts of interrupted uploads would be removed" in run("fsck", "--dry-run")
    assert tus.part.exists()
    assert "no content of ours" in run("fsck")
    assert (tus.part.exists(), young.part.exists(), strange.exists()) == (False, True, True)
    strange.unlink()


def test_parts_go_when_their_file_does(tus: Tus) -> None:
    tus.begin()
    tus.add(0, 1000)
    tus.client.open(tus.release)
    assert tus.part.exists()  # the draft is as it was
    tus.client.ask("DELETE", f"/releases/{tus.release.kid}/1.0.0/files", params={"path": tus.path})
    assert not tus.part.exists()
    tus.begin()
    entry = tus.release.document["files"].pop()
    tus.client.open(tus.release)
    assert not tus.part.exists()
    tus.release.document["files"].append(entry)
    tus.client.open(tus.release)
    tus.begin()
    tus.add(0, 1000)
    tus.client.bring(tus.release)  # the file comes whole
    assert not tus.part.exists()


# --- two at once, lines that break, no room


def test_of_two_parts_for_one_place_only_one_is_taken(tus: Tus) -> None:
    tus.begin()
    with tus.half_a_request(0, 1_500_000) as line:  # one block of 1 MB is written, the next one not full
        until(lambda: tus.part.stat().st_size == 1024**2)
        assert tus.add(1024**2, 1_600_000).status_code == 204  # the slow line keeps nobody waiting
        line.sendall(tus.body[1_500_000:])
        assert b" 409 " in line.makefile("rb").readline()
    assert tus.offset == 1_600_000
    tus.add(1_600_000)
    assert _published(tus) == tus.body


def test_what_arrived_before_a_line_broke_is_kept(tus: Tus) -> None:
    tus.begin()
    tus.half_a_request(0, 1_500_000).close()
    until(lambda: tus.offset == 1_500_000)
    tus.half_a_request(1_500_000, 1_500_000).close()
    assert tus.add(1_500_000).status_code == 204
    assert _published(tus) == tus.body


def test_behind_gunicorn_what_arrived_before_a_line_broke_is_kept_and_the_line_goes_on_after_a_part(
    tmp_path: Path, release: Made
) -> None:
    with production(tmp_path / "data", "--workers", "1", "--threads", "4") as server:
        tus = uploading(client_of(server), release, 12_000_000)
        tus.begin()
        with tus.half_a_request(0, 100) as line:
            time.sleep(0.2)  # so that these come alone with the head
            line.sendall(tus.body[100:5_500_000])
            until(lambda: tus.part.stat().st_size >= 5 * 1024**2)
        until(lambda: tus.offset == 5_500_000)
        with tus.half_a_request(5_500_000, 11_500_000) as line:
            until(lambda: tus.part.stat().st_size > 10_000_000)
            line.sendall(tus.body[11_500_000:] + b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            told = line.makefile("rb").read()
        assert [told[:12], told.count(b"HTTP/1.1 200 OK")] == [b"HTTP/1.1 204", 1]
        assert (tus.part.exists(), _published(tus) == tus.body) == (False, True)
        tus.client.http.close()


def test_a_file_that_is_whole_and_was_not_moved_is_moved_when_one_asks(tus: Tus) -> None:
    for ask in (tus.look, tus.begin, lambda: tus.add(len(tus.body))):
        tus.begin()
        tus.part.write_bytes(tus.body)  # as if a kill had come between the last byte and the store
        answer = ask()
        assert (answer.ok, answer.headers["Upload-Offset"], tus.has_arrived, tus.part.exists()) == (True, "4000000", True, False)
        tus.client.ask("DELETE", f"/releases/{tus.release.kid}/1.0.0/files", params={"path": tus.path})
    tus.begin()
    tus.part.write_bytes(tus.body[::-1])
    assert (tus.look().status_code, tus.part.exists()) == (422, False)


def test_after_a_kill_an_upload_goes_on_with_what_is_on_disk(starting: Callable[[], Client], release: Made) -> None:
    tus = uploading(starting(), release)
    tus.begin()
    tus.add(0, 1_000_000)
    with tus.half_a_request(1_000_000, 3_500_000):
        until(lambda: tus.part.stat().st_size > 3_000_000)
        tus.client.server.process.kill()
        tus.client.server.process.wait()
    fsck(tus.client.server.token_file.parent)
    durable = tus.part.stat().st_size
    tus.client = starting()
    assert (tus.offset, tus.has_arrived) == (durable, False)
    tus.add(durable)
    assert (tus.part.exists(), _published(tus) == tus.body) == (False, True)


def test_a_full_disk_is_one_clear_error_and_the_upload_goes_on(starting: Callable[[], Client], release: Made) -> None:
    tus = uploading(starting(), release)
    tus.begin()
    pid, unlimited = tus.client.server.process.pid, resource.RLIM_INFINITY
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (2_000_000, unlimited))
    _shape(tus.add(0), 507, "storage")
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
    assert tus.offset == 2_000_000
    assert tus.add(2_000_000).status_code == 204
    assert tus.has_arrived


def test_a_file_for_which_there_is_no_room_is_refused_at_once(tus: Tus) -> None:
    entry = tus.release.document["files"][-1]
    entry["size"] = 10**17
    tus.client.open(tus.release)
    _shape(tus.begin(10**17), 507, "storage")
    assert not tus.part.exists()


def test_content_on_another_file_system_is_copied(starting: Callable[[], Client], release: Made, tmp_path: Path) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        tus = uploading(starting(), release)
        (tmp_path / "data" / "content").symlink_to(elsewhere)
        assert Path(elsewhere).stat().st_dev != (tmp_path / "data").stat().st_dev
        tus.begin()
        tus.add(0, 3_000_000)
        tus.add(3_000_000)
        assert (tus.part.exists(), tus.has_arrived, _published(tus) == tus.body) == (False, True, True)
        tus.client.server.stop()


def test_parts_may_come_to_several_processes_and_from_two_clients_at_once(tmp_path: Path, release: Made) -> None:
    with production(tmp_path / "data", "--workers", "2", "--threads", "4") as server:
        tus = uploading(client_of(server), release, 8_000_000)
        tus.begin()

        def send(_: int) -> int:
            mine, sent = Tus(client_of(server), release, tus.path), 0
            while (place := mine.offset) < len(mine.body):
                sent += mine.add(place, place + 500_000).status_code == 204
                mine.client.http.close()  # the next request may come to the other process
            return sent

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(send, range(2))) == 16
        assert (tus.part.exists(), _published(tus) == tus.body) == (False, True)
        tus.client.http.close()
    assert kpublish("datacenter", "fsck", "--data", tmp_path / "data").returncode == 0
