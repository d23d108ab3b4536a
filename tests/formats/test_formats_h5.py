"""Event files: written and read by our own module, the same numbers and units for every reader, and only by blocks."""

import io
import pickle
import shutil
from pathlib import Path

import h5py
import numpy
import pandas
import pytest
import tables
from astropy.table import QTable, Table
from astropy.units import Unit

from kpublish.errors import UsageError
from kpublish.formats import ecsv, h5
from kpublish.formats.h5.reading import EVENTS, META
from kpublish.formats.h5.stored import BLOCK, StoredColumn

EXAMPLES = Path(__file__).parents[1] / "examples" / "good"
TEXTS = sorted(EXAMPLES.rglob("*.ecsv"))
FLUX = EXAMPLES / "full" / "data" / "flux.ecsv"


@pytest.fixture
def flux(tmp_path):
    """An event file with what a text table says."""
    (tmp_path / "flux.h5").write_bytes(h5.write(ecsv.read(FLUX, "flux.ecsv")))
    return tmp_path / "flux.h5"


def changed(path, change):
    with h5py.File(path, "r+") as file:
        change(file)
    return h5.read(path, path.name)


def said(table):
    return [fault.message for fault in table.faults]


@pytest.mark.parametrize("path", TEXTS, ids=[path.relative_to(EXAMPLES).as_posix() for path in TEXTS])
def test_a_table_is_the_same_as_text_and_as_event_file(path, tmp_path):
    text = ecsv.read(path, "data/t.h5")
    if any(
        None in values for values, one in zip(text.values, text.parameters, strict=True) if one.datatype.startswith(("int", "uint"))
    ):
        with pytest.raises(UsageError, match="empty cells"):
            h5.write(text)
        return
    content = h5.write(text)
    (tmp_path / "t.h5").write_bytes(content)
    events = h5.read(tmp_path / "t.h5", "data/t.h5")
    assert events.faults == ()
    assert (events.parameters, events.resource, events.origin) == (text.parameters, text.resource, text.origin)
    assert len(events.lines) == len(text.lines)
    for mine, theirs in zip(events.values, text.values, strict=True):
        assert mine == [float("nan") if cell is None and mine.words is False else cell for cell in theirs]
    assert h5.write(events) == content


def test_every_reader_finds_the_same_numbers_and_units(flux):
    text = Table.read(FLUX, format="ascii.ecsv")
    frame = pandas.read_hdf(flux, EVENTS)
    quantities = QTable.read(flux, path=EVENTS)
    with h5py.File(flux) as file, tables.open_file(flux) as opened:
        rows, table = file[EVENTS][()], opened.root.events
        for number, name in enumerate(text.colnames):
            wanted = numpy.asarray(text[name])
            assert numpy.array_equal(rows[name], wanted)
            assert numpy.array_equal(table[:][name], wanted)
            assert numpy.array_equal(frame[name], wanted)
            assert numpy.array_equal(quantities[name].value, wanted)
            assert quantities[name].unit == text[name].unit
            unit = file[EVENTS].attrs[f"FIELD_{number}_UNIT"].decode()
            assert table.attrs[f"FIELD_{number}_UNIT"] == unit
            assert quantities[name].unit == Unit(unit)
        kid = ecsv.read(FLUX, "flux.ecsv").kid
        assert opened.root._v_attrs.kid.decode() == file.attrs["kid"].decode() == kid
        (step,) = opened.root.provenance[:]
        assert step["name"] == b"making up"
        assert opened.root.header[0]["measurement_start"] == b"2026-01-01T00:00:00Z"


