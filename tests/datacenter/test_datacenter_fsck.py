"""``kpublish datacenter fsck``: what is lost is told, what nobody refers to goes, and kills leave nothing to mend."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from datacenter_parts import client_of

from kpublish.datacenter.server import start

DAY = 24 * 3600


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A data center whose files these tests damage and mend."""
    with start(tmp_path_factory.mktemp("fsck") / "data") as server:
        client = client_of(server)
        with client.http:
            yield client


def _fsck(client: Any, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kpublish", "datacenter", "fsck", "--data", str(_data(client)), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    return done


def _data(client: Any) -> Path:
    return Path(client.server.token_file.parent)


def _content(client: Any, sha256: str) -> Path:
    return _data(client) / "content" / sha256[:2] / sha256


def _put(client: Any, body: bytes, *, age: float = 0) -> Path:
    """Content in the store that no version refers to."""
    path = _content(client, hashlib.sha256(body).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    _age(path, age)
    return path


def _age(path: Path, age: float) -> None:
    then = time.time() - age
    os.utime(path, (then, then))


def test_a_data_center_in_order_is_clean_and_stays_as_it_is(client: Any, release: Any) -> None:
    client.bring(release)
    for file in (_data(client) / "content").glob("*/*"):
        _age(file, 9 * DAY)
    done = _fsck(client)
    assert (done.returncode, " files, " in done.stdout) == (0, True), done.stdout + done.stderr
    assert client.ask("GET", f"/files/{release.sha256('README.md')}", token="").status_code == 200


def test_what_nobody_refers_to_goes_after_a_day(client: Any, release: Any) -> None:
    client.bring(release)
    old, new = _put(client, b"old", age=2 * DAY), _put(client, b"new")
    parts = [old.parent / ".abc.1.part", old.parent / ".abc.2.part"]
    for part, age in zip(parts, (2 * DAY, 0), strict=True):
        part.write_bytes(b"half")
        _age(part, age)
    assert "1 files that nobody refers to and 1 parts of interrupted uploads would be removed" in _fsck(client, "--dry-run").stdout
    assert (old.exists(), parts[0].exists()) == (True, True)
    assert _fsck(client).returncode == 0
    assert (old.exists(), new.exists(), parts[0].exists(), parts[1].exists()) == (False, True, False, True)


@pytest.mark.parametrize("what", ["missing", "damaged", "shorter"])
def test_damage_of_published_files_is_told_and_ends_with_six(client: Any, release: Any, what: str) -> None:
    client.bring(release)
    path = _content(client, release.sha256("data/aeff.ecsv"))
    body = path.read_bytes()
    path.unlink()
    if what != "missing":
        path.write_bytes(b"X" + body[1:] if what == "damaged" else body[:-1])
    done = _fsck(client)
    assert done.returncode == 6
    told = "missing" if what == "missing" else "damaged"
    assert f"{told}: {release.sha256('data/aeff.ecsv')}" in done.stdout
    assert f"{release.kid} 1.0.0 data/aeff.ecsv" in done.stdout
    path.write_bytes(body)
    assert _fsck(client).returncode == 0


def test_what_a_draft_lost_is_asked_for_again(client: Any, release: Any) -> None:
    client.open(release)
    client.send(release, "data/aeff.ecsv")
    _content(client, release.sha256("data/aeff.ecsv")).write_bytes(b"damaged")
    done = _fsck(client)
    assert (done.returncode, "lost by a draft, asked for again" in done.stdout) == (0, True)
    assert "data/aeff.ecsv" not in client.state(release).json()["files"]
    client.bring(release)
    assert client.ask("GET", f"/files/{release.sha256('data/aeff.ecsv')}", token="").content == release.contents["data/aeff.ecsv"]


def test_the_content_of_withdrawn_versions_is_kept(client: Any, release: Any) -> None:
    client.bring(release)
    client.ask("POST", f"/releases/{release.kid}/1.0.0/withdraw", json={"reason": "wrong"})
    path = _content(client, release.sha256("data/aeff.ecsv"))
    _age(path, 9 * DAY)
    assert _fsck(client).returncode == 0
    assert path.exists()


def test_what_is_no_content_is_told_and_left_alone(client: Any, release: Any) -> None:
    client.bring(release)
    strange = _data(client) / "content" / release.sha256("README.md")[:2] / "notes.txt"
    strange.write_text("mine")
    _age(strange, 9 * DAY)
    done = _fsck(client)
    assert (done.returncode, "no content of ours" in done.stdout, strange.exists()) == (0, True, True)


STEPS = ["open", "record", "send", "publish", "amend", "withdraw"]


def _step(client: Any, release: Any, step: str) -> Any:
    where = f"/releases/{release.kid}/1.0.0"
    match step:
        case "open":
            return client.open(release)
        case "record":
            return client.ask("PUT", f"{where}/records/zenodo", json={"archive": "zenodo", "kind": "invenio_rdm", "id": "1"})
        case "send":
            return [client.send(release, path) for path in release.contents][-1]
        case "publish":
            return client.publish(release)
        case "amend":
            document = {**release.document, "resource": {**release.document["resource"], "title": "Amended"}}
            return client.ask("PATCH", where, json={"release": document})
    return client.ask("POST", f"{where}/withdraw", json={"reason": "wrong"})


@pytest.mark.long
def test_a_kill_at_any_step_leaves_nothing_to_mend_and_the_step_can_be_repeated(starting: Any, release: Any) -> None:
    client = starting()
    for number, step in enumerate(STEPS):

        def ask(client: Any = client, step: str = step) -> None:
            try:
                _step(client, release, step)
            except requests.RequestException:
                return

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.004 * (number + 1))
        client.server.process.kill()
        client.server.process.wait()
        asking.join()
        assert _fsck(client).returncode == 0, step
        client = starting()
        assert _step(client, release, step).status_code in (200, 201), step
    state = client.state(release).json()
    assert (state["status"], state["revision"], state["release"]["resource"]["title"]) == ("withdrawn", 1, "Amended")
    assert state["records"]["zenodo"]["id"] == "1"
