"""Large tables: what could not be told apart in the picture is drawn once, and as an image also in SVG and PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: From so many rows on.
MANY = 20_000
#: Cells along each axis: finer than the pixels of the largest picture between the ends of an axis.
CELLS = 4096


def distinct(axes: Axes, x: Numbers, y: Numbers) -> NDArray[np.intp]:
    """Return the numbers of the points to draw: of many, the first one in each cell of a fine grid over what is shown."""
    import numpy as np

    inside = np.flatnonzero(_inside(axes, x, "x") & _inside(axes, y, "y"))
    if len(x) <= MANY:
        return np.arange(len(x))
    cells = _cells(axes, x[inside], "x") * CELLS + _cells(axes, y[inside], "y")
    return np.asarray(inside[np.sort(np.unique(cells, return_index=True)[1])])


def envelope(axes: Axes, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Return a curve that looks the same: of many points that go to the right, the lowest and highest in each of many cells."""
    import numpy as np

    if len(x) <= MANY or not np.all(np.isfinite(x + y)) or np.any(np.diff(x) < 0):
        return x, y
    starts = np.flatnonzero(np.diff(_cells(axes, x, "x"), prepend=-1))
    ends = np.append(starts[1:], len(x))
    cell = np.repeat(np.arange(len(starts)), ends - starts)
    by_height = np.lexsort((y, cell))
    kept = np.unique(np.concatenate([starts, ends - 1, by_height[starts], by_height[ends - 1]]))
    return x[kept], y[kept]


def _inside(axes: Axes, numbers: Numbers, along: str) -> NDArray[np.bool_]:
    """Which points lie within a range that was given."""
    import numpy as np

    if getattr(axes, f"get_autoscale{along}_on")():
        return np.isfinite(numbers)
    low, high = sorted(getattr(axes, f"get_{along}lim")())
    return np.asarray((numbers >= low) & (numbers <= high))


def _cells(axes: Axes, numbers: Numbers, along: str) -> NDArray[np.int64]:
    import numpy as np

    transform = getattr(axes, f"{along}axis").get_transform()
    with np.errstate(divide="ignore", invalid="ignore"):
        places = transform.transform(numbers)
        ends = transform.transform(np.array(getattr(axes, f"get_{along}lim")()))
    shown = places[np.isfinite(places)]
    low, high = (shown.min(), shown.max()) if getattr(axes, f"get_autoscale{along}_on")() and shown.size else ends
    width = (high - low) or 1.0
    return np.asarray(np.clip(np.nan_to_num((places - low) / width) * CELLS, 0, CELLS - 1), dtype=np.int64)
