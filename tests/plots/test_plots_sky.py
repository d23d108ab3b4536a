"""Maps of the sky: frames, circles, curves that leave the map, and what cannot be shown on them."""

import numpy as np
import pytest
from plots_examples import composed, figure, project, table

from kpublish.model.figure import Sky
from kpublish.plots import sky
from kpublish.plots.canvas import draw
from kpublish.plots.layers import parts

PLACE = {"unit": "deg", "role": "coordinate", "frame": "icrs"}
EVENTS = {
    "flux": (PLACE | {"axis": "y"}, [0.0, 60.0, -28.936]),
    "ra": (PLACE | {"axis": "x"}, [180.0, 10.0, 266.405]),
    "radius": ({"unit": "arcmin", "role": "value"}, [120.0, 600.0, None]),
    "value": ({"axis": "z", "role": "value"}, [1.0, 2.0, 3.0]),
}


def layer(events=EVENTS, said=None, **more):
    described = figure({"mark": "points", **more}, x={}, y={}, sky=said or {})
    (part,) = parts(described, project(table(events)))
    return part.drawn[0].series


def test_the_middle_of_the_map_is_its_centre():
    series = layer()
    assert series.values["x"][0] == pytest.approx(0, abs=1e-9)
    assert series.values["y"][0] == pytest.approx(0, abs=1e-9)


def test_coordinates_are_brought_into_the_frame_of_the_map():
    series = layer(said={"frame": "galactic"})
    assert (series.values["x"][2], series.values["y"][2]) == pytest.approx((0, 0), abs=0.1)


def test_longitude_grows_to_the_left():
    x, _ = sky.on_map(200.0, 0.0, Sky())
    assert x < 0


def test_circles_have_their_size_on_the_sphere():
    rings = layer(radius="radius").rings
    assert len(rings) == 2
    assert np.hypot(*(rings[0] - rings[0].mean(axis=0)).T).max() == pytest.approx(2.0, rel=0.02)


def test_a_curve_is_broken_where_it_leaves_the_map():
    corners = {**EVENTS, "ra": (PLACE | {"axis": "x"}, [350.0, 10.0, 5.0]), "flux": (PLACE | {"axis": "y"}, [0.0, 5.0, 0.0])}
    series = layer(corners, mark="line", said={"center": 180})
    assert np.isnan(series.values["x"]).any()
    closed = layer(corners, mark="contour", said={"center": 0})
    assert closed.values["x"][0] == closed.values["x"][3]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ra": ({"axis": "x", "role": "coordinate", "unit": "deg"}, [1.0, 2.0, 3.0])}, "in which frame"),
        ({"ra": ({"axis": "x", "role": "coordinate", "frame": "icrs"}, [1.0, 2.0, 3.0])}, "has no unit"),
        ({"ra": (PLACE | {"axis": "x"}, [None, None, None])}, "both coordinates"),
        (
            {name: (PLACE | {"axis": axis, "frame": "horizontal"}, [1.0, 2.0, 3.0]) for name, axis in (("ra", "x"), ("flux", "y"))},
            "frame",
        ),
    ],
)
def test_coordinates_that_do_not_say_what_they_are_are_a_fault(change, said):
    (fault,) = draw(figure({"mark": "points"}, x={}, y={}, sky={}), project(table(EVENTS | change))).faults
    assert fault.code == "FIG14"
    assert said in fault.message


def test_marks_of_bins_are_not_drawn_on_a_map():
    low = {name: ({"axis": "x", "role": f"{name}_edge", "unit": "deg"}, [1.0, 2.0, 3.0]) for name in ("lower", "upper")}
    (fault,) = draw(figure({"mark": "steps"}, x={}, y={}, sky={}), project(table(EVENTS | low))).faults
    assert "cannot be drawn on a map" in fault.message


def test_a_map_is_drawn_with_grid_legend_and_alternative_text():
    described = figure(
        {"mark": "points", "radius": "radius", "label": "events"},
        {"mark": "note", "table": "", "y": "", "plane": "galactic", "label": "galactic plane"},
        {"mark": "note", "table": "", "y": "", "text": "Crab", "at": [83.6, 22.0]},
        x={},
        y={},
        sky={"projection": "mollweide"},
    )
    axes = composed(described, table(EVENTS), preliminary=True).axes[0]
    assert not axes.get_legend()
    assert len(axes.figure.legends) == 1
    drawn = draw(described, project(table(EVENTS)))
    assert len(drawn.files) == 3
    assert not drawn.faults
    assert drawn.alt.startswith("Map of the sky in equatorial coordinates. 3 layers drawn as points and note.")
    assert draw(described, project(table(EVENTS))).files == drawn.files


def test_longitudes_stand_on_the_map_above_the_events():
    axes = composed(figure({"mark": "points"}, x={}, y={}, sky={"frame": "galactic"}), table(EVENTS)).axes[0]
    written = {text.get_text(): text for text in axes.texts}
    longitudes = [f"{degrees}°" for degrees in (60, 120, 240, 300)]
    assert set(longitudes) <= written.keys()
    assert "180°" not in written
    highest = max(line.get_zorder() for line in axes.lines)
    assert all(written[name].get_zorder() > highest for name in longitudes)
    assert all(written[name].get_path_effects() for name in longitudes)
