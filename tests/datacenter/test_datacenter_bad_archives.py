"""Archives that somebody made to do harm: refused before anything of them is unpacked, and with one sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import Person

from kpublish.bundles.layout import Record, central_header, directory_end, local_header
from kpublish.bundles.unpacking import unpack
from kpublish.bundles.zipping import ZipWriter
from kpublish.errors import IntegrityError

_CRC = 0x8CDC1683  # of one "x"


def _packed(*names: str) -> bytes:
    """What kpublish would write of files that hold nothing."""
    with io.BytesIO() as stream:
        writer = ZipWriter(stream, "2026-11-24")
        for name in names:
            writer.add(name, io.BytesIO(b""))
        writer.close()
        return stream.getvalue()


def _laid(records: list[Record], body: bytes = b"x", count: int | None = None, start: int | None = None) -> bytes:
    """A zip of stored files whose directory says what it wants."""
    heads = b"".join(local_header(record) + body for record in records)
    directory = b"".join(map(central_header, records))
    end = directory_end(len(records) if count is None else count, len(heads) if start is None else start, len(directory))
    return heads + directory + end


def _changed(old: bytes, new: bytes) -> bytes:
    whole = _packed("README.md")
    assert old in whole
    return whole.replace(old, new)


def _with_mode(mode: int) -> bytes:
    return _changed((0o100644 << 16).to_bytes(4, "little"), (mode << 16).to_bytes(4, "little"))


def _flagged(bit: int) -> bytes:
    """Flags in both headers; bit 11, that names are UTF-8, stands there already."""
    whole, flag = _packed("README.md"), (1 << 11 | 1 << bit).to_bytes(2, "little")
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = whole.index(mark) + place
        whole = whole[:at] + flag + whole[at + 2 :]
    return whole


def _bomb(size: int = 50_000_000) -> bytes:
    """Fifty megabytes in as many kilobytes."""
    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("km3resource.json", bytes(size))
        return stream.getvalue()


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "a bomb": _bomb,
    "bombs in a bomb": lambda: _bomb(1000).replace(b"km3resource.json", b"km3resource.zip.", 1),
    "encrypted": lambda: _flagged(0),
    "sizes that follow": lambda: _flagged(3),
    "a link": lambda: _with_mode(0o120777),
    "a pipe": lambda: _with_mode(0o010644),
    "a device": lambda: _with_mode(0o020666),
    "a folder that is a file": lambda: _with_mode(0o040755),
    "a program of root": lambda: _with_mode(0o104755),
    "a drive": lambda: _packed("C:/Windows/x"),
    "a place on a drive": lambda: _packed("C:x"),
    "a share": lambda: _packed("\\\\server\\share"),
    "a NUL": lambda: _packed("README.md\0.png"),
    "a bell": lambda: _packed("README\a.md"),
    "an escape": lambda: _packed("README\x1b[2J.md"),
    "a name without end": lambda: _packed("/".join(["x" * 200] * 6)),
    "no UTF-8": lambda: _packed("README.md").replace(b"README.md", b"READM\xff.md"),
    "two forms of one letter": lambda: _packed("data/é.csv", "data/e\u0301.csv"),
    "two cases of one letter": lambda: _packed("data/STRASSE.csv", "data/straße.csv"),
    "a file that is a folder": lambda: _packed("data", "data/a.csv"),
    "one name twice": lambda: _packed("README.md", "README.md"),
    "shared bytes": lambda: _laid([Record("a", 1, _CRC, 0, 0), Record("b", 1, _CRC, 0, 0)]),
    "one inside another": lambda: _laid([Record("a", 40, _CRC, 0, 0), Record("b", 1, _CRC, 0, 32)]),
    "sixteen exabytes": lambda: _laid([Record("a", 2**64 - 1, _CRC, 0, 0)]),
    "a start beyond the end": lambda: _laid([Record("a", 1, _CRC, 0, 2**63)]),
    "more files than there are": lambda: _laid([Record("a", 1, _CRC, 0, 0)], count=2**40),
    "fewer files than there are": lambda: _laid([Record("a", 1, _CRC, 0, 0)], count=0),
    "a directory beyond the end": lambda: _laid([Record("a", 1, _CRC, 0, 0)], start=2**63),
    "a program with a package behind it": lambda: b"MZ" + _packed("README.md"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_bad_archive_is_refused_and_nothing_of_it_is_unpacked(tmp_path: Path, name: str) -> None:
    package = tmp_path / "package.zip"
    package.write_bytes(ARCHIVES[name]())
    with pytest.raises(IntegrityError) as caught:
        unpack(package, tmp_path / "new")
    assert caught.value.remedy
    assert list(tmp_path.rglob("*")) == [package] or list((tmp_path / "new").rglob("*")) == []


def test_the_form_refuses_bad_archives_by_a_sentence_and_keeps_nothing(datacenter: Any, account: Callable[..., str]) -> None:
    folder, steward = datacenter.server.token_file.parent / "content", Person(datacenter)
    steward.sign_in(account("--steward"))
    before = sorted(folder.rglob("*"))
    for name in ("a bomb", "sixteen exabytes", "a place on a drive"):
        answer = steward.post("/upload", "/account", files={"package": ("../../evil.zip", ARCHIVES[name]())}, project="")
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), name
        assert "kpublish-upload-" not in answer.text
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    "path", ["C:x", "c:/x", "\\x", "a\\b", "../x", "/x", "a/../../x", "a\0b", "a\rb", "a\u2028b", "a\u202egpj.exe", "x" * 1100, "."]
)
def test_a_release_with_such_a_name_is_refused_by_the_api(datacenter: Any, release: Any, path: str) -> None:
    release.document["files"][0]["path"] = path
    answer = datacenter.open(release)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "files.0.path"), answer.text


def test_a_release_of_too_many_or_too_large_files_is_refused(datacenter: Any, release: Any) -> None:
    files = release.document["files"]
    files[0]["size"] = 2**63
    answer = datacenter.open(release)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "files.0.size")
    files[:] = [{"path": f"{number}", "size": 0, "sha256": "0" * 64, "mediaType": "text/csv"} for number in range(50_001)]
    answer = datacenter.open(release)
    assert (answer.status_code, "50000" in answer.json()["detail"]) == (422, True), answer.text
