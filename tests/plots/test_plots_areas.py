"""Marks that fill areas: bands, meshes and contours."""

from pathlib import Path

import numpy as np
import pytest
from plots_examples import COLUMNS, ENERGY, FLUX, PATH, composed, figure, project, table
from pydantic import ValidationError

from kpublish.model.figure import Layer
from kpublish.plots import band, contour, grid, mesh
from kpublish.plots.canvas import draw
from kpublish.plots.series import Series
from kpublish.plots.style import PRELIMINARY

LINEAR = {"x": {"scale": "linear"}, "y": {"scale": "linear"}}
Y = {"axis": "y"}
Z = {"axis": "z", "role": "value", "symbol": r"\lambda"}


def layer(**said):
    return Layer(**{"mark": "any", "table": PATH, "y": "flux", **said})


def series(**values):
    return Series({name: np.array(numbers, dtype=float) for name, numbers in values.items()}, "black")


def reason(described, *tables):
    """Why a figure cannot be drawn."""
    (fault,) = draw(described, project(*tables)).faults
    assert fault.code == "FIG13"
    return fault.message


def cells(*rows):
    """A table of cells: edges along x, edges along y, value."""
    names = ("low", "high", "floor", "ceiling", "count")
    meanings = [
        {"axis": "x", "role": "lower_edge"},
        {"axis": "x", "role": "upper_edge"},
        Y | {"role": "lower_edge"},
        Y | {"role": "upper_edge"},
        Z,
    ]
    return table(
        {name: (meaning, list(column)) for name, meaning, column in zip(names, meanings, zip(*rows, strict=True), strict=True)}
    )


def scan(lowest=(1.0, 2.0), count=9):
    """A table of nodes: a paraboloid with its lowest point in the middle."""
    nodes = [
        (x, y, (x - lowest[0]) ** 2 + (y - lowest[1]) ** 2) for x in np.linspace(0, 2, count) for y in np.linspace(0, 4, count)
    ]
    x, y, value = (list(map(float, column)) for column in zip(*nodes, strict=True))
    return table({"x": ({"axis": "x", "role": "xvalue"}, x), "y": (Y | {"role": "yvalue"}, y), "value": (Z, value)})


# Bands


def test_a_band_finds_the_errors_of_its_value_by_role():
    assert band.columns(layer(), table()) == {"x": "energy", "y": "flux", "error_plus": "up", "error_minus": "down"}


def test_a_band_reaches_between_two_columns():
    assert band.columns(layer(low="floor", high="ceiling"), table()) == {
        "x": "energy",
        "y": "flux",
        "bottom": "floor",
        "top": "ceiling",
    }
    assert band.columns(layer(high="ceiling"), table()) == {"x": "energy", "y": "flux", "top": "ceiling"}


def test_a_band_goes_in_steps_where_there_are_only_edges_or_when_it_is_told():
    edged = table({name: cells for name, cells in COLUMNS.items() if name != "energy"})
    for found in band.columns(layer(), edged), band.columns(layer(steps=True), table()), band.columns(layer(lower="low"), table()):
        assert (found["lower"], found["upper"]) == ("low", "high")
        assert "x" not in found


def test_a_band_without_bounds_says_how_to_name_them():
    with pytest.raises(KeyError, match="low: and high:"):
        band.columns(layer(), table({"energy": COLUMNS["energy"], "flux": COLUMNS["flux"]}))


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ({"error_plus": [2], "error_minus": [1]}, 9, 12),
        ({"error": [3]}, 7, 13),
        ({"error_plus": [2]}, 10, 12),
        ({"bottom": [4]}, 4, 10),
        ({"top": [40]}, 10, 40),
    ],
)
def test_the_bounds_of_a_band(values, low, high):
    assert [bound.tolist() for bound in band.limits(series(y=[10], **values))] == [[low], [high]]


def test_a_band_is_broken_where_a_bound_is_missing():
    (filled,) = composed(figure({"mark": "band"}), table()).axes[0].collections
    assert len(filled.get_paths()) == 2


def test_a_band_in_steps_has_gaps_where_its_bins_have():
    (filled,) = composed(figure({"mark": "band", "steps": True}), table()).axes[0].patches
    assert np.isnan(filled.get_data().values).tolist() == [False, False, True, False, True, False]
    assert np.allclose(filled.get_data().baseline[:2], [9e-4, 1.6e-4])


def test_a_band_with_bounds_in_no_row_is_refused():
    columns = COLUMNS | {"ceiling": (COLUMNS["ceiling"][0], [None] * 5)}
    assert "both bounds" in reason(figure({"mark": "band", "high": "ceiling"}), table(columns))


