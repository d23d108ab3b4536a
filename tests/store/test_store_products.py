"""Tables come as DataFrames with exact types, and tell what their columns mean and where the numbers come from."""

import builtins
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table

from kpublish.errors import MissingExtra, UnknownName, UnreadableFile
from kpublish.model.vocabularies import Role
from kpublish.store import KM3Store
from kpublish.store.holding import Holding
from kpublish.store.products import PRODUCTS

DATATYPES = (
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 string".split()  # noqa: SIM905
)
ROWS = {
    "bool": ("True", "False"),
    "int8": ("-128", "127"),
    "int16": ("-32768", "32767"),
    "int32": ("-2147483648", "2147483647"),
    "int64": ("-9223372036854775808", "9223372036854775807"),
    "uint8": ("0", "255"),
    "uint16": ("0", "65535"),
    "uint32": ("0", "4294967295"),
    "uint64": ("0", "18446744073709551615"),
    "float16": ("0.1", "-65504"),
    "float32": ("0.1", "3.4028235e+38"),
    "float64": ("0.1", "5e-324"),
    "string": ('"a, ""b"" # c"', "Δ=1.10"),
}


def ecsv(columns, rows, resource="title: Numbers"):
    """Text of an annotated table; ``columns`` are YAML flow maps."""
    names = [column.partition("name: ")[2].partition(",")[0].rstrip("}") for column in columns]
    head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:", *(f"- {column}" for column in columns)]
    head += ["meta:", f"  KM3Resource: {{{resource}}}", "schema: astropy-2.0"]
    return "\n".join([*(f"# {line}" for line in head), ",".join(names), *(",".join(row) for row in rows), ""])


@pytest.fixture
def loaded(folder, tmp_path):
    """Publishes and loads a table given as text."""

    def load(text):
        release = folder({"data/numbers.ecsv": text})
        return KM3Store(folder.path, cache=tmp_path / "cache").get(release.members[0].resource.kid)

    return load


def test_every_datatype_reads_as_astropy_reads_it(loaded):
    columns = [f"{{name: {datatype}_column, datatype: {datatype}}}" for datatype in DATATYPES]
    table = loaded(ecsv(columns, zip(*ROWS.values(), strict=True)))
    other = Table.read(table.path, format="ascii.ecsv")
    assert list(table.data.columns) == other.colnames
    for datatype in DATATYPES:
        ours, theirs = table.data[f"{datatype}_column"], other[f"{datatype}_column"]
        assert list(ours) == list(theirs), datatype
        if datatype == "string":
            assert isinstance(ours.dtype, pd.StringDtype)
        else:
            assert ours.dtype == theirs.dtype


# A masked float16 column of astropy cannot be read itself: its fill value overflows.
@pytest.mark.parametrize("datatype", [datatype for datatype in DATATYPES if datatype != "float16"])
def test_an_empty_cell_is_a_missing_value_and_the_others_stay_exact(loaded, datatype):
    columns = [f"{{name: some, datatype: {datatype}}}", "{name: other, datatype: int64}"]
    table = loaded(ecsv(columns, [(ROWS[datatype][0], "1"), ("", "2"), (ROWS[datatype][1], "3")]))
    theirs = Table.read(table.path, format="ascii.ecsv")["some"]
    ours = table.data["some"]
    assert list(ours.isna()) == list(theirs.mask) == [False, True, False]
    assert [ours[0], ours[2]] == [theirs[0], theirs[2]]
    assert ours.dtype.name.lower().replace("boolean", "bool") in (datatype, "str")


def test_infinities_and_nan_are_numbers(loaded):
    table = loaded(ecsv(["{name: some, datatype: float64}"], [["inf"], ["-inf"], ["nan"]]))
    np.testing.assert_array_equal(table.data["some"], [np.inf, -np.inf, np.nan])


def test_a_table_without_rows_keeps_its_columns_and_types(loaded):
    table = loaded(ecsv(["{name: some, datatype: int32}", "{name: word, datatype: string}"], []))
    assert table.data.shape == (0, 2)
    assert table.data["some"].dtype == np.int32


