"""A push that is killed, robbed of its answers, lied to, cut off, or raced by another one; on real processes and sockets."""

import os
import resource
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace

import pytest
from archives_parts import Fragile, connect, pushed, root_of, stored, sums, versions
from archives_proxy import Proxy

from kpublish.archives.phases import Run
from kpublish.archives.push import push_all
from kpublish.config import ArchiveSettings, Token, host_of
from kpublish.datacenter.server import start
from kpublish.errors import ArchiveError, IntegrityError, KpublishError, Leased, StorageError, Unreachable, VersionTaken
from kpublish.http import open_session
from kpublish.journal import opened
from kpublish.model.archive import ArchiveStatus, Choices, Step

#: What a child of this process ends with, if it was killed.
KILLED = 99
#: Everything that changes a file or speaks to a server, as the interpreter tells it (PEP 578).
EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.chmod", "fcntl.flock", "http.client.connect", "http.client.send"}

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def forked(action):
    """Start ``action`` in a copy of this process; its exit code is that of the error."""
    process = os.fork()
    if process:
        return process
    try:
        action()
    except KpublishError as error:
        os._exit(error.exit_code)
    except BaseException:
        os._exit(98)
    os._exit(0)


def end_of(process):
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def killed_at(number, action):
    """Run ``action`` in a process that dies, without any cleaning up, right before its n-th event."""

    def run():
        left = [number]

        def count(event, arguments):
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if event in EVENTS or writes:
                left[0] -= 1
                if not left[0]:
                    os._exit(KILLED)

        sys.addaudithook(count)
        action()

    return end_of(forked(run))


@pytest.fixture
def proxy(datacenter):
    made = Proxy(datacenter.url)
    yield made
    made.close()


@pytest.fixture
def behind(proxy, datacenter):
    """The data center as seen through the proxy."""
    return replace(datacenter, url=proxy.url, token=Token(datacenter.token.secret, host_of(proxy.url)))


@pytest.mark.parametrize("fate", [pytest.param("kept", marks=pytest.mark.long), "torn"], indirect=True)
def test_a_process_killed_anywhere_leaves_nothing_or_everything_and_the_rerun_ends_it(settings, making, fate):
    number, end = 0, KILLED
    while end == KILLED:
        number += 1
        bundle = making()
        end = killed_at(number, lambda bundle=bundle: pushed(bundle, connect(settings)))
        assert stored(settings, bundle) in (None, sums(bundle))
        fate(root_of(bundle))
        assert pushed(bundle, connect(settings)).state.status is ArchiveStatus.PUBLISHED
        assert stored(settings, bundle) == sums(bundle)
        assert versions(settings, bundle) == ["1.0.0"]
    assert end == 0
    assert number > 15


def test_a_second_push_sends_nothing_over_the_wire(proxy, behind, bundle):
    push_all(bundle, [behind])
    assert {"GET", "PUT", "POST", "DELETE"} == set(proxy.verbs())
    proxy.seen.clear()
    (receipt,) = push_all(bundle, [behind])
    assert receipt.adopted
    assert set(proxy.verbs()) == {"GET"}


def test_answers_of_the_data_center_are_not_held_back(datacenter):
    durations = []
    with closing(open_session()) as session:
        for _ in range(8):
            begun = time.monotonic()
            session.request("GET", f"{datacenter.url}/api/v1/health")
            durations.append(time.monotonic() - begun)
    assert min(durations[1:]) < 0.03  # an answer in two pieces waits 40 ms for a delayed acknowledgement


def test_a_dry_run_only_asks(proxy, behind, bundle):
    push_all(bundle, [replace(behind, token=None)], choices=Choices(dry_run=True))
    assert proxy.verbs() == ["GET"]
    assert "Authorization" not in proxy.seen[0][2]


def test_a_publication_whose_answer_never_comes_is_found_out_and_done_once(proxy, behind, bundle, calm):
    proxy.swallowed = {("POST", "publish")}
    (receipt,) = push_all(bundle, [behind])
    assert receipt.state.status is ArchiveStatus.PUBLISHED
    assert proxy.verbs().count("POST") > 1
    assert versions(behind, bundle) == ["1.0.0"]
    assert stored(behind, bundle) == sums(bundle)


def test_bytes_damaged_on_the_wire_are_found_and_nothing_is_published(proxy, behind, bundle):
    proxy.damage = True
    with pytest.raises(IntegrityError) as caught:
        push_all(bundle, [behind])
    assert caught.value.exit_code == 6
    assert caught.value.remedy
    assert stored(behind, bundle) is None
    proxy.damage = False
    push_all(bundle, [behind])
    assert stored(behind, bundle) == sums(bundle)


def test_a_server_that_goes_away_and_comes_back_gets_the_rest(tmp_path, making, calm):
    for number in (2, 4):
        bundle = making()
        with start(tmp_path / "data") as server:
            token = Token(server.token_file.read_text().strip(), host_of(server.url))
            settings = ArchiveSettings("center", "datacenter", server.url, token)

            class Leaving(Fragile):
                def __getattr__(self, verb, server=server, number=number):
                    if len(self.verbs) + 1 == number:
                        server.stop()
                    return super().__getattr__(verb)

            with pytest.raises(Unreachable, match="nothing answers there"):
                pushed(bundle, Leaving(connect(settings)))
        with start(tmp_path / "data") as server:
            settings = replace(settings, url=server.url, token=Token(token.secret, host_of(server.url)))
            pushed(bundle, connect(settings))
            assert stored(settings, bundle) == sums(bundle)


