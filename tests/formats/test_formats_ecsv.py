"""Annotated tables: read with every fault at its place, written byte by byte the same, and readable without us."""

import hashlib
import io
import math
import os
from pathlib import Path

import numpy
import pandas
import pytest
from astropy.table import Table as AstropyTable
from hypothesis import given
from hypothesis import strategies as st

from kpublish.formats import ecsv
from kpublish.formats.ecsv import blocks
from kpublish.formats.ecsv import body as body_module
from kpublish.formats.ecsv.reading import read_content
from kpublish.model.finding import Position
from kpublish.model.table import TableColumn

HEADER = """# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {name: energy, datatype: float64, unit: GeV, description: neutrino energy, meta: {symbol: 'E_{\\nu}', role: value, axis: x}}
# - {name: events, datatype: int8}
# - {name: name, datatype: string}
# meta:
#   KM3Resource: {kid: 8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11, title: A table}
#   origin: {range: {zenith: {min: -1.0, max: 1.0}}, provenance: [{refID: r1, name: fit, settings: {n: 3}}]}
#   other_tool: {kept: 1.50}
# schema: astropy-2.0
"""
FIRST = HEADER.count("\n") + 2  # line of the first row


def table_of(rows, header=HEADER, names="energy,events,name"):
    return read_content(f"{header}{names}\n{rows}".encode(), "data/t.ecsv")


def places(table):
    return [(fault.code, fault.where.line, fault.where.column) for fault in table.faults]


def test_a_table_is_read_with_all_it_says():
    table = table_of("1.50,2,a\n-1e3,-3,b#c\n")
    assert table.faults == ()
    assert table.values == ([1.5, -1000.0], [2, -3], ["a", "b#c"])
    assert (table.kid, table.resource.title, table.name) == ("8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11", "A table", "t")
    energy = table.parameter("energy")
    assert (energy.unit, energy.symbol, energy.role, energy.axis) == ("GeV", "E_{\\nu}", "value", "x")
    assert energy.model_fields_set == {"columnname", "datatype", "unit", "description", "symbol", "role", "axis"}
    assert table.origin.range["zenith"].min == -1.0
    assert table.origin.provenance[0].settings == {"n": 3}
    assert table.header.data["meta"]["other_tool"] == {"kept": "1.50"}
    assert list(table.lines) == [FIRST, FIRST + 1]
    assert table.header.text + table.body == f"{HEADER}energy,events,name\n1.50,2,a\n-1e3,-3,b#c\n"


def test_sha256_is_that_of_the_file(tmp_path):
    content = (HEADER + "energy,events,name\r\n1,2,a\r\n").encode()
    (tmp_path / "t.ecsv").write_bytes(content)
    table = ecsv.read(tmp_path / "t.ecsv", "t.ecsv")
    assert table.sha256 == hashlib.sha256(content).hexdigest()
    assert [fault.code for fault in table.faults] == ["FIL04"]
    assert table.values == ([1.0], [2], ["a"])


def test_empty_cells_are_none_and_nan_and_inf_are_numbers():
    table = table_of(",,\nnan,1,x\n-inf,,\n 2.5 ,1,y\n")
    assert table.faults == ()
    energy, events, name = table.values
    assert energy[0] is None
    assert math.isnan(energy[1])
    assert energy[2:] == [-math.inf, 2.5]
    assert events == [None, 1, None, 1]
    assert name == [None, "x", None, "y"]


@pytest.mark.parametrize("cell", ["1_000", "infinity", "\u0661", "1\u00a0", "\u22121", "1,5"[:1] + "e", "0x10", "1e999", "true"])
def test_what_float_accepts_is_not_always_a_number(cell):
    table = table_of(f"1,2,a\n{cell},3,b\n")
    assert places(table) == [("TAB03", FIRST + 1, 1)]
    assert table.values[0] == [1.0, None]
    assert table.values[2] == ["a", "b"]


@pytest.mark.parametrize("cell", ["1.0", "128", "-129", "1e2", "9" * 5000, "+-1"])
def test_integers_are_integers_in_range(cell):
    table = table_of(f"1,{cell},a\n2,3,b\n")
    assert places(table) == [("TAB03", FIRST, 3)]
    assert table.values[1] == [None, 3]


def test_truth_values_are_true_and_false():
    header = HEADER.replace("datatype: int8", "datatype: bool")
    table = table_of("1,True,a\n2,False,b\n3,yes,c\n4,,d\n5,0,e\n", header)
    assert places(table) == [("TAB03", FIRST + 2, 3), ("TAB03", FIRST + 4, 3)]
    assert table.values[1] == [True, False, None, None, None]
    assert table.faults[1].remedy == "Write True or False."


