"""What a file can do to its reader, each way through which users make kpublish open files."""

import gzip
import os
import pickle
import zipfile
import zlib

import h5py
import numpy as np
import pytest
from astropy.io import fits

from kpublish.formats import fits as fits_format
from kpublish.formats import hdf5
from kpublish.formats.reading_any import read_any
from kpublish.model.finding import Severity
from kpublish.pipeline import load, validate

HEAD = "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype: [{name: e, datatype: float64}]\n"
PROJECT = "KM3Resource: {title: A}\ntables: ['data/*']\nfigures: ['figures/*']\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{before}'] * 9)}]\n" for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)


def sparse(path):
    with path.open("wb") as stream:
        stream.truncate(10 * 1024**3)


def device(path):
    path.symlink_to("/dev/zero")


def text(content):
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


TEXTS = {
    "aliases": text(BOMB),
    "deep": text("[" * 100_000),
    "nul": text(b"a: 1\n\0b: 2\n"),
    "latin": text("a: Müller\n".encode("latin-1")),
    "utf-16": text("a: 1\n".encode("utf-16")),
    "python": text("a: !!python/object/apply:os.system [true]\n"),
    "sparse": sparse,
    "fifo": os.mkfifo,
    "device": device,
    "folder": lambda path: path.mkdir(),
}
HEADERS = {
    "aliases": text("# %ECSV 1.0\n" + "".join(f"# {line}\n" for line in BOMB.splitlines()) + "e\n1\n"),
    "deep": text(f"# %ECSV 1.0\n# {'[' * 100_000}\ne\n1\n"),
    "nul": text(f"{HEAD}e\n1\0\n"),
    "latin": text(f"{HEAD}e\n\xfc\n".encode("latin-1")),
    "utf-16": text(f"{HEAD}e\n1\n".encode("utf-16")),
    "python": text(f"{HEAD}# meta: !!python/object/apply:os.system [true]\ne\n1\n"),
    "gzip": text(gzip.compress(HEAD.encode())),
    "sparse": sparse,
    "fifo": os.mkfifo,
}


def errors(root, only=()):
    return [finding for finding in validate(load(root, only=only)) if finding.severity is Severity.ERROR]


@pytest.fixture
def project(tmp_path):
    (tmp_path / "kpublish.yaml").write_text(PROJECT)
    (tmp_path / "data").mkdir()
    (tmp_path / "figures").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", HEADERS)
def test_a_hostile_annotated_file_is_a_finding_at_its_own_path(project, name):
    HEADERS[name](project / "data" / "t.ecsv")
    found = errors(project, ("data/t.ecsv",))
    assert found
    assert {finding.where.path for finding in found} == {"data/t.ecsv"}
    assert all(finding.remedy for finding in found)


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"folder", "device", "fifo"}))
def test_a_hostile_figure_is_a_finding_at_its_own_path(project, name):
    TEXTS[name](project / "figures" / "f.yaml")
    found = [finding for finding in errors(project) if finding.where.path == "figures/f.yaml"]
    assert found
    assert all(finding.remedy for finding in found)


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"folder", "device", "fifo"}))
def test_a_hostile_project_file_is_a_finding(tmp_path, name):
    TEXTS[name](tmp_path / "kpublish.yaml")
    assert [finding.where.path for finding in errors(tmp_path)][:1] == ["kpublish.yaml"]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".yaml", ".ecsv", ".h5", ".fits", ".vot", ".parquet", ".root", ".dat"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_bare_file_is_refused_whatever_its_suffix(tmp_path, name, suffix):
    path = tmp_path / f"a{suffix}"
    TEXTS[name](path)
    tables = read_any(path)
    assert not any(table.columns for table in tables) or name in ("latin", "utf-16", "aliases")
    assert all(fault.message and fault.remedy for table in tables for fault in table.faults)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"0" * 10**8), "compressed by gzip"),
        (b"\x80\x04\x95\x0b\0\0\0\0\0\0\0\x8c", "a pickle of Python"),
        (b"<!DOCTYPE html><html><form>password</form></html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n", "a note of git"),
        (b"<<<<<<< HEAD\n1,2\n=======\n1,3\n>>>>>>> b\n", "a conflict of git"),
        (b"%PDF-1.7\n", "a picture"),
        (b"\x93NUMPY\x01\0", "an array of NumPy"),
    ],
)
def test_what_hides_a_table_or_is_none_is_refused_with_a_way_out(tmp_path, content, words):
    (tmp_path / "a.csv").write_bytes(content)
    (found,) = read_any(tmp_path / "a.csv")
    assert words in found.faults[0].message
    assert found.faults[0].remedy


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(10**8))
    assert "zip archive" in read_any(tmp_path / "a.npz")[0].faults[0].message


