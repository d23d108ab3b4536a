"""The contract of every mark, and what each of them draws."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from plots_examples import COLUMNS, ENERGY, FLUX, PATH, composed, figure, project, table
from pydantic import ValidationError

from kpublish.model.figure import Layer
from kpublish.plots import MARKS, line, points, steps
from kpublish.plots.canvas import draw
from kpublish.plots.series import Series

LINEAR = {"scale": "linear"}


def layer(**said):
    return Layer(**{"mark": "points", "table": PATH, "y": "flux", **said})


@pytest.mark.parametrize("name", MARKS.names())
def test_every_mark_draws_its_example_twice_with_the_same_bytes(name):
    first, second = (draw(figure({"mark": name, "label": "one"}), project()) for _ in range(2))
    assert len(first.files) == 3
    assert not first.faults
    assert first.files == second.files


@pytest.mark.parametrize("name", MARKS.names())
def test_every_mark_draws_nothing_outside_the_axes(name):
    inside = {"x": {"scale": "log", "range": [5, 2e3]}, "y": {"scale": "log", "range": [5e-5, 5e-4]}}
    picture = composed(figure({"mark": name}, **inside), table())
    axes = picture.axes[0]
    artists = [*axes.lines, *axes.patches, *axes.collections]
    assert artists

    def outside():
        picture.canvas.draw()
        pixels = np.array(picture.canvas.buffer_rgba())
        box = axes.get_window_extent()
        # The frame itself is drawn on top of the data, half a line beyond the axes.
        pixels[-int(box.y1) - 2 : -int(box.y0) + 2, int(box.x0) - 2 : int(box.x1) + 2] = 0
        return pixels

    drawn = outside()
    for artist in artists:
        artist.set_visible(False)
    assert np.array_equal(outside(), drawn)


@pytest.mark.parametrize("name", MARKS.names())
def test_every_mark_refuses_keys_that_it_does_not_know(name):
    with pytest.raises(ValidationError):
        MARKS.get(name).OPTIONS.model_validate({"no_such_key": 1})


@pytest.mark.parametrize("name", MARKS.names())
def test_every_key_of_a_mark_is_described(name):
    assert all(field.description for field in MARKS.get(name).OPTIONS.model_fields.values())


def test_what_marks_need_is_told_without_matplotlib_and_numpy():
    code = (
        "import sys\nfrom plots_examples import table\nfrom kpublish.plots import MARKS\nfrom kpublish.model.figure import Layer\n"
        "for name, mark in MARKS.all():\n"
        "    assert mark.columns(Layer(mark=name, table='data/flux.ecsv', y='flux'), table())['y'] == 'flux'\n"
        "    assert mark.OPTIONS()\n"
        "print(sorted({'matplotlib', 'numpy', 'PIL'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.mark.parametrize("name", MARKS.names())
def test_every_mark_says_which_column_is_missing_and_suggests_one(name):
    with pytest.raises(KeyError, match=r"no column 'fluks'. Did you mean 'flux'"):
        MARKS.get(name).columns(layer(y="fluks"), table())
    nowhere = table({"flux": COLUMNS["flux"]})
    with pytest.raises(KeyError, match="axis x"):
        MARKS.get(name).columns(layer(), nowhere)


def test_steps_take_the_edges_of_axis_x_or_those_that_are_named():
    assert steps.columns(layer(mark="steps"), table()) == {"lower": "low", "upper": "high", "y": "flux"}
    named = steps.columns(layer(mark="steps", lower="energy", upper="high"), table())
    assert named == {"lower": "energy", "upper": "high", "y": "flux"}


def test_edges_that_lack_their_partner_are_told():
    lonely = table({name: COLUMNS[name] for name in ("low", "flux")})
    with pytest.raises(KeyError, match="upper_edge"):
        steps.columns(layer(mark="steps"), lonely)


def series(**values):
    return Series({name: np.array(numbers, dtype=float) for name, numbers in values.items()}, "black")


def test_steps_are_sorted_and_leave_gaps_where_bins_do_not_touch():
    heights, borders = steps.outline(series(lower=[4, 0, 1], upper=[5, 1, 2], y=[3, 1, 2]))
    assert borders.tolist() == [0, 1, 2, 4, 5]
    assert np.array_equal(heights, [1, 2, np.nan, 3], equal_nan=True)


def test_steps_whose_computed_edges_differ_in_the_last_digit_touch():
    heights, borders = steps.outline(series(lower=[0.1, 0.30000000000000004], upper=[0.3, 0.4], y=[1, 2]))
    assert heights.tolist() == [1, 2]
    assert len(borders) == 3


def test_steps_skip_bins_without_edges():
    heights, borders = steps.outline(series(lower=[0, np.nan], upper=[1, 2], y=[1, 2]))
    assert (heights.tolist(), borders.tolist()) == ([1], [0, 1])


def test_zeros_lead_steps_to_the_lower_end_of_a_logarithmic_axis():
    columns = {
        "low": (ENERGY | {"role": "lower_edge"}, [1.0, 10.0, 100.0]),
        "high": (ENERGY | {"role": "upper_edge"}, [10.0, 100.0, 1e3]),
    }
    columns["flux"] = (FLUX | {"role": "value"}, [0.0, 5.0, 2.0])
    picture = composed(figure({"mark": "steps", "color": "#FF0000"}), table(columns))
    picture.axes[0].grid(visible=False)
    picture.canvas.draw()
    pixels = np.array(picture.canvas.buffer_rgba())
    column = round(picture.axes[0].transData.transform((10.0, 5.0))[0])
    bottom = pixels.shape[0] - round(picture.axes[0].get_window_extent().y0)
    assert (pixels[bottom - 60 : bottom - 20, column] == [255, 0, 0, 255]).all()


def test_a_line_follows_the_centers_or_the_column_that_is_named():
    assert line.columns(layer(mark="line"), table()) == {"x": "energy", "y": "flux"}
    assert line.columns(layer(mark="line", x="low"), table()) == {"x": "low", "y": "flux"}


def test_a_line_is_broken_where_a_cell_is_empty():
    picture = composed(figure({"mark": "line"}), table())
    assert np.isnan(picture.axes[0].lines[0].get_ydata()).tolist() == [False, False, True, False, False]


def test_points_find_edges_errors_and_limits_by_role():
    assert points.columns(layer(), table()) == {
        "x": "energy",
        "y": "flux",
        "lower": "low",
        "upper": "high",
        "error_plus": "up",
        "error_minus": "down",
        "limit": "cap",
    }


def test_points_take_only_the_errors_that_are_named():
    found = points.columns(layer(error="down"), table())
    assert found["error"] == "down"
    assert not {"error_plus", "error_minus", "limit"} & found.keys()


def test_points_on_another_column_have_no_bins_of_axis_x():
    assert "lower" not in points.columns(layer(x="up"), table())


def test_errors_of_a_position_without_bins_are_bars_along_x():
    columns = {"energy": (ENERGY | {"role": "xvalue"}, [1.0, 2.0]), "spread": (ENERGY | {"role": "error"}, [0.1, 0.2])}
    found = points.columns(layer(), table(columns | {"flux": (FLUX | {"role": "value"}, [1.0, 2.0])}))
    assert found == {"x_error": "spread", "x": "energy", "y": "flux"}


def test_an_error_that_could_belong_to_two_columns_must_be_named():
    rivals = table(COLUMNS | {"other": (FLUX | {"role": "value"}, [1.0] * 5)})
    with pytest.raises(KeyError, match="belongs to 'flux' or 'other'"):
        points.columns(layer(), rivals)
    assert points.columns(layer(error_plus="up"), rivals)["error_plus"] == "up"
    told_apart = table(COLUMNS | {"other": (FLUX | {"role": "value", "quantity": "model"}, [1.0] * 5)})
    assert points.columns(layer(), told_apart)["error_plus"] == "up"


def test_errors_of_other_units_belong_to_other_columns():
    counted = table(COLUMNS | {"events": ({"axis": "y", "role": "value"}, [1.0] * 5)})
    assert set(points.columns(layer(y="events"), counted)) == {"x", "y", "lower", "upper"}


def bars(picture, number):
    """Ends of the error bars along x (0) or y (1), shape (points, 2, 2)."""
    return np.array(picture.axes[0].collections[number].get_segments())


def test_points_have_asymmetric_errors_and_bins_as_bars():
    picture = composed(figure({"mark": "points"}), table())
    assert np.allclose(bars(picture, 0)[0], [(1.0, 1e-3), (10.0, 1e-3)])
    assert np.allclose(bars(picture, 1)[0], [(3.0, 9e-4), (3.0, 1.2e-3)])


@pytest.mark.parametrize(("scale", "expected"), [("log", np.sqrt(10.0)), ("linear", 5.5)])
def test_points_without_position_stand_in_the_middle_of_their_bins(scale, expected):
    edged = table({name: cells for name, cells in COLUMNS.items() if name != "energy"})
    picture = composed(figure({"mark": "points"}, x={"scale": scale}), edged)
    assert picture.axes[0].lines[0].get_xdata()[0] == pytest.approx(expected)


def test_empty_values_with_a_limit_become_arrows_and_others_are_left_out():
    columns = dict(COLUMNS)
    columns["flux"] = (columns["flux"][0], [1e-3, None, None, 5e-6, 4e-7])
    measured, limits = composed(figure({"mark": "points"}), table(columns)).axes[0].lines
    assert measured.get_xdata().tolist() == [3.0, 3e3, 5e4]
    assert limits.get_xydata().tolist() == [[300.0, 6e-5]]


def test_limits_are_as_wide_as_their_bins():
    picture = composed(figure({"mark": "points", "y": "cap"}), table())
    assert np.allclose(bars(picture, 0)[0], [(100.0, 6e-5), (1e3, 6e-5)])


def test_a_column_of_limits_is_drawn_as_arrows_only():
    picture = composed(figure({"mark": "points", "y": "cap", "label": "limits", "arrow": "up"}), table())
    (limits,) = picture.axes[0].lines
    assert limits.get_xydata().tolist() == [[300.0, 6e-5]]
    assert limits.get_label() == "limits"
    assert limits.get_marker().vertices[:, 1].max() == 1


def test_points_without_errors_have_no_bars():
    columns = {"energy": COLUMNS["energy"], "flux": COLUMNS["flux"]}
    picture = composed(figure({"mark": "points"}), table(columns))
    assert not picture.axes[0].collections


def test_layers_differ_in_colour_then_in_style():
    many = [{"mark": "line"} for _ in range(11)]
    lines = composed(figure(*many, x=LINEAR, y=LINEAR), table()).axes[0].lines
    looks = [(one.get_color(), one.get_linestyle()) for one in lines]
    assert len(set(looks)) == 11
    assert looks[0][0] == looks[10][0]


def test_a_layer_may_choose_colour_and_style():
    (one,) = composed(figure({"mark": "line", "color": "#123456", "dashes": "dotted"}), table()).axes[0].lines
    assert (one.get_color(), one.get_linestyle()) == ("#123456", ":")


def test_a_layer_draws_the_rows_that_it_selects():
    picture = composed(figure({"mark": "line", "where": {"low": "10", "zone": "north"}}), table())
    assert picture.axes[0].lines[0].get_xydata().tolist() == [[30.0, 2e-4]]


def test_a_project_may_hold_tables_that_no_layer_draws():
    both = replace(project(), tables=(table(), table(path="data/other.ecsv")))
    assert draw(figure({"mark": "steps"}), both).data.keys() == {PATH}