def test_all_bad_rows_and_cells_are_told_at_once():
    table = table_of("x,1,a\n1,2\n1,y,b\n1,2,c,d\n\n#1,2,e\n3,4,f\n")
    assert places(table) == [
        ("TAB03", FIRST, 1),
        ("TAB02", FIRST + 1, 1),
        ("TAB03", FIRST + 2, 3),
        ("TAB02", FIRST + 3, 1),
        ("TAB02", FIRST + 5, 1),
    ]
    assert list(table.lines) == [FIRST, FIRST + 2, FIRST + 6]
    assert table.values[0] == [None, 1.0, 3.0]
    assert all(fault.remedy for fault in table.faults)


def test_many_bad_cells_of_a_column_are_counted():
    table = table_of("x,1,a\n" * 150)
    assert len(table.faults) == 101
    assert any("50 more cells" in fault.message for fault in table.faults)


def test_quoted_cells_are_read_with_their_places():
    table = table_of('1,1,"a,""b"""\n2,2,"two\nlines"\nx,3,"c"\n4,200,d\n')
    assert table.values[2] == ['a,"b"', "two\nlines", "c", "d"]
    assert list(table.lines) == [FIRST, FIRST + 1, FIRST + 3, FIRST + 4]
    assert places(table) == [("TAB03", FIRST + 3, 1), ("TAB03", FIRST + 4, 3)]
    assert table.cell(0, 2) == Position("data/t.ecsv", FIRST, 5, len('"a,""b"""'))
    assert table.cell(2, 2) == Position("data/t.ecsv", FIRST + 3, 5, 3)


def test_an_open_quote_is_told_where_it_begins():
    table = table_of('1,1,a\n2,2,"b\n3,3,c\n')
    assert places(table) == [("TAB02", FIRST + 1, 1)]
    assert table.values[0] == [1.0]


def test_a_cell_knows_its_place():
    table = table_of("1.50,2,abc\n-1e3,-3,b\n")
    assert table.cell(0, 2) == Position("data/t.ecsv", FIRST, 8, 3)
    assert table.cell(1, 1) == Position("data/t.ecsv", FIRST + 1, 6, 2)


def test_blocks_and_cells_give_the_same(monkeypatch):
    rows = "".join(f"{number / 7!r},{number % 100},n{number}\n" for number in range(500))
    whole = table_of(rows)
    monkeypatch.setattr(blocks, "_BLOCK", 97)
    assert table_of(rows).values == table_of(rows.rstrip("\n")).values == whole.values
    monkeypatch.setattr(body_module, "values_of", lambda text, columns: None)
    assert table_of(rows).values == whole.values
    assert list(table_of(rows).lines) == list(whole.lines)
    assert len(whole.values[0]) == 500


def test_lines_end_only_with_line_feeds():
    table = table_of("1,2,a\u2028b\n2,3,c\x0bd\x85\n")
    assert table.faults == ()
    assert table.values[2] == ["a\u2028b", "c\x0bd\x85"]


def test_a_table_without_rows_is_a_table():
    table = table_of("")
    assert table.faults == ()
    assert table.values == ([], [], [])


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"", 1, "empty"),
        (b"\n\n", 1, "empty"),
        (b"a,b\n1,2\n", 1, "no header"),
        (b"# %ECSV 0.9\n# ---\n", 1, "version 1.0"),
        (b"\xef\xbb\xbf# %ECSV 1.0\n", 1, "byte order mark"),
        (b"# %ECSV 1.0\n# ---\n# delimiter: ','\n# caf\xe9\n", 4, "UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", 1, "UTF-8"),
        (b"# %ECSV 1.0\n", 0, "describes nothing"),
        (b"# %ECSV 1.0\n# ---\n# delimiter: ','\na\n1\n", 1, "no columns"),
        (b"# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype: []\na\n", 4, "no columns"),
        (b"# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: int64}\na\n1\n", 1, "delimiter"),
        (b"# %ECSV 1.0\n# ---\n# delimiter: ';'\n# datatype:\n# - {name: a, datatype: int64}\na\n1\n", 3, "delimiter"),
        (b"# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n# - {name: a, datatype: int64}\nb\n1\n", 6, "column names"),
        (b"# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n# - {name: a, datatype: int64}\n", 6, "ends after"),
        (b"# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n# - {name: a, datatype: int64}\n'\"'a\r\n1\n", 6, "column names"),
        (b"# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n# - {name: a, datatype: int64}\n\"a\rb\n1\n", 6, "column names"),
    ],
)
def test_what_is_no_annotated_table_is_told(content, line, word):
    table = read_content(content, "t.ecsv")
    (fault,) = (fault for fault in table.faults if fault.code != "FIL04")  # of some, the line ends are told too
    assert (fault.code, fault.where.line) == ("TAB01", line)
    assert word in fault.message
    assert fault.remedy