def test_the_whole_band_is_shown_on_a_logarithmic_axis():
    columns = COLUMNS | {"floor": (FLUX | {"role": "lower_edge"}, [1e-9] * 5)}
    axes = composed(figure({"mark": "band", "low": "floor", "high": "ceiling"}), table(columns)).axes[0]
    assert axes.get_ylim()[0] < 1e-9


def test_legend_and_label_stand_beside_a_band_not_on_it():
    columns = {"energy": (ENERGY | {"role": "center"}, [1.0, 10.0]), "flux": (FLUX | {"role": "value"}, [1.0, 1.0])}
    columns |= {"low": (FLUX, [0.0, 0.0]), "high": (FLUX, [10.0, 10.0])}
    described = figure({"mark": "band", "low": "low", "high": "high", "label": "all"}, **LINEAR)
    axes = composed(described, table(columns), preliminary=True).axes[0]
    top = axes.transData.transform((1, 10.0))[1]
    assert axes.get_legend().get_window_extent().y0 > top
    assert axes.texts[0].get_window_extent().y0 > top


# Meshes


def test_a_mesh_finds_edges_and_value_by_role():
    wanted = {"lower": "low", "upper": "high", "y": "flux", "y_lower": "floor", "y_upper": "ceiling", "value": "count"}
    assert mesh.columns(layer(), table()) == wanted
    assert mesh.columns(layer(x="energy"), table()) == wanted


def test_a_mesh_takes_the_columns_that_are_named():
    named = mesh.columns(layer(lower="energy", upper="high", y_lower="down", y_upper="up", value="cap"), table())
    assert named == {"lower": "energy", "upper": "high", "y": "flux", "y_lower": "down", "y_upper": "up", "value": "cap"}


@pytest.mark.parametrize(
    ("missing", "said"),
    [(("low", "high"), "axis x"), (("floor", "ceiling"), "belong to 'flux'"), (("count",), "no column with role value on axis z")],
)
def test_a_mesh_says_what_it_misses(missing, said):
    with pytest.raises(KeyError, match=said):
        mesh.columns(layer(), table({name: column for name, column in COLUMNS.items() if name not in missing}))


def test_of_two_values_a_mesh_wants_one_named():
    with pytest.raises(KeyError, match="count, other"):
        mesh.columns(layer(), table(COLUMNS | {"other": (Z, [1.0] * 5)}))


def test_cells_stand_where_their_edges_say_and_missing_rows_are_gaps():
    x, y, matrix = grid.binned(series(lower=[1, 0], upper=[2, 1], y_lower=[5, 7], y_upper=[6, 8], value=[10, 20]))
    assert (x.tolist(), y.tolist()) == ([0, 1, 2], [5, 6, 7, 8])
    assert np.array_equal(matrix, [[np.nan, 10], [np.nan, np.nan], [20, np.nan]], equal_nan=True)


def test_computed_edges_that_differ_in_the_last_digit_are_one():
    x, _, matrix = grid.binned(
        series(lower=[0.1, 0.30000000000000004], upper=[0.3, 0.4], y_lower=[0, 0], y_upper=[1, 1], value=[1, 2])
    )
    assert len(x) == 3
    assert matrix.tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(0, 2, 0, 1, 1), (1, 3, 0, 1, 1)], "bins overlap"),
        ([(0, 1, 0, 1, 1), (0, 1, 0, 1, 2)], "several rows are drawn at the same place"),
        ([(1, 0, 0, 1, 1), (1, 2, 0, 1, 1)], "does not lie above"),
        ([(None, 1, 0, 1, 1)], "no row has edges"),
        ([(0, 1, 0, 1, None)], "number for the colour"),
    ],
)
def test_rows_that_form_no_mesh_are_refused(rows, said):
    assert said in reason(figure({"mark": "mesh", "y": "floor"}, **LINEAR), cells(*rows))


def test_rows_that_share_no_edges_do_not_fill_the_memory():
    edges = np.arange(5000.0)
    diagonal = series(lower=edges, upper=edges + 1, y_lower=edges, y_upper=edges + 1, value=edges)
    with pytest.raises(ValueError, match="form no grid"):
        grid.binned(diagonal)


def test_numbers_without_logarithm_stay_blank_on_a_logarithmic_colour_scale():
    rows = [(0, 1, 0, 1, 0.0), (1, 2, 0, 1, -1.0), (2, 3, 0, 1, 10.0)]
    picture = composed(figure({"mark": "mesh", "y": "floor", "scale": "log"}, **LINEAR), cells(*rows))
    shades = picture.axes[0].collections[0].get_array()
    assert np.ma.getmaskarray(shades).ravel().tolist() == [True, True, False]
    none = figure({"mark": "mesh", "y": "floor", "scale": "log"}, **LINEAR)
    assert "positive number for the colour" in reason(none, cells(*rows[:2]))


