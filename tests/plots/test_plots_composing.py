"""Panels, hidden layers, stacks, notes, contexts and logos."""

import io

import numpy as np
import pytest
from matplotlib.patches import StepPatch
from matplotlib.text import Text
from PIL import Image
from plots_examples import COLUMNS, ENERGY, PATH, composed, figure, project, table

from kpublish.model.figure import Figure, FigureDescription
from kpublish.plots.areas import REMARK
from kpublish.plots.canvas import draw
from kpublish.plots.placement import hides

LAYER = {"mark": "line", "table": PATH, "y": "flux"}
LOG = {"x": {"scale": "log"}, "y": {"scale": "log"}}


def panelled(*panels, **said):
    whole = figure(LAYER)
    description = FigureDescription.model_validate({**said, "panels": [{**LOG, "layers": [LAYER], **panel} for panel in panels]})
    return Figure(whole.path, whole.document, whole.resource, description)


def test_panels_stand_row_by_row_and_share_axes():
    described = panelled({}, {"y": {"scale": "linear"}}, share="x", heights=[3, 1], heading="Two")
    above, below = composed(described, table()).axes
    assert above.get_shared_x_axes().joined(above, below)
    assert above.get_xlabel() == ""
    assert below.get_xlabel() == r"$E_{\nu}$ [GeV]"
    assert above.get_position().height > 2 * below.get_position().height
    assert above.get_position().y0 > below.get_position().y1
    assert draw(described, project()).alt.startswith("Two. 2 panels. Panel 1: Plot of")


def test_panels_side_by_side_share_what_they_show_upwards():
    left, right, lower = composed(panelled({}, {}, {}, share="xy", columns=2), table()).axes
    assert left.get_shared_y_axes().joined(left, right)
    assert (right.get_ylabel(), left.get_ylabel() != "") == ("", True)
    # Below the panel on the right there is none, so it says its numbers itself.
    assert right.get_xlabel()
    assert not left.get_xlabel()
    assert lower.get_xlabel()


def test_only_the_first_panel_bears_the_label_of_preliminary_results():
    picture = composed(panelled({}, {}), table(), preliminary=True)
    assert [text.get_text() for axes in picture.axes for text in axes.texts] == ["KM3NeT Preliminary"]


def test_a_fault_in_a_panel_stands_at_its_place():
    (fault,) = draw(panelled({}, {"layers": [LAYER | {"y": "fluks"}]}), project()).faults
    assert fault.code == "FIG04"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "nothing to draw"),
        ({"layers": [LAYER], "panels": [{"layers": [LAYER]}]}, "exclude each other"),
        ({"panels": [{}]}, "a panel has no layers"),
        ({"panels": [{"layers": [LAYER]}], "x": {"scale": "log"}}, "with panels, x is said in each"),
        ({"panels": [{"layers": [LAYER]}] * 3, "columns": 2, "heights": [3]}, "heights needs 2 numbers, one for each row"),
        ({"panels": [{"layers": [LAYER]}], "widths": [1, 2]}, "widths needs 1 numbers, one for each column"),
    ],
)
def test_a_description_says_one_way_to_draw(said, reason):
    with pytest.raises(ValueError, match=reason):
        FigureDescription.model_validate(said)


def test_hidden_layers_are_left_out_and_keep_their_colour_for_others():
    lines = composed(figure({"mark": "line", "hidden": True}, {"mark": "line"}), table()).axes[0].lines
    assert [line.get_color() for line in lines] == ["#FF800E"]
    (fault,) = draw(figure({"mark": "line", "hidden": True}), project()).faults
    assert fault.code == "FIG12"


def test_stacked_steps_stand_on_one_another():
    layers = [{"mark": "steps", "stack": True, "label": str(number)} for number in range(2)]
    first, second = (patch for patch in composed(figure(*layers), table()).axes[0].patches if isinstance(patch, StepPatch))
    assert np.array_equal(second.get_data().baseline, first.get_data().values, equal_nan=True)
    assert second.get_data().values[0] == pytest.approx(2 * COLUMNS["flux"][1][0])


def test_steps_with_other_bins_are_not_stacked():
    layers = [{"mark": "steps", "stack": True, "where": {"low": low}} for low in ("1", "10")]
    (fault,) = draw(figure(*layers), project()).faults
    assert "other bins" in fault.message


def test_filled_steps_have_one_entry_in_the_legend():
    axes = composed(figure({"mark": "steps", "fill": True, "label": "one"}), table()).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one"]