def test_a_missing_file_a_folder_and_a_pipe_are_told(tmp_path):
    os.mkfifo(tmp_path / "pipe.ecsv")
    for name in ("missing.ecsv", "pipe.ecsv", "."):
        (fault,) = ecsv.read(tmp_path / name, name).faults
        assert fault.code == "TAB01"


def test_faults_of_the_header_have_their_places_in_the_file_and_hide_nothing():
    header = HEADER.replace("role: value", "role: valeu").replace("kid:", "kidd:").replace("datatype: int8", "datatype: int7")
    header = header.replace("other_tool", "origins")
    table = table_of("x,1,a\n", header)
    assert places(table) == [("RES03", 5, 112), ("RES03", 6, 30), ("RES02", 9, 19), ("RES02", 11, 5)]
    assert table.resource.title == "A table"
    assert "'value'" in table.faults[0].remedy
    assert "'int8'" in table.faults[1].remedy


def test_a_wrong_word_in_the_header_does_not_hide_the_body():
    table = table_of("x,1,a\n", HEADER.replace("role: value", "role: valeu"))
    assert [fault.code for fault in table.faults] == ["RES03", "TAB03"]
    assert table.values[1] == [1]


@pytest.mark.parametrize("broken", ["# a: [", "#\t- b", "# 'a"])
def test_a_header_that_is_not_yaml_is_told_in_its_line(broken):
    table = read_content(f"# %ECSV 1.0\n# ---\n# delimiter: ','\n{broken}\na\n1\n".encode(), "t.ecsv")
    assert [fault.code for fault in table.faults] == ["YML01"]
    assert 4 <= table.faults[0].where.line <= 5
    assert table.resource is None


# ---- writing ----


def test_a_file_we_wrote_is_written_again_byte_by_byte():
    once = ecsv.write(table_of('1.50,2,"a,b"\n-1E3,-03,c\n'))
    assert ecsv.write(read_content(once, "t.ecsv")) == once
    again = read_content(once, "t.ecsv")
    assert again.faults == ()
    assert again.body.endswith('\n1.50,2,"a,b"\n-1E3,-03,c\n')
    assert again.header.data == table_of("").header.data


EXAMPLES = Path(__file__).parents[1] / "examples" / "good"


def test_every_example_table_is_written_again_byte_by_byte():
    paths = sorted(EXAMPLES.rglob("*.ecsv"))
    assert paths
    for path in paths:
        table = ecsv.read(path, path.name)
        once = ecsv.write(table)
        again = read_content(once, path.name)
        assert ecsv.write(again) == once
        assert (again.values, again.parameters, again.resource) == (table.values, table.parameters, table.resource)


def test_a_new_table_keeps_literals_and_quotes_what_needs_it():
    columns = [{"meta": {"role": "value"}, "name": "flux, all", "datatype": "float64"}, {"name": "id", "datatype": "string"}]
    text = ecsv.table_text(columns, [["1.0e-5", "#1"], ["2.50", None], [None, ' say "x"']], {"KM3Resource": {"title": "A"}})
    assert text.endswith('"flux, all",id\n1.0e-5,"#1"\n2.50,\n," say ""x"""\n')
    table = read_content(text.encode(), "t.ecsv")
    assert table.faults == ()
    assert table.values == ([1e-5, 2.5, None], ["#1", None, ' say "x"'])
    assert ecsv.write(table) == text.encode()


COLUMNS = [
    {"name": "energy_low", "datatype": "float64", "unit": "GeV", "description": "lower edge", "meta": {"symbol": "E_{\\nu}"}},
    {"name": "aeff", "datatype": "float64", "unit": "m2"},
    {"name": "events", "datatype": "int64"},
]
ROWS = [["50.11872336272722", "9.428264097595655e-05", "3"], ["112.20184543019634", "nan", "0"], ["251.0", "1.0e-03", "-7"]]
META = {
    "KM3Resource": {
        "kid": "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11",
        "title": "A: b",
        "authors": [{"name": "K", "type": "collaboration"}],
    },
    "origin": {"range": {"zenith": {"min": -1.0}}, "provenance": [{"refID": "1.10", "name": "fit", "settings": {"n": [1, 2]}}]},
}


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "t.ecsv"
    path.write_text(ecsv.table_text(COLUMNS, ROWS, META))
    return path, ecsv.read(path, "t.ecsv")


