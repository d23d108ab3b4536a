"""A submission to HEPData holds the numbers, errors and meaning of the tables, and HEPData's validator accepts it."""

import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kpublish.cli import run
from kpublish.exports.hepdata import submission
from kpublish.exports.hepdata.data_file import cell, data_file, quoted
from kpublish.formats.hepdata_yaml import read_content
from kpublish.model.document import Document
from kpublish.model.figure import DrawnFigure
from kpublish.model.parameter import Parameter
from kpublish.model.provenance import Origin
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table
from kpublish.pipeline import load
from kpublish.templating import new

EXAMPLES = Path(__file__).parents[1] / "examples" / "good"


def table(columns, **said):
    """A table of columns: name → (what it means, cells)."""
    parameters = tuple(Parameter(columnname=name, **meaning) for name, (meaning, _) in columns.items())
    path = said.pop("path", "data/made.ecsv")
    return Table(path, Document(path), parameters=parameters, values=tuple(cells for _, cells in columns.values()), **said)


def told(made):
    """What the data file of a table says: independent and dependent variables."""
    said = yaml.safe_load(data_file(made))
    return said["independent_variables"], said["dependent_variables"]


def bins(axis="x", **more):
    return {
        f"{axis}_low": ({"role": "lower_edge", "axis": axis, "unit": "GeV", "symbol": "E", **more}, [1.0, 1e-05]),
        f"{axis}_high": ({"role": "upper_edge", "axis": axis, "unit": "GeV", "symbol": "E", **more}, [1e5, 2.0]),
    }


def flux(role, cells, **more):
    return {"role": role, "axis": "y", "unit": "m-2", **more}, cells


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """Repositories to submit: name → folder."""
    place = tmp_path_factory.mktemp("submitted")
    for name in ("full", "products"):
        shutil.copytree(EXAMPLES / name, place / name)
    new("public-plots", place / "generated", {"slug": "plots", "version": "1.0.0"}, defaults=True)
    return place


@pytest.mark.parametrize("name", ["full", "products", "generated"])
def test_the_validator_of_hepdata_accepts_it(examples, name, tmp_path):
    place = tmp_path / "submission.zip"
    assert run(["export", "hepdata", str(examples / name), "-o", str(place)]) == 0
    validator = Path(sys.executable).with_name("hepdata-validate")
    checked = subprocess.run([validator, "-a", place], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "is valid" in checked.stdout


def test_it_is_the_same_zip_twice_and_says_what_it_holds(examples, tmp_path, capsys):
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    for place in (first, second):
        assert run(["export", "hepdata", str(examples / "full"), "-o", str(place)]) == 0
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as opened:
        names = opened.namelist()
        with Image.open(BytesIO(opened.read("thumb_flux.png"))) as image:
            assert max(image.size) == 240
    assert names == ["flux.png", "flux.yaml", "limits.yaml", "submission.yaml", "thumb_flux.png"]
    assert all(name in capsys.readouterr().out for name in names[:1])


def test_without_output_it_lies_in_dist(examples, monkeypatch):
    monkeypatch.chdir(examples / "full")
    assert run(["export", "hepdata"]) == 0
    assert (examples / "full/dist/sensitivity-of-a-made-up-detector-1.0.0-hepdata.zip").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["hepdatta"], 2, "Did you mean 'hepdata'?"),
        (["citation_cff"], 2, "is not in a git repository"),
        (["hepdata", "nowhere"], 2, "nowhere"),
        (["hepdata", ".", "-o", "data"], 2, "is a folder"),
    ],
)
def test_mistakes_are_one_sentence(examples, monkeypatch, capsys, arguments, code, said):
    monkeypatch.chdir(examples / "full")
    assert run(["export", *arguments]) == code
    assert said in capsys.readouterr().err


def test_errors_stop_it(examples, tmp_path, capsys):
    folder = Path(shutil.copytree(examples / "full", tmp_path / "wrong"))
    text = (folder / "kpublish.yaml").read_text()
    (folder / "kpublish.yaml").write_text(text.replace("license: ", "license: x"))
    assert run(["export", "hepdata", str(folder), "-o", str(tmp_path / "a.zip")]) == 1
    assert not (tmp_path / "a.zip").exists()


