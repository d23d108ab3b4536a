import json
from pathlib import Path

import pytest
from astropy.table import Table

from kpublish.formats import any_ecsv, hepdata_yaml, jpp_text, pandas_json
from kpublish.formats.reading_any import read_any

DATA = Path(__file__).parents[1] / "data" / "bare"


def columns(table):
    assert not table.faults
    return {column.name: list(column.values) for column in table.columns}


def of_json(text):
    (found,) = pandas_json.read_content(text.encode(), "a.json")
    return found


JPP = """# $30010b28-0f03-4073-b27a-4fd9633a7a00$
# Data from a survey
# GIT v1.2
# application JFirst
# command JFirst -o a.txt
# GIT v1.3
# application JSecond
9  +587651.650 -3461.311
10 +587760.329 -3460.822
"""


def test_text_of_jpp_says_its_identifier_and_every_program():
    (found,) = jpp_text.read_content(JPP.encode(), "a.txt")
    assert not found.faults
    assert [list(column.values) for column in found.columns] == [[9, 10], [587651.65, 587760.329], [-3461.311, -3460.822]]
    assert list(found.lines) == [8, 9]
    assert found.meta["uuid"] == "30010b28-0f03-4073-b27a-4fd9633a7a00"
    assert found.meta["programs"] == [
        {"GIT": "v1.2", "application": "JFirst", "command": "JFirst -o a.txt"},
        {"GIT": "v1.3", "application": "JSecond"},
    ]
    assert found.comments[1].text == "Data from a survey"


def test_words_of_jpp_never_become_names_of_columns():
    (found,) = jpp_text.read_content(b"# GIT a\n# ROOT 6\n# namespace KM3NET\n1 2\n3 4\n", "a.txt")
    assert [column.name for column in found.columns] == [None, None]


def test_a_published_ecsv_0_9_has_the_values_that_astropy_reads():
    path = DATA / "2004Natur.432...75A_tev-000096-sed.ecsv"
    (found,) = read_any(path)
    independent = Table.read(path, format="ascii.basic", comment="#")
    assert columns(found) == {name: independent[name].tolist() for name in independent.colnames}
    assert [(column.datatype, column.unit) for column in found.columns][4] == ("float32", "cm-2 s-1 TeV-1")
    assert (found.meta["telescope"], found.meta["source_id"]) == ("hess", 96)


def test_ecsv_that_astropy_writes_is_read_with_its_descriptions(tmp_path):
    table = Table({"e": [1.5, 2.5], "n": [1, 2], "name": ["a b", "c"], "ok": [True, False]})
    table["e"].unit, table["e"].description = "GeV", "energy"
    table.write(tmp_path / "a.ecsv")
    (found,) = read_any(tmp_path / "a.ecsv")
    assert columns(found) == {"e": [1.5, 2.5], "n": [1, 2], "name": ["a b", "c"], "ok": [True, False]}
    assert (found.columns[0].unit, found.columns[0].description) == ("GeV", "energy")


def test_a_header_that_is_no_mapping_harms_no_table():
    header = "# %ECSV 0.9\n# ---\n# datatype: [{name: e, datatype: int64}]\n# meta: !!omap a\n"
    (found,) = any_ecsv.read_content((header + "e\n1\n").encode(), "a.ecsv")
    assert columns(found) == {"e": [1]}


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("e n\n1 2\n", 5, "describes e, m; the file has e, n"),
        ("e m\n1 2 3\n", 6, "This row has 3 cells"),
        ("e m\n1 two\n", 6, "'two' in the column 'm' is not of its datatype int64"),
        ("", 0, "the file has no rows"),
    ],
)
def test_an_ecsv_that_contradicts_its_header_is_refused_with_its_line(body, line, words):
    said = "[{name: e, datatype: float64}, {name: m, datatype: int64}]"
    header = f"# %ECSV 0.9\n# ---\n# datatype: {said}\n# meta: {{a: 1}}\n"
    (found,) = any_ecsv.read_content((header + body).encode(), "a.ecsv")
    assert words in found.faults[0].message
    assert found.faults[0].where.line == line


def test_published_json_by_columns_keeps_scalars_beside_them_and_every_literal():
    path = DATA / "icecube_segmentedfit_nst.json"
    (found,) = read_any(path)
    independent = json.loads(path.read_text())
    assert found.meta == {"Source": independent.pop("Source"), "Description": independent.pop("Description")}
    assert columns(found) == {name: list(cells.values()) for name, cells in independent.items()}
    assert found.columns[2].literals[0] == "0.0000000222"


