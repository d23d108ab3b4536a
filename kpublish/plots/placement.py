"""Ranges, ticks, legend and the label of preliminary results, placed so that they hide no data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from kpublish.model.figure import Panel
from kpublish.plots.areas import REMARK, corners, foreground, is_full, is_map, overlaps
from kpublish.plots.style import PRELIMINARY, PRELIMINARY_AT

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.path import Path
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

LegendPlace = Literal[
    "upper right", "upper left", "lower right", "lower left", "center right", "lower center", "upper center", "center left"
]
#: Where the legend may stand, best first.
LEGEND_PLACES: tuple[LegendPlace, ...] = (
    "upper right",
    "upper left",
    "lower right",
    "lower left",
    "center right",
    "lower center",
    "upper center",
    "center left",
)
#: Where the label may stand if the range is given and its own place is taken: x, y and the side that x means.
LABEL_PLACES = ((*PRELIMINARY_AT, "left"), (0.95, 0.92, "right"), (0.05, 0.05, "left"), (0.95, 0.05, "right"))
#: Entries of the longest legend inside the axes, and of the tallest one beside them.
LONG, TALL = 8, 20
#: Part of the picture's width that a legend beside the axes may take.
WIDE = 1 / 3
#: Entries side by side above full axes.
ABOVE = 3
#: Headroom is added in steps of this part of the axis, at most so many times.
STEP, STEPS = 0.05, 14
#: Ticks along x where their numbers would touch one another.
MOST_TICKS = 7
#: Free space around label and legend, in pixels at 200 dpi.
PADDING = 8


def furnish(axes: Axes, panel: Panel, order: Sequence[str], *, preliminary: bool = False) -> list[Bbox]:
    """Set ranges and ticks, then place the label of preliminary results and the legend; return what they take.

    The legend's entries stand in the ``order`` of these texts.
    """
    _set_ranges(axes, panel)
    label = _label(axes) if preliminary else None
    legend = _legend(axes, panel, order)
    # Extents are known only after the layout.
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    _thin_ticks(axes)
    if panel.y.range or is_full(axes) or not _make_room(axes, label, legend):
        _find_room(axes, label)
        if legend is not None and not _settled(axes, label, legend):
            legend.remove()
            legend = None
            _above(axes, panel, *_entries(axes, order))
    return [_extent(artist) for artist in (label, legend) if artist]


def _label(axes: Axes) -> Text | None:
    """The label of preliminary results inside the axes, where it has to find room; if they are full, it stands above them."""
    if not is_full(axes):
        return axes.text(*PRELIMINARY_AT, PRELIMINARY, transform=axes.transAxes, fontweight="bold", zorder=4)
    heading = axes.get_title()
    axes.set_title(f"{heading}\n" if heading else "")
    axes.set_title(PRELIMINARY, loc="left", fontsize="medium", fontweight="bold")
    return None


def _set_ranges(axes: Axes, panel: Panel) -> None:
    if panel.y.scale == "log" and not panel.y.range and not panel.sky:
        _show_smallest(axes)


def _show_smallest(axes: Axes) -> None:
    """Begin a logarithmic y axis below the smallest positive number; where there are zeros, matplotlib may begin above it."""
    import numpy as np

    heights = np.concatenate([points.reshape(-1, 2)[:, 1] for points in _points(axes)] or [np.empty(0)])
    positive = heights[np.isfinite(heights) & (heights > 0)]
    if positive.size:
        smallest, top = positive.min(), axes.get_ylim()[1]
        axes.set_ylim(bottom=float(smallest * (smallest / top) ** axes.get_ymargin()))


def _thin_ticks(axes: Axes) -> None:
    """Have fewer ticks along a linear or logarithmic x axis whose numbers touch one another."""
    for count in range(MOST_TICKS, 1, -1):
        if axes.get_xscale() not in ("linear", "log") or is_map(axes) or not _ticks_touch(axes):
            return
        if axes.get_xscale() == "log":
            axes.xaxis.get_major_locator().set_params(numticks=count)  # type: ignore[call-arg]
            continue
        if _has_dates(axes):
            axes.xaxis.get_major_locator().maxticks = dict.fromkeys(range(7), count)  # type: ignore[attr-defined]
            continue
        axes.locator_params(axis="x", nbins=count)


def _has_dates(axes: Axes) -> bool:
    from matplotlib.dates import AutoDateLocator

    return isinstance(axes.xaxis.get_major_locator(), AutoDateLocator)


def _ticks_touch(axes: Axes) -> bool:
    spans = sorted((extent.x0, extent.x1) for extent in (text.get_window_extent() for text in axes.get_xticklabels()))
    return any(right[0] - left[1] < PADDING for left, right in pairwise(spans))


def _points(axes: Axes) -> Iterator[NDArray[np.float64]]:
    """Everything that is drawn, as points of shape (n, 2) in the units of the axes."""
    import numpy as np
    from matplotlib.collections import LineCollection

    yield from (np.asarray(line.get_xydata()) for line in foreground(axes.lines))
    yield from (np.asarray(patch.get_path().vertices) for patch in foreground(axes.patches))
    yield from (
        np.asarray(segment) for bars in axes.collections if isinstance(bars, LineCollection) for segment in bars.get_segments()
    )
    yield from corners(axes)


def _legend(axes: Axes, panel: Panel, order: Sequence[str]) -> Legend | None:
    """The legend inside the axes, where it has to find room; a long one stands beside them, that of full axes above."""
    handles, labels = entries = _entries(axes, order)
    if not handles:
        return None
    if len(handles) <= LONG and not is_full(axes):
        legend = axes.legend(handles, labels, title=panel.legend, loc=LEGEND_PLACES[0])
        # Else a wide one squeezes the axes.
        legend.set_in_layout(False)
        return legend
    columns = ABOVE
    if len(handles) > LONG:
        beside = axes.figure.legend(
            handles, labels, title=panel.legend, loc="outside right upper", ncols=1 + (len(handles) - 1) // TALL
        )
        part = beside.get_window_extent().width / axes.figure.bbox.width
        if part <= WIDE or len(handles) > TALL:
            return None
        beside.remove()  # it would leave too little to the axes
        columns = max(1, int(1 / part))
    _above(axes, panel, *entries, columns)
    return None


def _entries(axes: Axes, order: Sequence[str]) -> tuple[list[Any], list[str]]:
    """Handles and texts of the legend, in the order of these texts."""
    places = {text: place for place, text in reversed(list(enumerate(order)))}
    entries = sorted(zip(*axes.get_legend_handles_labels(), strict=True), key=lambda entry: places.get(entry[1], len(places)))
    return [handle for handle, _ in entries], [text for _, text in entries]


def _above(axes: Axes, panel: Panel, handles: list[Any], labels: list[str], columns: int = ABOVE) -> None:
    """A legend above the axes, where it hides nothing."""
    ncols = min(len(handles), columns)
    axes.figure.legend(handles, labels, title=panel.legend, loc="outside upper right", ncols=ncols)


def _make_room(axes: Axes, label: Text | None, legend: Legend | None) -> bool:
    """Raise the upper end of the y axis until label and legend stand free; if that does not help, leave it as it was."""
    _show_arrows(axes)
    before = axes.get_ylim()
    for _ in range(STEPS):
        if (label is None or not hides(axes, _extent(label))) and (legend is None or _settled(axes, label, legend)):
            return True
        _stretch(axes, up=True)
        _show_arrows(axes)
    axes.set_ylim(before)
    return False


def _show_arrows(axes: Axes) -> None:
    """Stretch the y axis until no arrow of a limit leaves the axes."""
    import numpy as np
    from matplotlib.path import Path

    for line in axes.lines:
        if not isinstance(shape := line.get_marker(), Path):
            continue
        up = bool(np.max(np.asarray(shape.vertices)[:, 1]) > 0)
        # The arrow is half as long as the marker is said to be.
        length = line.get_markersize() / 2 * axes.figure.dpi / 72 + PADDING
        for _ in range(STEPS):
            heights = line.get_transform().transform(np.asarray(line.get_xydata()))[:, 1]
            if heights.max() + length <= axes.bbox.y1 if up else heights.min() - length >= axes.bbox.y0:
                break
            _stretch(axes, up=up)


def _find_room(axes: Axes, label: Text | None) -> None:
    """Leave the range as it is and look for a free place for the label; without any it gets a white ground."""
    if label is not None and not any(_free_at(axes, label, place) for place in LABEL_PLACES):
        _move(label, LABEL_PLACES[0])
        label.set_bbox({"facecolor": axes.get_facecolor(), "alpha": 0.85, "edgecolor": "none", "pad": 3})


def _free_at(axes: Axes, label: Text, place: tuple[float, float, str]) -> bool:
    _move(label, place)
    return not hides(axes, _extent(label))


def _move(label: Text, place: tuple[float, float, str]) -> None:
    label.set(x=place[0], y=place[1], horizontalalignment=place[2])


def _settled(axes: Axes, label: Text | None, legend: Legend) -> bool:
    """Put the legend where it hides neither data nor label; False if there is no such place."""
    for place in LEGEND_PLACES:
        legend.set_loc(place)
        extent = _extent(legend)
        if not hides(axes, extent) and not (label is not None and extent.overlaps(_extent(label))):
            return True
    return False


def _extent(artist: Text | Legend) -> Bbox:
    return artist.get_window_extent().padded(PADDING)


def _stretch(axes: Axes, *, up: bool) -> None:
    """Move the upper or the lower end of the y axis outwards by one step."""
    transform = axes.yaxis.get_transform()
    ends = transform.transform(axes.get_ylim())
    ends[int(up)] += (STEP if up else -STEP) * (ends[1] - ends[0])
    axes.set_ylim(*transform.inverted().transform(ends).tolist())


def hides(axes: Axes, extent: Bbox) -> bool:
    """Whether something drawn at ``extent`` (in pixels) would cover data."""
    if any(path.intersects_bbox(extent, filled=False) for path in _curves(axes)) or overlaps(axes, extent):
        return True
    if any(_extent(text).overlaps(extent) for text in axes.texts if text.get_label() == REMARK):
        return True
    return any(_touches(line, extent) for line in axes.lines if line.get_linestyle() == "None") or _crossed(axes, extent)


def _curves(axes: Axes) -> Iterator[Path]:
    """Lines and steps, in pixels."""
    lines: list[Patch | Line2D] = [line for line in foreground(axes.lines) if line.get_linestyle() != "None"]
    for artist in [*foreground(axes.patches), *lines]:
        yield artist.get_transform().transform_path(artist.get_path())


def _touches(line: Line2D, extent: Bbox) -> bool:
    """Whether one of the markers lies inside."""
    points = line.get_transform().transform(line.get_xydata())
    return bool(extent.padded(line.get_markersize()).count_contains(points))


def _crossed(axes: Axes, extent: Bbox) -> bool:
    """Whether one of the error bars, which run along the axes, enters."""
    import numpy as np
    from matplotlib.collections import LineCollection

    for bars in (artist for artist in axes.collections if isinstance(artist, LineCollection)):
        ends = [bars.get_transform().transform(segment) for segment in bars.get_segments()]
        if ends:
            low, high = np.min(ends, axis=1), np.max(ends, axis=1)
            if np.any(np.all((low < extent.max) & (high > extent.min), axis=1)):
                return True
    return False
