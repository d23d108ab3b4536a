"""What every kind of archive owes: exactly one published version with the right bytes, whatever happens on the way."""

import io
import json
import os
from dataclasses import replace

import pytest
import requests
from archives_parts import Crash, Fragile, connect, make_bundle, pushed, root_of, stored, sums, versions

from kpublish.archives import ARCHIVES
from kpublish.archives.planning import plan
from kpublish.archives.push import push, push_all
from kpublish.config import ArchiveSettings
from kpublish.errors import ArchiveError, ConfigurationError, IntegrityError, Unreachable, VersionTaken
from kpublish.http.session import Session
from kpublish.journal import opened
from kpublish.model.archive import ArchiveStatus, Choices, State, StoredFile


def test_every_kind_says_whether_it_needs_a_token():
    assert {name: kind.NEEDS_TOKEN for name, kind in ARCHIVES.all()} == {
        "datacenter": True,
        "directory": False,
        "invenio_rdm": True,
    }


def test_a_package_is_published_with_every_byte(settings, bundle):
    receipt = pushed(bundle, connect(settings))
    assert receipt.state.status is ArchiveStatus.PUBLISHED
    assert receipt.state.digest == bundle.release.digest
    # the data center has an empty file already, if another test sent one before
    assert len(bundle.release.files) - 1 <= receipt.sent <= len(bundle.release.files)
    assert stored(settings, bundle) == sums(bundle)
    assert bundle.release.kid in receipt.state.url


def test_the_state_after_each_file_names_all_that_arrived(settings, bundle):
    archive, release, arrived = connect(settings), bundle.release, set()
    archive.draft(release)
    with open(bundle.path, "rb") as content:
        for entry in release.files:
            content.seek(bundle.contents.get(entry.path, 0))
            state = archive.send(release, entry, content)
            arrived.add(entry.path)
            assert arrived <= set(state.files)
            assert state.digest == release.digest
    assert state.files == archive.find(release.kid, release.version).files
    assert state == connect(settings).find(release.kid, release.version)


def test_a_file_sent_into_a_draft_that_others_changed_is_answered_with_what_is_there(settings, making):
    mine = making()
    other = making(kid=mine.release.kid, text="other\n")
    archive = connect(settings)
    archive.draft(mine.release)
    connect(settings).describe(other.release)
    entry = next(entry for entry in other.release.files if entry.path == "data/aeff.ecsv")
    with open(other.path, "rb") as content:
        content.seek(other.contents[entry.path])
        state = archive.send(mine.release, entry, content)
    assert state == connect(settings).find(mine.release.kid, mine.release.version)
    assert state.digest == other.release.digest


def test_what_is_there_is_not_looked_through_after_every_file(settings, bundle, monkeypatch):
    looks = []
    walk, read = os.walk, Session._send
    monkeypatch.setattr(os, "walk", lambda *place: (looks.append("walk"), walk(*place))[1])
    monkeypatch.setattr(Session, "_send", lambda self, ask: (looks.append(ask.verb), read(self, ask))[1])
    archive = connect(settings)
    archive.draft(bundle.release)
    looks.clear()
    with open(bundle.path, "rb") as content:
        for entry in bundle.release.files:
            content.seek(bundle.contents.get(entry.path, 0))
            archive.send(bundle.release, entry, content)
    assert set(looks) <= {"PUT"}


def test_a_second_push_sends_nothing(settings, bundle, monkeypatch):
    pushed(bundle, connect(settings))
    asked = []
    real = Session._send
    monkeypatch.setattr(Session, "_send", lambda self, request: (asked.append(request.verb), real(self, request))[1])
    archive = Fragile(connect(settings))
    receipt = pushed(bundle, archive)
    assert receipt.adopted
    assert receipt.sent == 0
    assert archive.verbs == ["find"]
    assert set(asked) <= {"GET"}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_request_leaves_one_published_version_after_a_rerun(settings, making, fate, after):
    counting = Fragile(connect(settings))
    pushed(making(), counting)
    for number in range(1, len(counting.verbs) + 1):
        bundle = making()
        with pytest.raises(Crash):
            pushed(bundle, Fragile(connect(settings), at=number, after=after))
        fate(root_of(bundle))
        assert stored(settings, bundle) in (None, sums(bundle))
        receipt = pushed(bundle, connect(settings))
        assert receipt.state.status is ArchiveStatus.PUBLISHED
        assert stored(settings, bundle) == sums(bundle)
        assert versions(settings, bundle) == ["1.0.0"]