def test_of_two_processes_in_one_project_one_works_and_the_other_is_told(settings, making):
    for _ in range(4):
        bundle = making()
        processes = [forked(lambda bundle=bundle: pushed(bundle, connect(settings))) for _ in range(2)]
        ends = sorted(end_of(process) for process in processes)
        assert ends in ([0, 0], [0, 2])
        assert stored(settings, bundle) == sums(bundle)
        assert versions(settings, bundle) == ["1.0.0"]


def test_two_clones_that_release_at_once_make_one_version(settings, bundle, tmp_path):
    def from_clone(name):
        (tmp_path / name).mkdir()
        push_all(bundle, [settings], journal_root=tmp_path / name)

    processes = [forked(lambda name=name: from_clone(name)) for name in ("one", "two", "three")]
    ends = [end_of(process) for process in processes]
    assert 0 in ends
    assert set(ends) <= ({0} if settings.kind == "directory" else {0, Leased.exit_code})
    push_all(bundle, [settings])
    assert stored(settings, bundle) == sums(bundle)
    assert versions(settings, bundle) == ["1.0.0"]


def limited(size, action):
    """Run ``action`` in a process whose files cannot become larger than ``size``, as on a full disk; return how it ended."""

    def run():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        action()

    return end_of(forked(run))


def test_a_full_disk_in_the_archive_is_told_and_the_rerun_goes_on(tmp_path, making):
    settings = ArchiveSettings("folder", "directory", (tmp_path / "archive").as_uri())
    bundle = making(text="x" * 200_000)
    assert limited(100_000, lambda: pushed(bundle, connect(settings))) == 7
    assert stored(settings, bundle) is None
    assert not [file for file in (tmp_path / "archive").rglob("*") if file.suffix == ".part"]
    pushed(bundle, connect(settings))
    assert stored(settings, bundle) == sums(bundle)


def test_a_full_disk_below_the_journal_is_told_before_anything_unnoted_is_asked(settings, bundle):
    journal = root_of(bundle) / ".kpublish" / "journal.jsonl"
    journal.parent.mkdir()
    journal.write_bytes(b"x" * 9_900)
    assert limited(10_000, lambda: pushed(bundle, connect(settings))) == 7
    assert journal.stat().st_size == 10_000
    assert connect(settings).find(bundle.release.kid, bundle.release.version).status is ArchiveStatus.ABSENT
    pushed(bundle, connect(settings))
    assert stored(settings, bundle) == sums(bundle)


def test_nothing_is_published_anywhere_while_one_archive_cannot_be_filled(datacenter, bundle, tmp_path):
    class Told(list):
        def __call__(self, receipt):
            self.append(receipt.archive)

    (tmp_path / "file").write_text("no folder")
    broken = ArchiveSettings("broken", "directory", str(tmp_path / "file"))
    told = Told()
    with pytest.raises(KpublishError, match="was not written"):
        push_all(bundle, [datacenter, broken], done=told)
    assert told == []
    assert stored(datacenter, bundle) is None
    push_all(bundle, [datacenter], done=told)
    assert told == ["center"]
    assert stored(datacenter, bundle) == sums(bundle)


def test_an_archive_that_is_done_is_told_although_the_next_one_cannot_publish(datacenter, bundle, tmp_path, monkeypatch):
    shelf, told = ArchiveSettings("shelf", "directory", str(tmp_path / "shelf")), []
    monkeypatch.setattr("kpublish.archives.directory.Directory.publish", _full)
    with pytest.raises(KpublishError, match="disk is full"):
        push_all(bundle, [datacenter, shelf], done=told.append)
    assert [receipt.archive for receipt in told] == ["center"]
    assert stored(datacenter, bundle) == sums(bundle)
    monkeypatch.undo()
    center, folder = push_all(bundle, [datacenter, shelf])
    assert (center.adopted, folder.adopted) == (True, False)
    assert stored(shelf, bundle) == sums(bundle)


def _full(*_):
    raise StorageError("The disk is full.", remedy="Free some space.")


def test_a_draft_that_another_release_took_over_is_not_published(settings, making):
    mine = making()
    connect(settings).draft(mine.release)
    connect(settings).describe(making(kid=mine.release.kid, text="other\n").release)
    try:
        state = connect(settings).publish(mine.release)
    except VersionTaken:
        state = connect(settings).find(mine.release.kid, mine.release.version)
    assert state.status is ArchiveStatus.DRAFT


def test_no_token_is_written_anywhere(datacenter, bundle):
    push_all(bundle, [datacenter])
    files = [file for file in root_of(bundle).rglob("*") if file.is_file()]
    assert {"journal.jsonl", "receipt.json"} <= {file.name for file in files}
    assert not [file for file in files if datacenter.token.secret.encode() in file.read_bytes()]


def test_files_are_sent_side_by_side_and_every_byte_is_told_once(datacenter, making):
    bundle = making()
    calls, told = [], []
    archive = connect(datacenter)
    send = archive.send

    def seen(release, entry, content):
        calls.append(entry.path)
        if len(calls) <= 2:
            meeting.wait(timeout=30)
        return send(release, entry, content)

    meeting = threading.Barrier(2)  # passed only where the first two are under way at once
    archive.send = seen
    with opened(root_of(bundle)) as journal:
        run = Run(bundle, archive, journal, lambda _: None, parallel=2, moved=told.append)
        _, sent = run.fill(Step("draft"))
    assert sent == len(calls) >= 3
    assert sum(told) == sum(entry.size for entry in bundle.release.files)


def test_after_a_failure_no_further_file_is_sent(datacenter, making):
    bundle = making()
    tried = []
    archive = connect(datacenter)

    def fail(release, entry, content):
        tried.append(entry.path)
        raise ArchiveError("No.")

    archive.send = fail
    with opened(root_of(bundle)) as journal, pytest.raises(ArchiveError, match="No"):
        Run(bundle, archive, journal, lambda _: None, parallel=2).fill(Step("draft"))
    assert len(tried) <= 2