def test_notes_cite_tint_and_remark():
    notes = [
        {"mark": "note", "label": "others", "cite": "Phys. Rev. D 1"},
        {"mark": "note", "table": "", "y": "", "span": [10, 100], "label": "fit"},
        {"mark": "note", "table": "", "y": "", "axis": "y", "line": 1e-4},
        {"mark": "note", "table": "", "y": "", "text": "here", "at": [1e3, 1e-4]},
    ]
    axes = composed(figure(*notes, {"mark": "line", "label": "ours"}), table()).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["others (Phys. Rev. D 1)", "fit", "ours"]
    (remark,) = (text for text in axes.texts if text.get_label() == REMARK)
    assert hides(axes, remark.get_window_extent())
    # Notes take no colour of the palette.
    assert axes.lines[-1].get_color() == "#006BA4"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ({}, "shows nothing"),
        ({"text": "here"}, "text and at belong together"),
        ({"plane": "galactic"}, "only a map of the sky"),
    ],
)
def test_notes_that_cannot_be_drawn_are_told(note, said):
    (fault,) = draw(figure({"mark": "note", "table": "", "y": "", **note}, {"mark": "line"}), project()).faults
    assert said in fault.message


def test_marks_that_need_a_table_say_so():
    (fault,) = draw(figure({"mark": "line", "table": "", "y": ""}), project()).faults
    assert (fault.code, fault.message) == ("FIG01", "The mark line needs table: and y:.")


@pytest.mark.parametrize("context", ["notebook", "talk", "poster"])
def test_contexts_differ_in_the_size_of_letters(context):
    def letters(**said):
        picture = composed(figure({"mark": "line"}, **said), table())
        return picture.axes[0].xaxis.label.get_fontsize(), picture.get_size_inches().tolist()

    assert letters() == (16.0, [8.0, 5.5])
    size, inches = letters(context=context)
    assert size != 16.0
    assert inches != [8.0, 5.5]


def test_a_dark_figure_is_light_on_dark_everywhere():
    picture = composed(figure({"mark": "points", "label": "one"}, dark=True, heading="Dark"), table(), preliminary=True)
    picture.canvas.draw()
    ground = picture.get_facecolor()[:3]
    assert max(ground) < 0.2
    for text in picture.findobj(Text):
        if text.get_text() and text.get_visible():
            from matplotlib.colors import to_rgb

            assert min(to_rgb(text.get_color())) > 0.5


@pytest.fixture
def logo(tmp_path):
    stream = io.BytesIO()
    Image.new("RGBA", (60, 20), (255, 0, 0, 255)).save(stream, "png")
    (tmp_path / "logo.png").write_bytes(stream.getvalue())
    return tmp_path


def test_a_logo_stands_in_a_free_corner(logo, monkeypatch):
    monkeypatch.chdir(logo)
    described = figure({"mark": "line"}, logo={"file": "logo.png", "width": 0.2})
    pixels = np.asarray(Image.open(io.BytesIO(draw(described, project()).files["rendered/flux.png"])).convert("RGB")).astype(int)
    rows, columns = np.nonzero((pixels[:, :, 0] > 240) & (pixels[:, :, 1:].max(axis=2) < 15))
    axes = composed(described, table()).axes[0]
    assert columns.max() - columns.min() == pytest.approx(0.2 * axes.bbox.width, rel=0.03)
    # The curve falls, so that the upper right is free.
    assert columns.min() > 800
    assert rows.max() < 300


def test_a_logo_that_is_none_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("../logo.png", "logo.png"):
        (fault,) = draw(figure({"mark": "line"}, logo={"file": name}), project()).faults
        assert fault.code == "FIG13"
    (tmp_path / "logo.png").write_bytes(b"GIF89a")
    assert draw(figure({"mark": "line"}, logo={"file": "logo.png"}), project()).faults[0].code == "FIG13"


def test_many_points_are_drawn_once_for_each_place():
    count = 100_000
    angle = [number * 0.001 for number in range(count)]
    columns = {
        "x": (ENERGY | {"role": "center"}, [1.0 + (number % 100) for number in range(count)]),
        "flux": (COLUMNS["flux"][0], [1.0 + (number % 70) for number in range(count)]),
    }
    described = figure({"mark": "points"}, x={}, y={})
    axes = composed(described, table(columns)).axes[0]
    assert len(axes.lines[0].get_xdata()) == 700
    assert axes.lines[0].get_rasterized()
    assert axes.lines[0].get_markersize() == pytest.approx(6 * (200 / 700) ** 0.5)
    assert "Of 100000 rows, those at the same place are drawn once." in draw(described, project(table(columns))).alt
    wave = {"x": (ENERGY | {"role": "center"}, angle), "flux": (COLUMNS["flux"][0], [float(np.sin(one)) for one in angle])}
    line = composed(figure({"mark": "line"}, x={}, y={}), table(wave)).axes[0].lines[0]
    assert len(line.get_xdata()) < 20_000
    assert line.get_ydata().max() == pytest.approx(1.0, abs=1e-6)
    assert line.get_ydata().min() == pytest.approx(-1.0, abs=1e-6)