def test_ctrl_c_in_the_middle_goes_on_where_it_stopped(settings, bundle):
    with pytest.raises(KeyboardInterrupt):
        pushed(bundle, Fragile(connect(settings), at=4, error=KeyboardInterrupt()))
    told = []
    with opened(root_of(bundle)) as journal:
        receipt = push(bundle, connect(settings), journal, progress=told.append)
    assert "going on after an interruption" in told[0]
    assert receipt.sent < len(bundle.release.files)
    assert stored(settings, bundle) == sums(bundle)


def test_a_draft_of_other_inputs_is_brought_up_to_date(settings, making):
    old = making(text="old\n")
    release = old.release
    extra = release.file("data/aeff.ecsv").model_copy(update={"path": "data/old.ecsv"})
    old = replace(
        old,
        release=release.model_copy(update={"files": (extra, *release.files)}),
        contents={**old.contents, extra.path: old.contents["data/aeff.ecsv"]},
    )
    with pytest.raises(Crash):
        pushed(old, Fragile(connect(settings), at=7 if settings.kind == "directory" else 6))
    new = making(kid=release.kid, text="new\n")
    pushed(new, connect(settings))
    assert stored(settings, new) == sums(new)


def test_another_release_of_the_same_version_is_refused(settings, making):
    first = making()
    pushed(first, connect(settings))
    archive = Fragile(connect(settings))
    with pytest.raises(VersionTaken, match="already released from other inputs") as caught:
        pushed(making(kid=first.release.kid, text="other\n"), archive)
    assert "version:" in caught.value.remedy
    assert archive.verbs == ["find"]
    assert stored(settings, first) == sums(first)


def test_the_archive_itself_refuses_another_release_of_a_published_version(datacenter, making):
    first = making()
    pushed(first, connect(datacenter))
    with pytest.raises(VersionTaken):
        connect(datacenter).describe(making(kid=first.release.kid, text="other\n").release)


def test_a_new_version_stands_beside_the_old_one(settings, making):
    first = making()
    pushed(first, connect(settings))
    second = making(kid=first.release.kid, version="1.1.0+a", text="more\n")
    pushed(second, connect(settings))
    assert stored(settings, first) == sums(first)
    assert stored(settings, second) == sums(second)
    assert sorted(versions(settings, first)) == ["1.0.0", "1.1.0+a"]


def test_a_byte_changed_on_the_way_is_found_and_nothing_is_published(settings, bundle):
    class Corrupting(Fragile):
        def send(self, release, entry, content):
            data = bytearray(content.read(entry.size))
            data[:1] = b"?" * min(1, len(data))
            return self.archive.send(release, entry, io.BytesIO(bytes(data)))

    with pytest.raises(IntegrityError):
        pushed(bundle, Corrupting(connect(settings)))
    assert stored(settings, bundle) is None
    pushed(bundle, connect(settings))
    assert stored(settings, bundle) == sums(bundle)


def test_a_package_that_changed_since_it_was_packed_is_not_sent(settings, bundle):
    content = bytearray(bundle.path.read_bytes())
    content[40] ^= 1
    bundle.path.write_bytes(content)
    archive = Fragile(connect(settings))
    with pytest.raises(IntegrityError, match="not what was packed"):
        pushed(bundle, archive)
    assert archive.verbs == ["find"]


