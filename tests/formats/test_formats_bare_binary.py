import hashlib
import os
import pickle
import sys
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import MaskedColumn, Table

from kpublish.errors import MissingExtra
from kpublish.formats import FORMATS, parquet, votable
from kpublish.formats.reading_any import format_of, read_any
from kpublish.model.bare_table import BareTable


@pytest.fixture
def example():
    table = Table({"e": [1.5, 2.5, np.nan], "n": MaskedColumn([1, 2, 3], mask=[False, True, False]), "w": ["a", "b", "c"]})
    table["e"].unit = "GeV"
    return table


VALUES = {"e": [1.5, 2.5, None], "n": [1, None, 3], "w": ["a", "b", "c"]}


def columns(table):
    """Values by name, with None for not-a-number so that they compare."""
    assert not table.faults
    return {column.name: [None if value != value else value for value in column.values] for column in table.columns}


@pytest.mark.parametrize("layout", ["tabledata", "binary2"])
def test_a_votable_is_read_with_units_and_gaps(example, tmp_path, layout):
    example["e"].meta["ucd"] = "em.energy"
    example.write(tmp_path / "a.vot", format="votable", tabledata_format=layout)
    (found,) = read_any(tmp_path / "a.vot")
    assert columns(found) == VALUES
    assert (found.columns[0].unit, found.columns[0].ucd) == ("GeV", "em.energy")


def test_a_fits_table_is_read_with_units_keywords_and_gaps(example, tmp_path):
    example.meta["OBSERVER"] = "Ada"
    example.write(tmp_path / "a.fits")
    (found,) = read_any(tmp_path / "a.fits")
    assert columns(found) == VALUES
    assert (found.columns[0].unit, found.meta["OBSERVER"]) == ("GeV", "Ada")


def test_a_column_of_vectors_is_refused_by_its_name(tmp_path):
    Table({"e": [1.0, 2.0], "pdf": [[1.0, 2.0], [3.0, 4.0]]}).write(tmp_path / "a.fits")
    (found,) = read_any(tmp_path / "a.fits")
    assert [column.name for column in found.columns] == ["e"]
    assert "The column 'pdf' holds arrays of the shape (2,)" in found.faults[0].message


def test_fits_without_tables_and_cut_fits_are_refused(example, tmp_path):
    fits.PrimaryHDU(np.zeros((4, 4))).writeto(tmp_path / "image.fits")
    assert "without a table" in read_any(tmp_path / "image.fits")[0].faults[0].message
    example.write(tmp_path / "a.fits")
    (tmp_path / "cut.fits").write_bytes((tmp_path / "a.fits").read_bytes()[:-2000])
    (found,) = read_any(tmp_path / "cut.fits")
    assert ("ends too early" in found.faults[0].message, found.columns) == (True, ())


VOTABLE = """<?xml version="1.0"?>{top}
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE name="t">
<FIELD name="e" datatype="double"/><DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>
"""


@pytest.mark.parametrize(
    ("top", "data", "words"),
    [
        ('\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>', "<TABLEDATA/>", "document type"),
        ("", '<BINARY><STREAM title=">" href="file:///etc/hostname"/></BINARY>', "in another file"),
        ("", '<FITS><STREAM xmlns:x="u" x:href="http://localhost:1/"/></FITS>', "in another file"),
        ("", "<TABLEDATA>", "not XML"),
        ("", '<TABLEDATA/></DATA></TABLE><TABLE nrows="100000000000"><DATA>', "promises 100000000000 cells"),
    ],
)
def test_a_votable_that_would_open_other_files_is_refused_before_astropy_sees_it(monkeypatch, top, data, words):
    monkeypatch.setattr("astropy.io.votable.parse", lambda *_, **__: pytest.fail("it was parsed"))
    (found,) = votable.read_content(VOTABLE.format(top=top, data=data).encode(), "a.vot")
    assert words in found.faults[0].message
    assert found.faults[0].where.line > 1


