"""The content store by itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kpublish.datacenter.storage.folder import FolderStore
from kpublish.errors import IntegrityError, StorageError

BODY = b"1,2\n3,4\n"
SHA = hashlib.sha256(BODY).hexdigest()


def test_content_is_kept_under_its_checksum(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    assert not store.holds(SHA, len(BODY))
    store.receive([BODY[:3], BODY[3:]], SHA, len(BODY))
    store.sync([SHA])
    assert store.holds(SHA, len(BODY))
    assert not store.holds(SHA, len(BODY) + 1)
    with store.open(SHA) as stream:
        assert stream.read() == BODY
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [f"content/{SHA[:2]}/{SHA}"]


@pytest.mark.parametrize("blocks", [[], [BODY[:-1]], [BODY, b"x"], [BODY[:-1], b"x"]])
def test_other_bytes_are_refused_and_leave_nothing(tmp_path: Path, blocks: list[bytes]) -> None:
    with pytest.raises(IntegrityError, match="are not those of sha256"):
        FolderStore(tmp_path).receive(blocks, SHA, len(BODY))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_sweep_removes_parts_and_nothing_else(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    assert store.sweep() == 0
    store.receive([BODY], SHA, len(BODY))
    (store.path(SHA).parent / f".{SHA[:40]}.abc.part").write_bytes(b"half")
    assert store.sweep() == 1
    assert store.holds(SHA, len(BODY))


def test_a_folder_that_cannot_be_synced_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        FolderStore(tmp_path).sync([SHA])
