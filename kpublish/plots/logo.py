"""A picture in a free corner of the axes, such as a collaboration's logo."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from kpublish.errors import KpublishError
from kpublish.files import read_bytes, safe_join
from kpublish.model.figure import Figure, Logo
from kpublish.model.project import Project
from kpublish.plots.layers import fault
from kpublish.plots.placement import hides

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: The largest file, in bytes.
LIMIT = 8 * 1024**2
#: Corners in fractions of the axes, best first.
PLACES = ((0.98, 0.97), (0.02, 0.97), (0.98, 0.03), (0.02, 0.03))


def read(figure: Figure, project: Project, logo: Logo) -> Pixels:
    """Return the picture, shape (rows, columns, 4).

    Raises
    ------
    Undrawable
        With fault FIG13 if it cannot be read as PNG.
    """
    import numpy as np
    from PIL import Image

    try:
        with Image.open(BytesIO(read_bytes(safe_join(project.root, logo.file), limit=LIMIT)), formats=["PNG"]) as image:
            return np.asarray(image.convert("RGBA"))
    except (KpublishError, OSError, ValueError, Image.DecompressionBombError) as error:
        message = f"The logo {logo.file!r} cannot be read as PNG."
        raise fault(figure, ("logo", "file"), "FIG13", message, "Name a PNG of this repository.") from error


def add(axes: Axes, pixels: Pixels, width: float, taken: Sequence[Bbox]) -> None:
    """Lay it over the first corner where it hides neither data nor what stands there; else above the axes, at the right."""
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    picture = axes.figure
    size = width * axes.bbox.width / pixels.shape[1] * 72 / picture.dpi
    image = OffsetImage(pixels, zoom=size, interpolation="lanczos", dpi_cor=True, resample=True)
    for place in (*PLACES, (1.0, 1.02)):
        alignment = (float(place[0] > 0.5), float(0.5 < place[1] <= 1))
        box = AnnotationBbox(image, place, xycoords="axes fraction", box_alignment=alignment, frameon=False, pad=0)
        box.set(zorder=3.5, in_layout=False)
        axes.add_artist(box)
        extent = box.get_window_extent()
        if place[1] > 1 or not (hides(axes, extent) or any(extent.overlaps(other) for other in taken)):
            return
        box.remove()