def test_a_link_to_a_page_does_no_harm_in_a_votable():
    text = VOTABLE.format(top="", data="<TABLEDATA><TR><TD>1</TD></TR></TABLEDATA>")
    text = text.replace("<FIELD", '<LINK href="https://example.org"/><FIELD')
    assert columns(votable.read_content(text.encode(), "a.vot")[0]) == {"e": [1.0]}


def test_parquet_is_read_with_its_gaps_and_units(tmp_path):
    fields = [
        pa.field("e", pa.float32(), metadata={"unit": "GeV"}),
        pa.field("n", pa.int16()),
        pa.field("w", pa.dictionary(pa.int8(), pa.string())),
        pa.field("ok", pa.bool_()),
    ]
    cells = [[1.5, None], [None, 2], ["a", "b"], [True, None]]
    table = pa.table([pa.array(one, field.type) for one, field in zip(cells, fields, strict=True)], schema=pa.schema(fields))
    pq.write_table(table.replace_schema_metadata({"by": "Ada"}), tmp_path / "a.parquet")
    (found,) = read_any(tmp_path / "a.parquet")
    assert [column.values for column in found.columns] == cells
    assert [column.datatype for column in found.columns] == ["float32", "int16", "string", "bool"]
    assert (found.columns[0].unit, found.meta) == ("GeV", {"by": "Ada"})


def test_parquet_with_lists_and_cut_parquet_is_refused(tmp_path):
    pq.write_table(pa.table({"e": [1.0], "l": [[1, 2]]}), tmp_path / "a.parquet")
    (found,) = read_any(tmp_path / "a.parquet")
    assert (len(found.columns), "'l'" in found.faults[0].message) == (1, True)
    (broken,) = parquet.read_content((tmp_path / "a.parquet").read_bytes()[:-9], "a.parquet")
    assert "not a whole Parquet file" in broken.faults[0].message