def test_astropy_reads_the_same_values_and_metadata(written):
    path, ours = written
    table = AstropyTable.read(path, format="ascii.ecsv")
    for column in ours.parameters:
        numpy.testing.assert_array_equal(numpy.asarray(table[column.columnname]), ours.column(column.columnname))
    assert table.meta == META
    assert str(table["aeff"].unit) == "m2"
    assert table["energy_low"].meta == {"symbol": "E_{\\nu}"}


def test_pandas_reads_the_same_values(written):
    path, ours = written
    frame = pandas.read_csv(path, comment="#")
    assert list(frame.columns) == [column.columnname for column in ours.parameters]
    for name in frame.columns:
        numpy.testing.assert_allclose(frame[name], ours.column(name), rtol=1e-15)  # older pandas round the last digit


def test_numpy_reads_the_same_values(written):
    path, ours = written
    skip = ours.header.text.count("\n") + 1
    values = numpy.genfromtxt(path, delimiter=",", skip_header=skip)
    numpy.testing.assert_array_equal(values, numpy.array(ours.values, dtype=float).T)


def test_what_astropy_writes_is_read(tmp_path):
    table = AstropyTable(
        {"a": [1.5, 2.5], "n": [1, 2], "s": ["x", "y z"], "ok": [True, False]}, meta={"KM3Resource": {"title": "T"}}
    )
    table["a"].unit = "GeV"
    table["a"].meta["role"] = "value"
    buffer = io.StringIO()
    table.write(buffer, format="ascii.ecsv", delimiter=",")
    ours = read_content(buffer.getvalue().encode(), "t.ecsv")
    assert ours.faults == ()
    assert ours.values == ([1.5, 2.5], [1, 2], ["x", "y z"], [True, False])
    assert ours.resource.title == "T"
    assert ours.parameter("a").role == "value"


NUMBERS = [TableColumn(name="f", datatype="float64"), TableColumn(name="n", datatype="int64")]


@given(st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**63), 2**63 - 1)), min_size=1))
def test_numbers_written_by_python_come_back_with_every_bit(rows):
    values = body_module.read_body("a", 1, "f,n\n" + "".join(f"{f!r},{n}\n" for f, n in rows), NUMBERS).values
    assert [list(map(repr, column)) for column in values] == [[repr(cell) for cell in column] for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("literal", ["-0", "+1", ".5", "1.", "007", "1e5", "9007199254740993", "1E+300", "2e-400"])
def test_every_way_to_write_a_number_gives_what_python_gives(literal):
    (values, _) = body_module.read_body("a", 1, f"f,n\n1.5,2\n{literal},3\n", NUMBERS).values
    assert repr(values[1]) == repr(float(literal))


@pytest.mark.parametrize("literal", ["1_0", "1e999", "Infinity", "0x1", "1e", "--1", "[1]", "\u0661", "1\u00a0"])
def test_what_is_no_number_is_told(literal):
    (fault,) = body_module.read_body("a", 1, f"f,n\n1.5,2\n{literal},3\n", NUMBERS).faults
    assert (fault.code, fault.where.line) == ("TAB03", 3)


def test_columns_of_numbers_are_compact_and_equal_to_lists():
    numbers, _ = body_module.read_body("a", 1, "f,n\n1.5,2\n2,3\n", NUMBERS).values
    assert numbers == [1.5, 2.0]
    assert numbers == blocks.Numbers("d", [1.5, 2.0])
    assert numbers != [1.5]
    assert numbers.itemsize == 8


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=20)


@given(st.lists(st.tuples(WORDS, st.one_of(st.none(), st.floats(allow_nan=False))), min_size=1))
def test_any_words_and_numbers_that_are_written_come_back_and_are_written_the_same(rows):
    columns = [{"name": "w", "datatype": "string"}, {"name": "f", "datatype": "float64"}]
    literals = [[word, None if number is None else repr(number)] for word, number in rows]
    content = ecsv.table_text(columns, literals, {"KM3Resource": {"title": "A"}}).encode()
    table = read_content(content, "t.ecsv")
    assert not table.faults
    assert [list(values) for values in table.values] == [[word or None for word, _ in rows], [number for _, number in rows]]
    assert ecsv.write(table) == content