def test_a_package_that_becomes_shorter_while_it_is_sent_is_an_integrity_error(settings, bundle):
    class Cutting(Fragile):
        def send(self, release, entry, content):
            return self.archive.send(release, entry, io.BytesIO(content.read(max(0, entry.size - 1))))

    with pytest.raises(IntegrityError):
        pushed(bundle, Cutting(connect(settings)))
    assert stored(settings, bundle) is None


def test_what_an_archive_lost_after_sending_is_found_before_publishing(settings, bundle):
    class Losing(Fragile):
        def send(self, release, entry, content):
            state = self.archive.send(release, entry, content)
            return self.archive.remove(release, entry.path) if entry.path == "data/aeff.ecsv" else state

    with pytest.raises(IntegrityError, match=r"data/aeff\.ecsv"):
        pushed(bundle, Losing(connect(settings)))
    assert stored(settings, bundle) is None


def test_an_unclear_answer_to_publish_is_cleared_up_by_asking(settings, bundle):
    archive = Fragile(connect(settings))
    pushed(make_bundle(root_of(bundle)), archive)
    number = len(archive.verbs)
    assert archive.verbs[-1] == "publish"
    silent = Fragile(connect(settings), at=number, after=True, error=Unreachable("no answer"))
    assert pushed(bundle, silent).state.status is ArchiveStatus.PUBLISHED
    assert stored(settings, bundle) == sums(bundle)


def test_a_failed_publish_stays_an_error(settings, bundle):
    archive = Fragile(connect(settings))
    pushed(make_bundle(root_of(bundle)), archive)
    with pytest.raises(Unreachable):
        pushed(bundle, Fragile(connect(settings), at=len(archive.verbs), error=Unreachable("no answer")))
    assert stored(settings, bundle) is None


def test_what_another_process_published_meanwhile_is_adopted(datacenter, bundle, making):
    class Racing(Fragile):
        def send(self, release, entry, content):
            state = self.archive.send(release, entry, content)
            if entry.role == "package":
                with opened(bundle.path.parent) as journal:
                    push(bundle, connect(datacenter), journal)
            return state

    racing = Racing(connect(datacenter))
    assert pushed(bundle, racing).state.status is ArchiveStatus.PUBLISHED
    assert "publish" not in racing.verbs
    assert stored(datacenter, bundle) == sums(bundle)


def test_what_another_process_changed_meanwhile_is_not_published(settings, bundle, making):
    class Racing(Fragile):
        def send(self, release, entry, content):
            state = self.archive.send(release, entry, content)
            if entry.role == "package":
                connect(settings).describe(making(kid=release.kid, text="other\n").release)
            return state

    with pytest.raises(VersionTaken, match="meanwhile"):
        pushed(bundle, Racing(connect(settings)))
    assert stored(settings, bundle) is None


def test_a_dry_run_plans_and_sends_nothing(settings, bundle):
    (receipt,) = push_all(bundle, [replace(settings, token=None)], choices=Choices(dry_run=True))
    assert [step.verb for step in receipt.plan] == ["draft", *["send"] * len(bundle.release.files), "publish"]
    assert connect(settings).find(bundle.release.kid, bundle.release.version).status is ArchiveStatus.ABSENT
    assert not (root_of(bundle) / ".kpublish").exists()


def test_all_archives_are_asked_before_anything_is_sent(datacenter, making, tmp_path):
    first = making()
    push_all(first, [datacenter])
    folder = ArchiveSettings("folder", "directory", str(tmp_path / "archive"))
    with pytest.raises(VersionTaken):
        push_all(making(kid=first.release.kid, text="other\n"), [folder, datacenter])
    assert not (tmp_path / "archive").exists()


def test_a_missing_token_is_told_before_anything_is_sent(datacenter, bundle):
    with pytest.raises(ConfigurationError, match="no token for the archive 'center'") as caught:
        push_all(bundle, [replace(datacenter, token=None)])
    assert "KPUBLISH_CENTER_URL" in caught.value.remedy
    assert "KPUBLISH_CENTER_TOKEN_FILE" in caught.value.remedy