def test_the_examples_equal_what_astropy_and_pandas_read(addresses, tmp_path):
    store = KM3Store(addresses["directory"], cache=tmp_path)
    for name in ("flux", "limits"):
        table = store.get(name)
        theirs = Table.read(table.path, format="ascii.ecsv").to_pandas()
        pd.testing.assert_frame_equal(table.data, theirs, check_dtype=False, check_exact=True)
        pd.testing.assert_frame_equal(table.data, pd.read_csv(table.path, comment="#"), check_dtype=False, check_exact=True)


def test_the_frame_is_made_when_it_is_asked_for_and_only_once(addresses, tmp_path):
    table = KM3Store(addresses["directory"], cache=tmp_path).get("flux")
    assert table.data is table.data


def test_keys_are_roles_and_the_axis_beyond_the_first(addresses, tmp_path):
    info = KM3Store(addresses["directory"], cache=tmp_path).get("flux").get_paraminfo()
    assert list(info) == ["lower_edge", "upper_edge", "value_y", "error_y"]
    assert info["lower_edge"] == {
        "columnname": "energy_low",
        "name": "Energy",
        "description": "lower edge of the energy bin",
        "unit": "GeV",
        "symbol": "E",
        "datatype": "float64",
        "role": "lower_edge",
        "axis": "x",
        "scale": "log10",
    }
    assert info["error_y"]["source"] == "statistical"


def test_keys_that_come_again_are_numbered_and_what_has_no_role_goes_by_its_name(loaded):
    meta = [
        ", meta: {role: value}",
        ", meta: {role: value}",
        ", meta: {role: value, axis: z}",
        "",
        ", meta: {role: value, axis: x}",
    ]
    columns = [f"{{name: {name}, datatype: float64{more}}}" for name, more in zip("abcde", meta, strict=True)]
    info = loaded(ecsv(columns, [["1"] * 5])).get_paraminfo()
    assert {key: said["columnname"] for key, said in info.items()} == {
        "value": "a",
        "value_2": "b",
        "value_z": "c",
        "d": "d",
        "value_3": "e",
    }
    assert info["d"]["unit"] is None


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_a_key(loaded, role):
    columns = [f"{{name: some, datatype: float64, meta: {{role: {role}, axis: y}}}}"]
    assert list(loaded(ecsv(columns, [["1"]])).get_paraminfo()) == [f"{role}_y"]


def test_the_origin_is_told_as_the_file_says_it(addresses, tmp_path):
    store = KM3Store(addresses["directory"], cache=tmp_path)
    origin = store.get("flux").get_origin()
    assert origin["range"]["energy"] == {"min": 1.0, "max": 1000.0, "unit": "GeV"}
    assert origin["range"]["time"]["measurement_start"] == "2026-01-01T00:00:00Z"
    (step,) = origin["provenance"]
    assert (step["name"], step["settings"]["seed"]) == ("making up", 7)
    assert store.get("limits").get_origin() == {"range": {}, "provenance": []}


def test_the_metadata_are_complete_and_printed_on_request(addresses, tmp_path, capsys):
    table = KM3Store(addresses["directory"], cache=tmp_path).get("flux")
    assert table.metadata.license == "CC-BY-4.0"
    table.show_metadata()
    said = capsys.readouterr().out
    assert said == f"{table}\n"
    for words in ("flux\n====\n", "Flux over energy", "Example, Ada", "CC-BY-4.0", "energy_low   GeV", table.table.sha256):
        assert words in said
    assert "CC-BY-4.0" not in repr(table)


def test_figures_and_collections_print_their_metadata_too(addresses, tmp_path, capsys):
    store = KM3Store(addresses["directory"], cache=tmp_path)
    for identifier, words in (("figures/flux.yaml", "rendered/flux.svg"), (store.list()[0].kid, "resources\n")):
        store.get(identifier).show_metadata()
        assert words in capsys.readouterr().out