@pytest.mark.parametrize(("limits", "pointed"), [([2, 3], "both"), ([0, 3], "max"), ([2, 9], "min"), ([0, 9], "neither")])
def test_the_colour_bar_is_pointed_where_numbers_lie_beyond(limits, pointed):
    described = figure({"mark": "mesh", "y": "floor", "range": limits}, **LINEAR)
    picture = composed(described, cells((0, 1, 0, 1, 1.0), (1, 2, 0, 1, 4.0)))
    assert picture.axes[0].collections[0].colorbar.extend == pointed


@pytest.mark.parametrize(("scale", "limits"), [("log", [0, 1]), ("linear", [2, 1])])
def test_a_range_that_does_not_suit_the_colours_is_refused(scale, limits):
    described = figure({"mark": "mesh", "y": "floor", "scale": scale, "range": limits}, **LINEAR)
    assert "does not suit" in reason(described, cells((0, 1, 0, 1, 1.0)))


def test_the_colour_bar_is_labelled_by_symbol_and_unit_or_by_the_layer():
    named = table(COLUMNS | {"count": (Z | {"unit": "m2"}, [1.0] * 5)})
    assert composed(figure({"mark": "mesh"}), named).axes[1].get_ylabel() == r"$\lambda$ [m$^{2}$]"
    assert composed(figure({"mark": "mesh", "label": "area"}), named).axes[1].get_ylabel() == "area"


def test_a_value_whose_symbol_cannot_be_typeset_is_told():
    broken = table(COLUMNS | {"count": (Z | {"symbol": r"\frac{1"}, [1.0] * 5)})
    (fault,) = draw(figure({"mark": "mesh"}), project(broken)).faults
    assert fault.code == "FIG11"


def test_label_and_legend_stand_outside_a_mesh():
    described = figure({"mark": "mesh"}, {"mark": "line", "label": "line"}, heading="Heading")
    picture = composed(described, table(), preliminary=True)
    axes, top = picture.axes[0], picture.axes[0].get_window_extent().y1
    titles = [axes.title, axes._left_title]
    assert [title.get_text() for title in titles] == ["Heading\n", PRELIMINARY]
    boxes = [title.get_window_extent() for title in titles]
    assert boxes[1].y0 > top
    assert picture.legends[0].get_window_extent().y0 > top
    assert axes.get_legend() is None


def test_a_mesh_stays_small_in_every_format():
    count = 200
    lower, floor = (axis.ravel().tolist() for axis in np.meshgrid(np.arange(float(count)), np.arange(float(count))))
    rows = [(x, x + 1, y, y + 1, x * y) for x, y in zip(lower, floor, strict=True)]
    drawn = draw(figure({"mark": "mesh", "y": "floor"}, **LINEAR), project(cells(*rows)))
    assert not drawn.faults
    assert max(map(len, drawn.files.values())) < 300_000


def test_the_alternative_text_names_what_colours_show():
    assert "Value: N." in draw(figure({"mark": "mesh"}), project()).alt


# Contours

TRIANGLE = {"x": ({"axis": "x", "role": "xvalue"}, [0.0, 1.0, 0.0]), "y": (Y | {"role": "yvalue"}, [0.0, 0.0, 1.0])}


def test_a_curve_is_closed():
    (curve,) = composed(figure({"mark": "contour", "y": "y"}, **LINEAR), table(TRIANGLE)).axes[0].lines
    assert curve.get_xydata().tolist() == [[0, 0], [1, 0], [0, 1], [0, 0]]


def test_an_empty_row_ends_one_curve_and_begins_the_next():
    pieces = list(contour.closed(series(x=[np.nan, 0, 1, 2, np.nan, 5, 6, 7], y=[0, 0, 1, 0, 1, 0, 1, 0])))
    assert [x.tolist() for x, _ in pieces] == [[0, 1, 2, 0], [5, 6, 7, 5]]


def test_a_curve_of_one_point_is_refused():
    columns = {name: (meaning, values[:1]) for name, (meaning, values) in TRIANGLE.items()}
    assert "single point" in reason(figure({"mark": "contour", "y": "y"}, **LINEAR), table(columns))


def test_a_curve_may_be_filled_and_has_one_entry_in_the_legend():
    axes = composed(figure({"mark": "contour", "y": "y", "fill": True, "label": "68 %"}, **LINEAR), table(TRIANGLE)).axes[0]
    assert len(axes.patches) == 1
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["68 %"]


def test_the_best_fit_is_marked_where_it_is_said():
    _, best = composed(figure({"mark": "contour", "y": "y", "best": [0.2, 0.3]}, **LINEAR), table(TRIANGLE)).axes[0].lines
    assert best.get_xydata().tolist() == [[0.2, 0.3]]