def test_packed_fits_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("astropy.io.fits.open", lambda *_, **__: pytest.fail("it was opened"))
    (found,) = fits_format.read_content(gzip.compress(bytes(10**8)), "a.fits")
    assert "does not begin with SIMPLE" in found.faults[0].message


def test_lists_of_varying_length_in_fits_are_never_read(tmp_path):
    lists = fits.Column("v", "PD()", array=np.array([[1.0], [2.0, 3.0]], dtype=object))
    fits.BinTableHDU.from_columns([fits.Column("e", "D", array=[1.0, 2.0]), lists]).writeto(tmp_path / "a.fits")
    (found,) = read_any(tmp_path / "a.fits")
    assert [column.name for column in found.columns] == ["e"]
    assert "'v' holds lists of varying length" in found.faults[0].message


def test_a_chunk_that_unpacks_to_more_than_memory_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("e", (10,), "f8", maxshape=(None,), chunks=(10**8,), compression="gzip")
    (found,) = read_any(tmp_path / "a.h5")
    assert "more than is read into memory" in found.faults[0].message


def test_many_cells_that_name_one_long_text_are_refused(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("w", data=["x" * 1000] * 50, dtype=h5py.string_dtype())
    monkeypatch.setattr(hdf5, "BYTES", 10_000)
    (found,) = read_any(tmp_path / "a.h5")
    assert "texts are larger" in found.faults[0].message


def test_texts_that_are_read_in_parts_are_whole(tmp_path, monkeypatch):
    words = [f"word {number}" for number in range(50)]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("w", data=words, dtype=h5py.string_dtype())
    monkeypatch.setattr(hdf5, "BYTES", 20_000)
    assert list(read_any(tmp_path / "a.h5")[0].columns[0].values) == words


def test_a_pickle_in_a_user_block_or_behind_a_magic_number_does_no_harm(tmp_path):
    (tmp_path / "a.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + pickle.dumps([1]))
    assert "not a whole HDF5 file" in read_any(tmp_path / "a.h5")[0].faults[0].message


def test_a_stream_that_only_looks_packed_is_refused(tmp_path):
    (tmp_path / "a.dat").write_bytes(zlib.compress(bytes(10**6)))
    assert "not a text" in read_any(tmp_path / "a.dat")[0].faults[0].message


def test_a_heap_of_texts_without_end_is_refused_before_hdf5_goes_through_it(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["kid"] = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
    content = bytearray((tmp_path / "a.h5").read_bytes())
    free = content.index(b"GCOL") + 16 + 16 + 40
    assert int.from_bytes(content[free : free + 2], "little") == 0
    content[free + 8 : free + 16] = bytes(8)
    monkeypatch.setattr(h5py, "File", lambda *_, **__: pytest.fail("it was opened"))
    (found,) = hdf5.read_content(bytes(content), "a.h5")
    assert "a heap of texts is damaged" in found.faults[0].message


def test_a_name_that_no_file_can_have_is_a_finding(tmp_path):
    (tmp_path / "kpublish.yaml").write_text(f"KM3Resource: {{title: A}}\ntables: ['{'9' * 400}.ecsv', '{'9' * 400}/*.ecsv']\n")
    assert any("There is no file 999" in finding.message for finding in errors(tmp_path))