def test_control_characters_of_others_never_reach_the_terminal(folder):
    folder({"data/aeff.ecsv": ecsv(["{name: a, datatype: float64}"], [])}, title="evil \x1b[31m\ntitle")
    store = KM3Store(folder.path)
    assert "\x1b" not in store.index(True) + repr(store.list())


def test_a_published_file_that_is_no_table_is_a_sentence(loaded):
    table = loaded("energy\n1.5\n")
    assert table.path.is_file()
    with pytest.raises(UnreadableFile, match=r"data/numbers\.ecsv line"):
        _ = table.data


def test_numbers_beyond_their_datatype_are_a_sentence(loaded):
    with pytest.raises(UnreadableFile):
        _ = loaded(ecsv(["{name: some, datatype: int8}"], [["300"]])).data


@pytest.mark.parametrize(
    ("path", "error", "said"), [("t.xyz", UnknownName, "file format"), ("t.png", UnreadableFile, "no annotated")]
)
def test_a_table_of_a_format_without_reader_is_a_sentence(folder, tmp_path, path, error, said):
    release = folder({"data/numbers.ecsv": ecsv(["{name: a, datatype: float64}"], [])})
    strange = release.members[0].model_copy(update={"path": f"data/{path}"})
    table = PRODUCTS.get("table").load(Holding(release, strange, tmp_path, None))
    with pytest.raises(error, match=said):
        _ = table.data


def test_without_pandas_the_extra_is_named_and_the_header_still_read(loaded, monkeypatch):
    table = loaded(ecsv(["{name: a, datatype: float64, unit: GeV}"], [["1"]]))
    real = builtins.__import__
    monkeypatch.setattr("importlib.import_module", lambda name: _missing(name, real))
    with pytest.raises(MissingExtra, match=r"kpublish\[pandas\]"):
        _ = table.data
    assert table.get_paraminfo()["a"]["unit"] == "GeV"


def _missing(name, real):
    if name == "pandas":
        raise ModuleNotFoundError("No module named 'pandas'", name="pandas")
    module = real(name)
    for part in name.split(".")[1:]:
        module = getattr(module, part)
    return module


def test_every_product_names_the_kinds_it_reads_and_no_kind_has_two():
    kinds = [ktype for _, kind in PRODUCTS.all() for ktype in kind.KTYPES]
    assert len(kinds) == len(set(kinds))
    assert all(ktype.startswith("km3.") for ktype in kinds)


def test_every_kind_is_explained():
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "ktypes.md").read_text("utf-8")
    assert {f"`{ktype}`" for _, kind in PRODUCTS.all() for ktype in kind.KTYPES} <= set(re.findall(r"`km3\.[a-z.]+`", page))


def test_columns_are_printed_with_what_they_mean(addresses, tmp_path, capsys):
    KM3Store(addresses["directory"], cache=tmp_path).get("flux").show_paraminfo()
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["parameter", "columnname", "unit", "symbol", "description"]
    assert lines[0].split()[:2] == ["lower_edge", "energy_low"]
    assert "made-up flux" in lines[2]


def test_the_ktype_decides_the_product_and_an_unknown_one_falls_back(folder, tmp_path):
    release = folder({"data/numbers.ecsv": ecsv(["{name: a, datatype: float64}"], [])})
    document = folder.path / release.kid / "1.0.0" / "release.json"
    text = document.read_text()
    names = {}
    for ktype in ("km3.table", "km3.file", "km3.nobody.knows"):
        document.write_text(text.replace('"title": "Made-up numbers: ', f'"ktype": "{ktype}", "title": "Made-up numbers: '))
        product = KM3Store(folder.path, cache=tmp_path / "cache").get("numbers")
        assert product.metadata.ktype == ktype
        names[ktype] = type(product).__name__
    assert names == {"km3.table": "AnnotatedTable", "km3.file": "PublishedFile", "km3.nobody.knows": "AnnotatedTable"}