@pytest.mark.parametrize(("which", "place"), [("lowest", [1.0, 2.0]), ("highest", [0.0, 0.0])])
def test_the_best_fit_is_marked_at_the_end_of_a_grids_values(which, place):
    (best,) = composed(figure({"mark": "contour", "y": "y", "levels": [0.5], "best": which}, **LINEAR), scan()).axes[0].lines
    assert best.get_xydata().tolist() == [place]


def test_lines_run_at_the_levels_and_carry_their_names():
    said = {"mark": "contour", "y": "y", "levels": [0.25, 0.81], "names": ["68 % CL", "95 % CL"], "label": "scan"}
    axes = composed(figure(said, **LINEAR), scan(count=41)).axes[0]
    assert {text.get_text() for text in axes.texts} == {"68 % CL", "95 % CL"}
    inner, outer = (path.vertices for path in axes.collections[0].get_paths())
    assert np.hypot(inner[:, 0] - 1, inner[:, 1] - 2) == pytest.approx(0.5, abs=0.02)
    assert np.hypot(outer[:, 0] - 1, outer[:, 1] - 2) == pytest.approx(0.9, abs=0.02)
    assert axes.get_legend().get_texts()[0].get_text() == "scan"


def test_lines_without_names_carry_their_values():
    axes = composed(figure({"mark": "contour", "y": "y", "levels": [0.5]}, **LINEAR), scan()).axes[0]
    assert {text.get_text() for text in axes.texts} == {"0.5"}


def test_a_name_that_cannot_be_typeset_is_told():
    drawn = draw(figure({"mark": "contour", "y": "y", "levels": [0.5], "names": [r"$\frac{1$"]}, **LINEAR), project(scan()))
    assert [fault.code for fault in drawn.faults] == ["FIG11"]


@pytest.mark.parametrize(("scale", "middle"), [("linear", 5.5), ("log", np.sqrt(10))])
def test_the_nodes_of_bins_are_their_middles_as_the_axis_shows_them(scale, middle):
    bins = series(lower=[1, 10], upper=[10, 100], y_lower=[0, 0], y_upper=[1, 1], value=[1, 2])
    x, y, matrix = grid.nodes(bins, logarithmic=(scale == "log", False))
    assert x[0] == pytest.approx(middle)
    assert (y.tolist(), matrix.tolist()) == ([0.5], [[1, 2]])


def test_contours_follow_a_mesh_of_the_same_bins_and_leave_its_range():
    rows = [(10.0**x, 10.0 ** (x + 1), y, y + 1, x * y) for x in range(6) for y in range(4)]
    layers = [{"mark": "mesh", "y": "floor"}, {"mark": "contour", "y": "floor", "levels": [4]}]
    axes = composed(figure(*layers, x={"scale": "log"}, y={"scale": "linear"}), cells(*rows)).axes[0]
    assert axes.get_xlim() == pytest.approx((1, 1e6))
    assert axes.get_ylim() == pytest.approx((0, 4))


def test_a_grid_of_one_row_has_no_lines():
    assert "two by two" in reason(figure({"mark": "contour", "y": "floor", "levels": [1]}, **LINEAR), cells((0, 1, 0, 1, 1.0)))


@pytest.mark.parametrize(
    "said",
    [
        {"levels": [2, 1]},
        {"levels": [1, 1]},
        {"levels": []},
        {"names": ["a"]},
        {"levels": [1], "names": ["a", "b"]},
        {"best": "lowest"},
    ],
)
def test_options_that_contradict_one_another_are_refused(said):
    with pytest.raises(ValidationError):
        contour.OPTIONS.model_validate(said)


def test_lines_of_equal_value_draw_nothing_outside_the_axes():
    ranges = {"x": {"range": [0.9, 1.4]}, "y": {"range": [1.9, 2.2]}}
    picture = composed(figure({"mark": "contour", "y": "y", "levels": [0.01, 0.04, 0.1]}, **ranges), scan(count=41))
    picture.canvas.draw()
    box = picture.axes[0].get_window_extent()
    assert all(text.get_clip_on() for text in picture.axes[0].texts)
    assert box.width > 0


def test_real_matrices_are_drawn_without_a_warning():
    path = Path(__file__).parents[1] / "data" / "km3net-ARCA230-irf" / "aeff_coszen_allnumuCC_track.csv"
    _, *lines = path.read_text().splitlines()
    low, _, high, floor, _, ceiling, value = zip(*(map(float, line.split(",")) for line in lines), strict=True)
    rows = zip([10**x for x in low], [10**x for x in high], floor, ceiling, value, strict=True)
    described = figure({"mark": "mesh", "y": "floor", "scale": "log"}, y={"scale": "linear"})
    drawn = draw(described, project(cells(*rows)))
    assert len(drawn.files) == 3
    assert not drawn.faults
