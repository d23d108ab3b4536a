"""What layers fill: bands, the inside of contours, and meshes, which leave no free place in the axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.path import Path
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray


Kind = TypeVar("Kind", bound="Artist")
#: Artists below this height are a background, on which anything may stand.
GROUND = 1.0
#: How texts that belong to the data are labelled.
REMARK = "_remark"


def foreground(artists: Iterable[Kind]) -> list[Kind]:
    """Return those that must not be hidden."""
    return [artist for artist in artists if artist.get_zorder() >= GROUND]


def is_map(axes: Axes) -> bool:
    """Whether the axes are a map of the sky."""
    return hasattr(axes, "wcs")


def is_full(axes: Axes) -> bool:
    """Whether a mesh or a map of the sky fills the axes."""
    from matplotlib.collections import QuadMesh

    return is_map(axes) or any(isinstance(artist, QuadMesh) for artist in axes.collections)


def corners(axes: Axes) -> Iterator[NDArray[np.float64]]:
    """Yield the corners of bands, meshes and lines of equal value, shape (n, 2), in the units of the axes."""
    import numpy as np
    from matplotlib.collections import LineCollection, QuadMesh

    for artist in axes.collections:
        if isinstance(artist, QuadMesh):
            yield np.asarray(artist.get_coordinates()).reshape(-1, 2)
        elif not isinstance(artist, LineCollection):
            yield from (np.asarray(path.vertices) for path in artist.get_paths())


def overlaps(axes: Axes, extent: Bbox) -> bool:
    """Whether a filled area or a line of equal value enters ``extent`` (in pixels)."""
    return any(path.intersects_bbox(extent, filled=filled) for path, filled in _outlines(axes))


def _outlines(axes: Axes) -> Iterator[tuple[Path, bool]]:
    """Outlines in pixels, and whether they are filled."""
    from matplotlib.collections import LineCollection, PolyCollection, QuadMesh

    for patch in foreground(axes.patches):
        if patch.get_fill():
            yield patch.get_transform().transform_path(patch.get_path()), True
    for artist in axes.collections:
        if not isinstance(artist, LineCollection | QuadMesh):
            for path in artist.get_paths():
                yield artist.get_transform().transform_path(path), isinstance(artist, PolyCollection)
