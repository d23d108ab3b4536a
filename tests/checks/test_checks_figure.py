"""Rules about figures look at the rows that a layer draws."""

import shutil
from pathlib import Path

import pytest

from kpublish.checks.engine import check
from kpublish.formats.kpublish_yaml import load_project

EXAMPLE = Path(__file__).parents[1] / "examples" / "bad" / "FIG02"


@pytest.fixture
def codes(tmp_path):
    """Codes of the findings of a figure with one layer, drawn from a table of the given rows."""

    def make(layer, *rows, axes="  x: {scale: log}\n  y: {scale: log}\n"):
        folder = tmp_path / "project"
        shutil.copytree(EXAMPLE, folder)
        figure, table = folder / "figures" / "flux.yaml", folder / "data" / "flux.ecsv"
        head = figure.read_text("utf-8").partition("figure:")[0]
        figure.write_text(f"{head}figure:\n{axes}  layers:\n  - {layer}\n", "utf-8")
        text = table.read_text("utf-8")
        table.write_text(text[: text.index("1.0,10.0")] + "".join(f"{row}\n" for row in rows), "utf-8")
        return [finding.code for finding in check(load_project(folder))]

    return make


STEPS = "{mark: steps, table: data/flux.ecsv, y: flux}"


def test_zeros_may_be_drawn_on_a_logarithmic_axis_but_not_only_zeros(codes):
    assert codes(STEPS, "1.0,10.0,0.0,0.0", "10.0,100.0,1.0,0.0") == []


def test_a_curve_of_zeros_on_a_logarithmic_axis_is_told(codes):
    assert codes(STEPS, "1.0,10.0,0.0,0.0", "10.0,100.0,0.0,0.0") == ["FIG05"]


def test_numbers_that_are_not_drawn_do_not_matter(codes):
    selected = STEPS.replace("}", ", where: {energy_low: 10}}")
    assert codes(selected, "1.0,10.0,-5.0,0.0", "10.0,100.0,1.0,0.0") == []


def test_a_linear_axis_shows_everything(codes):
    assert codes(STEPS, "-1.0,0.0,-5.0,0.0", "0.0,100.0,0.0,0.0", axes="") == []


def test_empty_cells_are_no_numbers(codes):
    assert codes(STEPS, "1.0,10.0,,", "10.0,100.0,,") == []


def test_a_table_that_cannot_be_read_is_told_once(codes):
    assert codes(STEPS, "1.0,10.0,much,0.0") == ["TAB03"]


def test_all_faults_of_a_layer_are_told_at_once(codes):
    layer = "{mark: stpes, table: data/flux.ecsv, y: fulx, x: enrgy, where: {energy: 1}}"
    assert codes(layer, "1.0,10.0,1.0,0.0") == ["FIG02", "FIG04", "FIG04", "FIG04"]


@pytest.mark.parametrize(("axes", "expected"), [("", []), ("  y: {scale: log}\n", ["FIG05"])])
def test_the_edges_of_a_mesh_must_be_positive_on_a_logarithmic_axis(codes, axes, expected):
    mesh = "{mark: mesh, table: data/flux.ecsv, y: flux, y_lower: energy_low, y_upper: energy_high, value: flux}"
    assert codes(mesh, "0.0,10.0,1.0,0.0", "10.0,100.0,2.0,0.0", axes=axes) == expected