@pytest.mark.parametrize(
    "text",
    [
        '{"e": {"0": 1.5, "1": 2}, "n": {"0": null, "1": 3}}',
        '{"e": [1.5, 2], "n": [null, 3]}',
        '[{"e": 1.5}, {"e": 2, "n": 3}]',
        '{"columns": ["e", "n"], "index": [0, 1], "data": [[1.5, null], [2, 3]]}',
        '{"schema": {"fields": []}, "data": [{"e": 1.5, "n": null}, {"e": 2, "n": 3}]}',
    ],
)
def test_the_same_table_is_read_from_every_orientation(text):
    assert columns(of_json(text)) == {"e": [1.5, 2.0], "n": [None, 3]}


def test_not_a_number_and_infinity_are_read_from_json():
    (values,) = columns(of_json('{"e": [NaN, -Infinity, 1]}')).values()
    assert values[1:] == [-float("inf"), 1.0]
    assert values[0] != values[0]


def test_an_index_that_counts_otherwise_is_a_nameless_column():
    assert columns(of_json('{"e": {"10": 1, "20": 2}}')) == {None: [10, 20], "e": [1, 2]}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('{"e": [1,\n 2 3]}', (2, 4), "not JSON"),
        ('{"e": [1, 2],\n "n": [1]}', (2, 2), "'n' has other rows"),
        ('{"e": {"0": 1},\n "n": {"1": 1}}', (2, 2), "names its rows otherwise"),
        ('{"a": 1,\n "fit": {"norm": 1, "range": [1, 2]}}', (2, 2), "'fit' holds a list"),
        ('{"e": [1],\n "e": [2]}', (2, 2), "stands here twice"),
        ('{"e": [1, "two"]}', (1, 2), "holds numbers and texts"),
        ('{"name": "no table"}', (0, 0), "without a table"),
        ("[" * 100_000, (1, 1), "nested too deep"),
    ],
)
def test_json_that_is_no_table_is_refused_with_its_place(text, place, words):
    found = of_json(text)
    assert words in found.faults[0].message
    assert (found.faults[0].where.line, found.faults[0].where.column) == place
    assert not found.columns


HEPDATA = """independent_variables:
- header: {name: PT, units: GEV}
  values:
  - {low: 0, high: 60}
  - {low: 60, high: 100}
dependent_variables:
- header: {name: SIG, units: FB}
  qualifiers:
  - {name: RE, value: P P --> X}
  values:
  - value: 25.40
    errors:
    - {symerror: 1.0, label: stat}
    - {asymerror: {minus: -1.5, plus: 1.7}, label: sys}
    - {symerror: 5%, label: lumi}
  - value: '-'
"""


def test_a_hepdata_table_has_edges_values_and_every_error():
    (found,) = hepdata_yaml.read_content(HEPDATA.encode(), "a.yaml")
    assert columns(found) == {
        "PT low": [0, 60],
        "PT high": [60, 100],
        "SIG": [25.4, None],
        "SIG stat": [1.0, None],
        "SIG sys minus": [-1.5, None],
        "SIG sys plus": [1.7, None],
        "SIG lumi": ["5%", None],
    }
    assert [column.unit for column in found.columns] == ["GEV", "GEV", *["FB"] * 4, None]
    assert found.columns[2].literals == ["25.40", "-"]
    assert found.meta["qualifiers"] == [[{"name": "RE", "value": "P P --> X"}]]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEPDATA.replace("  - value: '-'\n", ""), 7, "has 1 values; the first one has 2"),
        (HEPDATA.replace("value: '-'", "[1]"), 16, "not a value"),
        (HEPDATA.replace("{low: 0, high: 60}", "{low: 0"), 5, ""),
        ("a: 1\n", 0, "YAML without a table"),
        ("dependent_variables: []\n", 0, "HEPData file without a table"),
        ("---\ncomment: x\n---\nname: T\ndata_file: data1.yaml\n", 0, "lists the tables"),
    ],
)
def test_yaml_that_is_no_hepdata_table_is_refused_with_its_line(text, line, words):
    (found,) = hepdata_yaml.read_content(text.encode(), "a.yaml")
    assert words in found.faults[0].message
    assert found.faults[0].where.line == line
    assert not found.columns
