"""The axes of a panel: scales, dates, second scales, labels and ranges."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10
from typing import TYPE_CHECKING, Any, Literal

from kpublish.model.figure import FigureAxis, Secondary
from kpublish.plots.layers import Part
from kpublish.plots.quantities import ALONG_X, ALONG_Y, EPOCH, Meaning, factor_between

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Decades that may be labelled one by one on a logarithmic axis.
DECADES = 13


def prepare(axes: Axes, part: Part, labels: tuple[str, str]) -> None:
    """Set scales, labels, ranges and second scales, before anything is drawn.

    Raises
    ------
    ValueError
        With half a sentence, if a second scale has another kind of unit.
    """
    panel = part.panel
    axes.set(xlabel=labels[0], ylabel=labels[1])
    along: tuple[tuple[Literal["x", "y"], FigureAxis, tuple[str, ...]], ...] = (("x", panel.x, ALONG_X), ("y", panel.y, ALONG_Y))
    for name, axis, purposes in along:
        _scale(axes, name, axis, part, purposes)
        if axis.dates:
            tell_dates(getattr(axes, f"{name}axis"))
        if axis.range:
            shift = EPOCH if axis.dates else 0.0
            axes.set(**{f"{name}lim": tuple(number - shift for number in axis.range)})
        if axis.secondary:
            _second(axes, name, axis.secondary, part.units.get(name), "" if axis.label else labels[name == "y"])


def _scale(axes: Axes, name: str, axis: FigureAxis, part: Part, purposes: tuple[str, ...]) -> None:
    from matplotlib.ticker import LogLocator

    stated: dict[str, Any] = {"linthresh": axis.threshold or _smallest(part, purposes)} if axis.scale == "symlog" else {}
    getattr(axes, f"set_{name}scale")(axis.scale, **stated)
    if axis.scale == "log":
        getattr(axes, f"{name}axis").set_major_locator(LogLocator(numticks=DECADES))


def _smallest(part: Part, purposes: tuple[str, ...]) -> float:
    """The power of ten below the smallest number that is not zero."""
    import numpy as np

    numbers = [np.abs(item.series.values[purpose]) for item in part.drawn for purpose in purposes if purpose in item.series.values]
    sizes = np.concatenate([size[np.isfinite(size) & (size > 0)] for size in numbers] or [np.array([1.0])])
    return 10.0 ** floor(log10(sizes.min())) if sizes.size else 1.0


def tell_dates(axis: Axis, most: int = 8) -> None:
    """Show days since matplotlib's epoch as dates in UTC, at most so many."""
    from datetime import UTC

    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(  # type: ignore[no-untyped-call]
        tz=UTC, minticks=3, maxticks=most
    )
    axis.set_major_locator(locator)
    axis.set_major_formatter(
        ConciseDateFormatter(  # type: ignore[no-untyped-call]
            locator, tz=UTC, show_offset=False, formats=_FORMATS, zero_formats=_ZEROS
        )
    )


#: Years, months, days, hours, minutes, seconds; and what stands where the next larger one begins.
_FORMATS = ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S.%f"]
_ZEROS = ["", "%Y", "%Y-%m-%d", "%m-%d", "%H:%M", "%H:%M"]


def _second(axes: Axes, name: Literal["x", "y"], second: Secondary, unit: str | None, label: str) -> None:
    functions, words = _conversion(second, unit, label)
    place = {"x": "top", "y": "right"}[name]
    axes.tick_params(axis=name, which="both", **{place: False})
    if name == "x":  # else it would stand among the numbers of the second scale
        axes.yaxis.get_offset_text().set_horizontalalignment("right")
    other = getattr(axes, f"secondary_{name}axis")(place, functions=functions)
    getattr(other, f"set_{name}label")(second.label or words)
    if second.dates:
        tell_dates(getattr(other, f"{name}axis"), most=5)


def _conversion(second: Secondary, unit: str | None, label: str) -> tuple[tuple[Callable[[Any], Any], Callable[[Any], Any]], str]:
    if second.dates:
        return (lambda mjd: mjd - EPOCH, lambda days: days + EPOCH), "Date (UTC)"
    try:
        factor = factor_between(unit, second.unit)
    except KeyError as error:
        raise ValueError(f"of its second scale: {error.args[0]}") from error
    text = label.removesuffix(f" [{label.rpartition(' [')[2]}") if label.endswith("]") else label
    return (lambda numbers: numbers * factor, lambda numbers: numbers / factor), Meaning(text, second.unit).label
