import hashlib
import os
import stat
from pathlib import Path

import pytest

from kpublish import files
from kpublish.errors import IntegrityError, MissingFile, StorageError, UnreadableFile


def test_a_file_appears_only_when_it_is_complete(tmp_path):
    target = tmp_path / "sub" / "table.ecsv"
    with files.atomic(target) as stream:
        stream.write(b"half")
        assert not target.exists()
    assert target.read_bytes() == b"half"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, error):
    target = tmp_path / "table.ecsv"
    target.write_bytes(b"old")
    with pytest.raises(error), files.atomic(target) as stream:
        stream.write(b"new")
        raise error
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("table.ecsv", b"old")]


def test_permissions_follow_mode_and_umask(tmp_path):
    files.write_bytes(tmp_path / "secret", b"x", mode=0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_full_disk_is_one_sentence():
    with pytest.raises(StorageError, match="disk is full") as caught, files.storing(Path("out.zip")):
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x" * 10)
    assert caught.value.exit_code == 7


def test_hash_and_size_are_those_of_the_bytes(tmp_path):
    content = os.urandom(3 * files.CHUNK + 17)
    (tmp_path / "data").write_bytes(content)
    assert files.sha256_of(tmp_path / "data") == (hashlib.sha256(content).hexdigest(), len(content))


def test_what_is_no_regular_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(UnreadableFile):
            files.read_bytes(path)
    with pytest.raises(MissingFile):
        files.read_bytes(tmp_path / "none")
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(UnreadableFile, match="larger than 10"):
        files.read_bytes(tmp_path / "large", limit=10)


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "a\\b", "C:/x", "a\0b", "link/x"])
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path, name):
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path)
    with pytest.raises(IntegrityError):
        files.safe_join(inside, name)


def test_names_that_stay_inside_are_joined(tmp_path):
    assert files.safe_join(tmp_path, "figures/é 1.png") == tmp_path / "figures" / "é 1.png"


def test_a_growing_file_takes_only_what_comes_next(tmp_path):
    path = tmp_path / "parts" / "large"
    with files.open_growing(path, make=True) as first, files.open_growing(path) as second:
        first.append(0, b"one")
        for place in (0, 2, 4):
            with pytest.raises(files.Elsewhere) as caught:
                second.append(place, b"two")
            assert caught.value.place == 3
        second.append(3, b"two")
        assert (first.size, b"".join(first.read(2))) == (6, b"etwo")
        path.unlink()
        assert not first.is_there
        with pytest.raises(files.Elsewhere) as caught:
            first.append(6, b"three")
        assert caught.value.place is None
    with pytest.raises(FileNotFoundError), files.open_growing(path):
        pass


def test_a_growing_file_that_another_holds_is_busy(tmp_path, monkeypatch):
    monkeypatch.setattr("kpublish.files.growing._PATIENCE", 0.0)
    path = tmp_path / "large"
    with files.open_growing(path, make=True) as first, files.open_growing(path) as second:
        with first.locked(), pytest.raises(files.Busy):
            second.append(0, b"one")
        second.append(0, b"one")


def test_a_file_is_adopted_under_a_second_name_where_that_can_be(tmp_path):
    source, target = tmp_path / "source", tmp_path / "sub" / "target"
    source.write_bytes(b"new")
    target.parent.mkdir()
    target.write_bytes(b"damaged")
    assert files.adopt(source, target)
    assert (target.read_bytes(), source.samefile(target)) == (b"new", True)
    assert [file.name for file in target.parent.iterdir()] == ["target"]
    assert not files.adopt(tmp_path / "nothing", target)
