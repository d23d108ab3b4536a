"""An interrupted download goes on where it stopped, two at once share the work, and a terminal tells how far it is."""

import io
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
import requests

from kpublish.errors import IntegrityError, Unreachable
from kpublish.http import stream
from kpublish.store import progress
from kpublish.store.cache import Cache
from kpublish.store.progress import Told

CONTENT = os.urandom(3 * 1024 * 1024 + 11)


class Broken(io.BytesIO):
    """Bytes that end in a broken connection after some of them."""

    def __init__(self, content, after):
        super().__init__(content)
        self.after = after

    def read(self, size=-1):
        if self.tell() >= self.after:
            raise Unreachable("The connection broke.", remedy="Try again.")
        return super().read(min(size, self.after - self.tell()))


@pytest.fixture
def entry(folder):
    return folder({"data/large.ecsv": CONTENT}).files[0]


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def test_what_arrived_before_an_interruption_is_not_asked_for_again(cache, entry):
    with pytest.raises(Unreachable):
        cache.keep(entry, lambda start: Broken(CONTENT, 0) if start else Broken(CONTENT, 2_000_000))
    asked = []
    path = cache.keep(entry, lambda start: asked.append(start) or io.BytesIO(CONTENT[start:]))
    assert asked == [2_000_000]
    assert path.read_bytes() == CONTENT
    assert [file.name for file in path.parent.iterdir()] == [entry.sha256]


def test_a_connection_that_breaks_is_opened_anew_while_it_brings_something(cache, entry):
    asked = []
    path = cache.keep(entry, lambda start: asked.append(start) or Broken(CONTENT[start:], 1_500_000))
    assert path.read_bytes() == CONTENT
    assert asked == [0, 1_500_000, 3_000_000]


def test_a_beginning_of_other_bytes_is_thrown_away_and_fetched_once_more(cache, entry):
    part = cache.path(entry).with_name(f".{entry.sha256}.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"not these" * 1000)
    assert cache.keep(entry, lambda start: io.BytesIO(CONTENT[start:])).read_bytes() == CONTENT


def test_wrong_bytes_leave_nothing_behind(cache, entry):
    with pytest.raises(IntegrityError):
        cache.keep(entry, lambda start: io.BytesIO((b"x" + CONTENT[1:])[start:]))
    assert cache.find(entry) is None
    assert [file.stat().st_size for file in cache.path(entry).parent.iterdir()] == [0]


def test_a_killed_process_leaves_a_part_that_the_next_one_finishes(cache, entry, tmp_path):
    (tmp_path / "content").write_bytes(CONTENT)
    code = f"""
import os, signal
from kpublish.model.bundle import FileEntry
from kpublish.store.cache import Cache
from pathlib import Path
entry = FileEntry.model_validate_json({entry.model_dump_json()!r})
content = open({str(tmp_path / "content")!r}, "rb")
def told(entry, arrived):
    if arrived > 2_000_000:
        os.kill(os.getpid(), signal.SIGKILL)
Cache(Path({str(cache.folder)!r}), told).keep(entry, lambda start: content)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    asked = []
    assert cache.keep(entry, lambda start: asked.append(start) or io.BytesIO(CONTENT[start:])).read_bytes() == CONTENT
    assert asked[0] >= 1024 * 1024


def test_two_at_once_give_the_same_whole_file(cache, entry):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(cache.keep(entry, lambda start: io.BytesIO(CONTENT[start:]))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {path.read_bytes() == CONTENT for path in found} == {True}
    assert len(found) == 4


@pytest.mark.parametrize("ranges", [True, False])
def test_a_server_is_asked_for_the_rest_and_one_without_ranges_is_read_over(ranges):
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers.get("Range"))
            start = int(asked[-1][6:-1]) if ranges and asked[-1] else 0
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
            self.send_header("Content-Length", str(len(CONTENT) - start))
            self.end_headers()
            self.wfile.write(CONTENT[start:])

        def log_message(self, *_):
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with stream(f"http://127.0.0.1:{server.server_port}/", start=1_234_567) as content:
            assert content.read() == CONTENT[1_234_567:]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked == ["bytes=1234567-"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_is_told_how_far_a_large_file_is(monkeypatch):
    monkeypatch.setattr(progress, "LARGE", 100)
    terminal, file = Terminal(), io.StringIO()
    for stream_ in (terminal, file):
        told = Told(stream_)
        for arrived in (50, 50, 100, 200):
            told(SimpleNamespace(path="data/\x1b[31mlarge.ecsv", size=200), arrived)
        told(SimpleNamespace(path="small", size=99), 99)
    lines = terminal.getvalue().split("\r")
    assert [line.partition(":")[2].strip() for line in lines[1:]] == ["25 % of 0 MB", "50 % of 0 MB", "100 % of 0 MB"]
    assert "\x1b" not in terminal.getvalue()
    assert file.getvalue() == ""


def test_the_data_center_sends_the_rest_of_a_file_and_nothing_beyond_its_end(addresses, package):
    entry = package.release.file("data/flux.ecsv")
    address = f"{addresses['datacenter']}/api/v1/files/{entry.sha256}"
    whole = requests.get(address, timeout=60)
    rest = requests.get(address, timeout=60, headers={"Range": "bytes=100-"})
    assert (whole.status_code, rest.status_code) == (200, 206)
    assert rest.content == whole.content[100:]
    assert rest.headers["Content-Range"] == f"bytes 100-{entry.size - 1}/{entry.size}"
    assert requests.get(address, timeout=60, headers={"Range": "bytes=0-9"}).content == whole.content
    beyond = requests.get(address, timeout=60, headers={"Range": f"bytes={entry.size}-"})
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range")
