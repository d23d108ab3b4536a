"""The journal: nothing noted is lost, nothing torn disturbs, and one process writes at a time."""

import errno
import json
import os
import subprocess
import sys

import pytest

from kpublish import journal
from kpublish.errors import StorageError, UsageError
from kpublish.model.archive import ArchiveStatus, Receipt, State, Step
from kpublish.model.bundle import Release

KID = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
STEP = Step("send", "data/ä.ecsv", 3)


@pytest.fixture
def release():
    return Release.model_construct(kid=KID, version="1.0.0", digest="d" * 64, commit="c" * 40)


def lines(root):
    return (root / ".kpublish" / "journal.jsonl").read_bytes().split(b"\n")


def test_intent_answer_and_failure_are_noted_in_order(tmp_path, release):
    with journal.opened(tmp_path) as book:
        book.intent("center", release, STEP)
        book.answer("center", release, STEP, State(ArchiveStatus.DRAFT, id="7"))
        book.intent("center", release, Step("publish"))
        book.failure("center", release, Step("publish"), "no answer")
        entries = book.entries()
    assert [entry["event"] for entry in entries] == ["intent", "answer", "intent", "failure"]
    assert entries[0]["path"] == "data/ä.ecsv"
    assert entries[1]["status"] == "draft"
    assert entries[3]["message"] == "no answer"
    assert all(entry["kid"] == KID and entry["time"].endswith("+00:00") for entry in entries)


def test_every_line_is_on_disk_before_the_request(tmp_path, release, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(os.fstat(descriptor).st_size), real(descriptor)))
    with journal.opened(tmp_path) as book:
        book.intent("center", release, STEP)
        assert synced == [(tmp_path / ".kpublish" / "journal.jsonl").stat().st_size]


def test_an_intent_without_an_answer_is_found_again(tmp_path, release):
    with journal.opened(tmp_path) as book:
        assert book.unanswered("center", release) is None
        book.intent("center", release, STEP)
        book.intent("other", release, Step("publish"))
        book.answer("other", release, Step("publish"), State())
    with journal.opened(tmp_path) as book:
        assert book.unanswered("center", release)["verb"] == "send"
        assert book.unanswered("other", release) is None


@pytest.mark.parametrize("tear", [b'{"event": "int', b"\x00\x00\x00", b"\xff", b"[1]\n", b"\n\n"])
def test_a_torn_line_is_passed_over_and_the_next_one_begins_afresh(tmp_path, release, tear):
    with journal.opened(tmp_path) as book:
        book.intent("center", release, STEP)
    with open(tmp_path / ".kpublish" / "journal.jsonl", "ab") as stream:
        stream.write(tear)
    with journal.opened(tmp_path) as book:
        book.answer("center", release, STEP, State())
        assert [entry["event"] for entry in book.entries()] == ["intent", "answer"]
    assert json.loads(lines(tmp_path)[-2])["event"] == "answer"


def test_the_folder_is_ignored_by_git(tmp_path):
    with journal.opened(tmp_path):
        assert (tmp_path / ".kpublish" / ".gitignore").read_text() == "*\n"


def test_a_second_process_is_told_to_wait(tmp_path):
    code = "import sys, pathlib; from kpublish import journal\nwith journal.opened(pathlib.Path(sys.argv[1])): pass"
    command = [sys.executable, "-c", code, str(tmp_path)]
    with journal.opened(tmp_path):
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "UsageError: Another release" in result.stderr
        with pytest.raises(UsageError, match="is running"), journal.opened(tmp_path):
            pass
    assert subprocess.run(command, check=False).returncode == 0


def test_a_folder_that_may_not_be_made_is_a_storage_error(tmp_path):
    (tmp_path / ".kpublish").write_text("a file")
    with pytest.raises(StorageError), journal.opened(tmp_path):
        pass


def test_a_full_disk_is_a_storage_error_and_the_next_line_begins_afresh(tmp_path, release, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with journal.opened(tmp_path) as book:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="disk is full"):
            book.intent("center", release, STEP)
        monkeypatch.undo()
        book.intent("center", release, Step("publish"))
        assert book.entries()[-1]["verb"] == "publish"


def test_the_ci_job_is_noted(tmp_path, release, monkeypatch):
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_JOB_URL", "https://git.km3net.de/jobs/7")
    with journal.opened(tmp_path) as book:
        book.intent("center", release, STEP)
        assert book.entries()[0]["job"] == "https://git.km3net.de/jobs/7"


@pytest.mark.parametrize("before", [None, b"", b"{torn", b'{"a": 1}', b"[1, 2]"])
def test_receipts_are_kept_whatever_was_there_before(tmp_path, release, before):
    if before is not None:
        (tmp_path / ".kpublish").mkdir()
        (tmp_path / ".kpublish" / "receipt.json").write_bytes(before)
    path = journal.keep_receipts(tmp_path, release, [Receipt("center", "datacenter", State(ArchiveStatus.PUBLISHED, url="u"))])
    assert [(entry["archive"], entry["status"]) for entry in json.loads(path.read_bytes())] == [("center", "published")]


def test_receipts_of_other_archives_and_versions_stay(tmp_path, release):
    later = release.model_copy(update={"version": "2.0.0"})
    for made, name in ((release, "a"), (later, "a"), (later, "b"), (later, "b")):
        path = journal.keep_receipts(tmp_path, made, [Receipt(name, "directory", State())])
    assert [(e["archive"], e["version"]) for e in json.loads(path.read_bytes())] == [("a", "1.0.0"), ("a", "2.0.0"), ("b", "2.0.0")]