def test_tables_say_licence_keywords_and_the_figures_that_draw_them(examples):
    project = load(examples / "full")
    drawn = DrawnFigure(project.figures[0], {"rendered/flux.pdf": b"%PDF"}, {}, alt="Steps.")
    whole, first, second = yaml.safe_load_all(submission(project, [drawn])["submission.yaml"])
    assert whole["additional_resources"][0]["location"] == f"https://opendata.km3net.de/r/{project.release.kid}"
    assert first["data_file"] == "flux.yaml"
    assert first["location"] == second["location"] == "Figure: Flux over energy, drawn"
    assert first["data_license"]["url"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert first["keywords"] == [{"name": "phrases", "values": ["neutrino astronomy", "made-up"]}]
    assert first["additional_resources"] == [{"location": "flux.pdf", "description": "Image file: Steps."}]


def test_tables_of_one_name_or_title_keep_names_of_their_own(examples):
    title = "A title that is longer than the sixty-four characters that HEPData takes"
    many = [
        table(bins(), path=f"{folder}/aeff.ecsv", resource=ResourceHeader(title=title)) for folder in ("data/a", "data/b", "data/c")
    ]
    project = load(examples / "full")
    files = submission(type(project)(project.root, release=project.release, tables=tuple(many)), [])
    said = list(yaml.safe_load_all(files["submission.yaml"]))[1:]
    names = [one["name"] for one in said]
    assert len(set(names)) == 3
    assert all(len(name) <= 64 for name in names)
    assert [one["data_file"] for one in said] == ["data-a-aeff.yaml", "data-b-aeff.yaml", "data-c-aeff.yaml"]


def test_bins_errors_and_units_are_told():
    made = table(
        {
            **bins(),
            "flux": flux("value", [1e-9, None], symbol=r"\Phi"),
            "stat": flux("error", [1e-10, 2e-10], source="statistical"),
            "up": flux("error_plus", [3e-10, None], source="systematic energy scale"),
            "down": flux("error_minus", [0.0, 1e-10], source="systematic energy scale"),
        }
    )
    (energy,), (found,) = told(made)
    assert energy["header"] == {"name": "$E$", "units": "GeV"}
    assert energy["values"] == [{"low": 1.0, "high": 1e5}, {"low": 1e-05, "high": 2.0}]
    assert found["header"] == {"name": r"$\Phi$", "units": "m-2"}
    systematic = {"asymerror": {"minus": 0.0, "plus": 3e-10}, "label": "sys,energy scale"}
    assert found["values"] == [
        {"value": 1e-9, "errors": [{"symerror": 1e-10, "label": "stat"}, systematic]},
        {"value": "-", "errors": [{"symerror": 2e-10, "label": "stat"}]},
    ]


def test_of_two_values_each_has_the_errors_that_begin_with_its_name():
    made = table(
        {
            **bins(),
            "nu": flux("value", [1.0, 2.0]),
            "nu_error": flux("error", [0.1, 0.2]),
            "nubar": flux("value", [3.0, 4.0]),
            "nubar_error": flux("error", [0.3, 0.4]),
            "sigma": flux("error", [9.0, 9.0]),
        }
    )
    _, (nu, nubar, alone) = told(made)
    assert nu["values"][0] == {"value": 1.0, "errors": [{"symerror": 0.1}]}
    assert nubar["values"][0] == {"value": 3.0, "errors": [{"symerror": 0.3}]}
    assert alone["header"]["name"] == "sigma"


def test_edges_along_the_axis_of_values_are_a_band_and_those_of_a_matrix_are_not():
    band = {**bins(), "floor": flux("lower_edge", [1.0, 2.0]), "ceiling": flux("upper_edge", [3.0, 4.0])}
    across, up = told(table(band))
    assert [len(across), [one["header"]["name"] for one in up]] == [1, ["floor", "ceiling"]]
    matrix = {**bins(), **bins("y"), "count": ({"role": "value", "axis": "z"}, [5, 6])}
    across, up = told(table(matrix))
    assert [len(across), [one["header"]["name"] for one in up]] == [2, ["count"]]


def test_a_center_belongs_to_its_bin_and_a_lone_upward_error_to_nobody():
    made = table(
        {
            **bins(),
            "middle": ({"role": "center", "axis": "x", "unit": "GeV"}, [10.0, 1.0]),
            "flux": flux("value", [1.0, 2.0]),
            "up": flux("error_plus", [0.1, 0.2]),
        }
    )
    (energy,), (found, up) = told(made)
    assert energy["values"][0] == {"value": 10.0, "low": 1.0, "high": 1e5}
    assert found["values"] == [{"value": 1.0}, {"value": 2.0}]
    assert up["header"]["name"] == "up"


def test_limits_levels_and_ranges_are_qualifiers():
    origin = Origin.model_validate(
        {"range": {"zenith": {"min": 0, "max": 90, "unit": "deg"}, "time": {"measurement_start": "2026-01-01T00:00:00Z"}}}
    )
    made = table({**bins(), "cap": flux("limit", [1.0, 2.0], level=0.9, quantity="per flavour")}, origin=origin)
    _, (cap,) = told(made)
    said = {one["name"]: (one["value"], one.get("units")) for one in cap["qualifiers"]}
    assert said["Kind"] == ("limit", None)
    assert said["Confidence level"] == (0.9, None)
    assert said["Quantity"] == ("per flavour", None)
    assert said["zenith"] == ("0.0 to 90.0", "deg")
    assert said["time"] == ("2026-01-01T00:00:00Z to", None)


def test_open_bins_words_and_numbers_that_are_none_stay_what_they_are():
    made = table(
        {
            "low": ({"role": "lower_edge", "axis": "x"}, [1.0, None]),
            "high": ({"role": "upper_edge", "axis": "x"}, [float("inf"), 5]),
            "name": ({"datatype": "string"}, ["north: #1, 'a' \"b\" \\ \u2028 \x07 🙂", "-"]),
            "seen": ({"datatype": "bool"}, [True, None]),
            "number": ({}, [float("nan"), 12]),
        }
    )
    (energy,), (name, seen, number) = told(made)
    assert [one["value"] for one in energy["values"]] == ["1 - inf", "- 5"]
    assert name["values"][0]["value"] == "north: #1, 'a' \"b\" \\ \u2028 \x07 🙂"
    assert [one["value"] for one in seen["values"]] == ["true", "-"]
    assert [one["value"] for one in number["values"]] == ["nan", 12]


def test_a_table_whose_columns_mean_nothing_is_told_all_the_same():
    across, up = told(table({"a": ({}, [1]), "b": ({}, [2])}))
    assert [across[0]["values"], up[0]["values"]] == [[{"value": 1}], [{"value": 2}]]
    (row,), edges = told(table(bins()))
    assert [one["value"] for one in row["values"]] == [1, 2]
    assert [one["header"]["name"] for one in edges] == ["$E$", "$E$"]


def test_what_is_written_is_read_back_by_our_own_reader():
    made = table({**bins(), "flux": flux("value", [1e-9, 2.5]), "stat": flux("error", [1e-10, 2e-10], source="statistical")})
    (read,) = read_content(data_file(made), "made.yaml")
    assert not read.faults
    assert [(column.name, column.unit, tuple(column.values)) for column in read.columns] == [
        ("$E$ low", "GeV", (1.0, 1e-05)),
        ("$E$ high", "GeV", (1e5, 2.0)),
        ("flux", "m-2", (1e-9, 2.5)),
        ("flux stat", "m-2", (1e-10, 2e-10)),
    ]


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers()))
def test_every_number_is_read_back_as_it_is(value):
    assert yaml.safe_load(cell(value)) == value


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_every_text_is_read_back_as_it_is(text):
    written = quoted(text)
    assert "\n" not in written
    assert yaml.safe_load(f"[{{a: {written}}}]") == [{"a": text}]
