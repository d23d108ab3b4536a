"""Label and legend hide no data."""

import math
from itertools import pairwise

import pytest
from plots_examples import composed, figure, table

from kpublish.plots.placement import hides
from kpublish.plots.style import PRELIMINARY, PRELIMINARY_AT

LINEAR = {"scale": "linear"}


def curve(heights):
    xs = [float(number) for number in range(len(heights))]
    return table({"x": ({"axis": "x", "role": "xvalue"}, xs), "flux": ({"axis": "y", "role": "value"}, heights)})


@pytest.fixture
def axes_of():
    """Composes a figure of one curve and returns its axes."""

    def make(heights, *layers, preliminary=True, **said):
        described = figure(*(layers or ({"mark": "line", "label": "A label in the legend"},)), **{"x": LINEAR, "y": LINEAR, **said})
        return composed(described, curve(heights), preliminary=preliminary).axes[0]

    return make


def label_of(axes):
    return next(text for text in axes.texts if text.get_text() == PRELIMINARY)


@pytest.mark.parametrize(
    "heights",
    [
        [1.0] * 50,
        [100 - number for number in range(50)],
        [50 + 40 * math.cos(number / 3) for number in range(50)],
        [float(number % 2) for number in range(50)],
    ],
    ids=["flat", "falling", "waves", "zigzag"],
)
@pytest.mark.parametrize("mark", ["line", "points"])
def test_label_and_legend_stand_free_of_data_and_of_each_other(axes_of, heights, mark):
    axes = axes_of(heights, {"mark": mark, "label": "A label in the legend"})
    label, legend = label_of(axes), axes.get_legend()
    assert label.get_position() == PRELIMINARY_AT
    assert not hides(axes, label.get_window_extent())
    assert not hides(axes, legend.get_window_extent())
    assert not label.get_window_extent().overlaps(legend.get_window_extent())
    assert axes.get_ylim()[1] >= max(heights)


def test_data_below_the_label_is_seen(axes_of):
    axes = axes_of([1.0] * 50, preliminary=False)
    assert hides(axes, axes.get_window_extent())


def test_a_given_range_is_kept_and_the_label_moves(axes_of):
    falling = [100.0 - number for number in range(50)]
    axes = axes_of(falling, {"mark": "line"}, y={"scale": "linear", "range": [40, 101]})
    assert axes.get_ylim() == (40, 101)
    assert not hides(axes, label_of(axes).get_window_extent())
    assert label_of(axes).get_position() != PRELIMINARY_AT


def test_a_label_without_any_free_place_gets_a_ground(axes_of):
    zigzag = [float(number % 2) for number in range(400)]
    axes = axes_of(zigzag, {"mark": "line"}, y={"scale": "linear", "range": [0, 1]})
    assert label_of(axes).get_position() == PRELIMINARY_AT
    assert label_of(axes).get_bbox_patch() is not None


def test_a_long_legend_stands_beside_the_axes_in_the_order_of_the_layers(axes_of):
    layers = [{"mark": "line" if number % 2 else "points", "label": f"layer {number}"} for number in range(12)]
    axes = axes_of([1.0, 2.0], *layers)
    (legend,) = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [f"layer {number}" for number in range(12)]
    assert not legend.get_window_extent().overlaps(axes.get_window_extent())
    assert axes.figure.bbox.containsx(legend.get_window_extent().x1)


def test_numbers_along_x_do_not_touch(axes_of):
    axes = axes_of([1.0, 2.0], {"mark": "line"}, x={"scale": "linear", "range": [0.0001, 0.0019]}, size=[4, 3])
    spans = sorted((extent.x0, extent.x1) for extent in (text.get_window_extent() for text in axes.get_xticklabels()))
    assert len(spans) > 2
    assert all(left[1] < right[0] for left, right in pairwise(spans))


def test_decades_along_x_do_not_touch_either(axes_of):
    axes = axes_of([1.0, 2.0, 3.0], x={"scale": "log", "range": [1e4, 1e30]}, **{"y": LINEAR})
    extents = [text.get_window_extent() for text in axes.get_xticklabels() if text.get_text()]
    assert len(extents) > 2
    assert all(left.x1 < right.x0 for left, right in pairwise(extents))


def test_a_long_legend_that_is_wide_stands_above_the_axes(axes_of):
    names = [f"a measurement with a long name, number {number}" for number in range(9)]
    axes = axes_of([1.0, 2.0], *({"mark": "line", "label": name} for name in names))
    (legend,) = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == names
    assert legend.get_window_extent().y0 >= axes.get_window_extent().y1
    assert axes.get_window_extent().width > 0.8 * axes.figure.bbox.width


def test_a_legend_without_a_free_place_in_a_given_range_stands_above_the_axes(axes_of):
    heights = [float(10 * (number % 2)) for number in range(200)]
    axes = axes_of(heights, preliminary=False, y={"scale": "linear", "range": [0.0, 10.0]})
    (legend,) = axes.figure.legends
    assert axes.get_legend() is None
    assert legend.get_window_extent().y0 >= axes.get_window_extent().y1


def test_a_wide_legend_does_not_squeeze_the_axes(axes_of):
    narrow = axes_of([1.0, 2.0]).get_window_extent().width
    assert axes_of([1.0, 2.0], {"mark": "line", "label": "words " * 30}).get_window_extent().width == narrow


@pytest.mark.parametrize("arrow", ["down", "up"])
@pytest.mark.parametrize("preliminary", [True, False])
def test_arrows_of_limits_stay_inside_the_axes(axes_of, arrow, preliminary):
    axes = axes_of([1.0, 2.0, 3.0], {"mark": "points", "limit": "flux", "arrow": arrow}, preliminary=preliminary)
    (limits,) = axes.lines
    heights = limits.get_transform().transform(limits.get_xydata())[:, 1]
    length = limits.get_markersize() / 2 * axes.figure.dpi / 72
    assert axes.bbox.y0 < heights.min() - (length if arrow == "down" else 0)
    assert axes.bbox.y1 > heights.max() + (length if arrow == "up" else 0)