def test_receipts_of_all_archives_stand_beside_the_journal(datacenter, bundle, tmp_path):
    folder = ArchiveSettings("folder", "directory", str(tmp_path / "archive"))
    push_all(bundle, [folder, datacenter])
    push_all(bundle, [folder])
    receipts = json.loads((root_of(bundle) / ".kpublish" / "receipt.json").read_text())
    assert {(entry["archive"], entry["status"]) for entry in receipts} == {("folder", "published"), ("center", "published")}
    assert len(receipts) == 2
    assert datacenter.token.secret not in (root_of(bundle) / ".kpublish" / "journal.jsonl").read_text()


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_connection_that_breaks_once_at_any_request_goes_unnoticed(datacenter, making, monkeypatch, calm, lost):
    real, counted = Session._send, []

    def counting(self, request):
        counted.append(request.verb)
        return real(self, request)

    monkeypatch.setattr(Session, "_send", counting)
    pushed(making(), connect(datacenter))
    total = len(counted)
    for number in range(total):
        calls = []

        def breaking(self, request, number=number, calls=calls):
            calls.append(request)
            if len(calls) - 1 != number:
                return real(self, request)
            if lost == "answer":
                real(self, request).close()
            raise requests.ConnectionError("cut")

        monkeypatch.setattr(Session, "_send", breaking)
        bundle = making()
        assert pushed(bundle, connect(datacenter)).state.status is ArchiveStatus.PUBLISHED
        monkeypatch.setattr(Session, "_send", real)
        assert stored(datacenter, bundle) == sums(bundle)
    assert len(calm) == total


def test_the_plan_sends_only_what_is_missing_or_different(bundle):
    release = bundle.release
    first, second, *_ = release.files
    state = State(
        ArchiveStatus.DRAFT,
        files={
            first.path: StoredFile(first.path, first.size, first.sha256),
            second.path: StoredFile(second.path, second.size, "0" * 64),
            "old": StoredFile("old", 1, "1" * 64),
        },
    )
    steps = plan(release, state)
    assert [(step.verb, step.path) for step in steps] == [
        ("describe", ""),
        ("remove", "old"),
        *(("send", entry.path) for entry in release.files[1:]),
        ("publish", ""),
    ]


def test_what_is_in_review_is_left_alone(bundle):
    assert plan(bundle.release, State(ArchiveStatus.IN_REVIEW, digest=bundle.release.digest)) == ()


def test_a_file_named_as_the_folders_own_document_is_refused(tmp_path, bundle):
    entry = bundle.release.files[0].model_copy(update={"path": "release.json"})
    release = bundle.release.model_copy(update={"files": (entry,)})
    with pytest.raises(ArchiveError, match=r"release\.json"):
        connect(ArchiveSettings("folder", "directory", str(tmp_path / "archive"))).draft(release)


def test_a_folder_must_be_named_absolutely():
    with pytest.raises(ConfigurationError, match="no absolute path"):
        connect(ArchiveSettings("folder", "directory", "some/where"))


def test_files_that_a_killed_process_left_in_a_draft_are_removed(tmp_path, bundle):
    settings = ArchiveSettings("folder", "directory", str(tmp_path / "archive"))
    draft = tmp_path / "archive" / bundle.release.kid / ".1.0.0.draft"
    (draft / "data" / "aeff.ecsv").mkdir(parents=True)
    (draft / "data" / "aeff.ecsv" / ".x.part").write_text("half")
    pushed(bundle, connect(settings))
    assert stored(settings, bundle) == sums(bundle)


def test_wrong_bytes_are_refused_when_they_arrive(settings, bundle):
    archive, entry = connect(settings), bundle.release.files[0]
    archive.draft(bundle.release)
    with pytest.raises(IntegrityError):
        archive.send(bundle.release, entry, io.BytesIO(b"?" * entry.size))
    assert entry.path not in archive.find(bundle.release.kid, bundle.release.version).files