@pytest.fixture
def hdf5(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["kid"] = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
        file["events"] = np.array([(1, 1.5, b"a"), (2, 2.5, b"b")], dtype=[("id", ">i4"), ("e", "f4"), ("w", "S3")])
        file["events"].attrs["TITLE"] = np.bytes_(b"Events")
        file["flux/e"], file["flux/y"], file["flux/other"] = [1.0, 2.0], [3, 4], [5, 6, 7]
        file["flux/e"].attrs["unit"] = "GeV"
        file["matrix"] = [[1.0, 2.0], [3.0, 4.0]]
        file["again"] = file["events"]
        file["_i_events/sorted"] = [1, 2]
        file["soft"] = h5py.SoftLink("/events")
    return tmp_path / "a.h5"


def test_compounds_groups_of_columns_and_matrices_of_hdf5_are_tables(hdf5):
    found = read_any(hdf5)
    assert [table.name for table in found] == ["again", "flux", "flux", "matrix"]  # the first of two names of one data set
    assert [columns(table) for table in found[:3]] == [
        {"id": [1, 2], "e": [1.5, 2.5], "w": ["a", "b"]},
        {"e": [1.0, 2.0], "y": [3, 4]},
        {"other": [5, 6, 7]},
    ]
    assert [(column.name, column.values) for column in found[3].columns] == [(None, [1.0, 3.0]), (None, [2.0, 4.0])]
    assert [column.datatype for column in found[0].columns] == ["int32", "float32", "string"]
    assert (found[1].columns[0].unit, found[0].meta["TITLE"]) == ("GeV", "Events")
    assert found[0].meta["file"]["kid"] == "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"


class Harm:
    def __reduce__(self):
        return os.mkdir, (f"{os.environ['PICKLED_INTO']}",)


def test_a_pickle_in_an_attribute_is_never_executed(hdf5, tmp_path, monkeypatch):
    monkeypatch.setenv("PICKLED_INTO", str(tmp_path / "harm"))
    with h5py.File(hdf5, "a") as file:
        file.attrs["pickled"] = np.void(pickle.dumps(Harm()))
        file["matrix"].attrs["pickled"] = np.bytes_(pickle.dumps(Harm(), 0))
    assert len(read_any(hdf5)) == 4
    assert not (tmp_path / "harm").exists()
    pickle.loads(pickle.dumps(Harm()))  # it does harm where it is executed
    assert (tmp_path / "harm").exists()


def test_hdf5_that_points_into_other_files_is_refused(hdf5, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret" * 10)
    with h5py.File(hdf5, "a") as file:
        file["link"] = h5py.ExternalLink("secret.h5", "/a")
        file.create_dataset("stored", (4,), "u1", external=[(str(tmp_path / "secret"), 0, 4)])
        layout = h5py.VirtualLayout((4,), "u1")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "a", (4,))
        file.create_virtual_dataset("virtual", layout)
    said = {table.name: table.faults[0].message for table in read_any(hdf5) if table.faults}
    assert said == {
        "link": "link is a link to another file, which is not followed.",
        "stored": "stored has its data in other files, which are not read.",
        "virtual": "virtual has its data in other files, which are not read.",
    }


def test_hdf5_that_unpacks_to_more_than_memory_is_refused(tmp_path):
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        file.create_dataset("zeros", (10**12,), "f8", chunks=(10**6,), compression="gzip")
        file["cube"] = np.zeros((2, 2, 2))
    said = {table.name: table.faults[0].message for table in read_any(tmp_path / "bomb.h5")}
    assert "more than is read into memory" in said["zeros"]
    assert "has 3 dimensions" in said["cube"]


def test_parquet_that_unpacks_to_more_than_memory_is_refused(tmp_path):
    chunk = pa.table({"e": pa.DictionaryArray.from_arrays(pa.array(np.zeros(10**6, "i1")), pa.array(["a"]))})
    with pq.ParquetWriter(tmp_path / "bomb.parquet", chunk.schema) as writer:
        for _ in range(17):
            writer.write_table(chunk)
    (found,) = read_any(tmp_path / "bomb.parquet")
    assert (tmp_path / "bomb.parquet").stat().st_size < 100_000
    assert "larger than what is read into memory" in found.faults[0].message


def test_a_missing_package_names_its_extra(hdf5, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingExtra, match=r"kpublish\[hdf5\]"):
        read_any(hdf5)


def test_content_decides_before_the_suffix():
    assert format_of(b"\x89HDF\r\n\x1a\n", "a.csv") is FORMATS.get("hdf5")
    assert format_of(b'{"e": [1]}', "a.txt") is FORMATS.get("pandas_json")
    assert format_of(b"1,2\n", "a.json") is FORMATS.get("pandas_json")
    assert format_of(b"1 2\n", "a.unknown") is FORMATS.get("delimited")


def bare():
    return [(name, member) for name, member in FORMATS.all() if member.KIND == "bare"]


@pytest.mark.parametrize(("name", "member"), bare(), ids=[name for name, _ in bare()])
def test_every_reader_of_bare_tables_keeps_the_contract(name, member, tmp_path):
    assert member.MEDIA_TYPE.count("/") == 1
    assert all(suffix.startswith(".") for suffix in member.SUFFIXES)
    (tmp_path / "broken").write_bytes(b"\x89HDF \x00 no such format")
    for path in (tmp_path / "broken", tmp_path / "absent", tmp_path):
        (found,) = member.read(path, "a name")
        assert isinstance(found, BareTable)
        assert (found.path, found.columns, found.faults[0].where.path) == ("a name", (), "a name")
        assert found.faults[0].remedy


def test_an_empty_file_and_a_folder_are_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"")
    assert read_any(tmp_path / "a.csv")[0].faults[0].message == "The file is empty."
    assert "not a regular file" in read_any(tmp_path)[0].faults[0].message


def test_a_table_knows_the_checksum_of_its_file():
    path = Path(__file__).parents[1] / "data" / "bare" / "sens_10yr_gamma-2.txt"
    assert read_any(path)[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