def test_rows_stay_in_the_file_and_are_read_in_blocks(tmp_path):
    rows = 2 * BLOCK + 7
    dtype = numpy.dtype([("a", "float64"), ("word", "S4")])
    block = numpy.zeros(rows, dtype)
    block["a"], block["word"] = numpy.arange(rows), b"ab"
    header = {
        "datatype": [{"name": "a", "datatype": "float64"}, {"name": "word", "datatype": "string"}],
        "meta": {"KM3Resource": {}},
    }
    with open(tmp_path / "t.h5", "w+b") as stream:
        h5.writing.write_events(stream, header, dtype, [block[:BLOCK], block[BLOCK:]])
    numbers, words = h5.read(tmp_path / "t.h5", "t.h5").values
    assert isinstance(numbers, StoredColumn)
    assert (len(numbers), sum(numbers), numbers[-1], numbers[BLOCK]) == (rows, rows * (rows - 1) / 2, rows - 1, BLOCK)
    assert numbers[BLOCK - 1 : BLOCK + 2] == [BLOCK - 1, BLOCK, BLOCK + 1]
    assert (words[0], set(words)) == ("ab", {"ab"})
    assert pickle.loads(pickle.dumps(numbers)) == numbers
    with pytest.raises(IndexError):
        numbers[rows]


def test_positions_are_rows_and_columns(flux):
    where = h5.read(flux, "data/flux.h5").cell(1, 2)
    assert (where.path, where.line, where.column, where.length) == ("data/flux.h5", 2, 3, 0)


def rename(file):
    data = file[EVENTS][()]
    del file[EVENTS]
    file[EVENTS] = data.astype([("other", "f8"), *data.dtype.descr[1:]])


def smaller(file):
    data = file[EVENTS][()]
    del file[EVENTS]
    file[EVENTS] = data.astype([(data.dtype.names[0], "f4"), *data.dtype.descr[1:]])


def another_kid(file):
    file.attrs["kid"] = numpy.bytes_(b"00000000-0000-4000-8000-000000000000")


def external(file):
    del file[EVENTS]
    file[EVENTS] = h5py.ExternalLink("other.h5", "events")


def linked(file):
    file["real"] = file[EVENTS]
    del file[EVENTS]
    file[EVENTS] = h5py.SoftLink("/real")


def virtual(file):
    layout = h5py.VirtualLayout((3,), file[EVENTS].dtype)
    layout[:] = h5py.VirtualSource("other.h5", EVENTS, (3,), file[EVENTS].dtype)
    del file[EVENTS]
    file.create_virtual_dataset(EVENTS, layout)


def varying(file):
    del file[META]
    file.create_dataset(META, data=["datatype: []"], dtype=h5py.string_dtype())


def words(file):
    dtype = numpy.dtype([("a", h5py.string_dtype())])
    del file[EVENTS]
    file.create_dataset(EVENTS, (1,), dtype)


def large_pieces(file):
    dtype = file[EVENTS].dtype
    del file[EVENTS]
    file.create_dataset(EVENTS, (1,), dtype, maxshape=(None,), chunks=(2**24,), compression="gzip")


def no_yaml(file):
    del file[META]
    file[META] = numpy.array([b"{"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (rename, "but the rows have other"),
        (smaller, "is float32, but its datatype says float64"),
        (another_kid, "The kid of the file is 00000000"),
        (external, "events is a link, which is not followed"),
        (linked, "events is a link, which is not followed"),
        (virtual, "has its data in other files"),
        (varying, "is no text"),
        (words, "something else than numbers"),
        (large_pieces, "larger than what is read into memory"),
        (no_yaml, "YAML"),
        (lambda file: file.pop(META), "not an annotated event file"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_wrong_is_told_and_nothing_else_is_opened(flux, change, message):
    table = changed(flux, change)
    assert any(message in told for told in said(table)), said(table)


@pytest.mark.parametrize("cut", [0, 4, 100, 3000])
def test_broken_files_are_one_sentence(flux, cut):
    flux.write_bytes(flux.read_bytes()[:cut])
    assert "not a whole HDF5 file" in said(h5.read(flux, "flux.h5"))[0]
    assert not h5.is_annotated(flux)


def test_what_cannot_be_read_or_is_something_else_is_no_event_file(tmp_path, flux):
    assert "no file" in said(h5.read(tmp_path / "nothing.h5", "nothing.h5"))[0]
    shutil.copy(FLUX, tmp_path / "text.h5")
    assert [h5.is_annotated(path) for path in (flux, tmp_path / "text.h5", tmp_path / "nothing.h5")] == [True, False, False]


def test_a_file_in_memory_is_the_same(flux):
    table = h5.read(flux, "flux.h5")
    with h5py.File(io.BytesIO(h5.write(table))) as file:
        assert list(file) == [EVENTS, META, "header", "provenance"]
