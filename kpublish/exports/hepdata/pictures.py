"""The pictures of a submission: the PNG of each figure, and a thumbnail, whose name begins with ``thumb_``."""

from __future__ import annotations

from io import BytesIO

from kpublish.model.figure import RENDERED, DrawnFigure
from kpublish.registry import import_with_hint

#: Pixels of the longer side of a thumbnail.
_SMALL = 240
THUMBNAIL = "thumb_"


def pictures(drawn: DrawnFigure) -> dict[str, bytes]:
    """Return name → bytes of a figure's picture and thumbnail; of a figure that has no PNG, its first file alone.

    Raises
    ------
    MissingExtra
        If Pillow is not installed.
    """
    path = next((path for path in drawn.files if path.endswith(".png")), next(iter(drawn.files), ""))
    if not path:
        return {}
    name = path.removeprefix(f"{RENDERED}/").replace("/", "-")
    whole = {name: drawn.files[path]}
    return whole | {f"{THUMBNAIL}{name}": _small(drawn.files[path])} if path.endswith(".png") else whole


def _small(content: bytes) -> bytes:
    import_with_hint("PIL")
    from PIL import Image

    stream = BytesIO()
    with Image.open(BytesIO(content), formats=["PNG"]) as image:
        small = image.convert("RGB")
        small.thumbnail((_SMALL, _SMALL))
        small.save(stream, "PNG", optimize=True)
    return stream.getvalue()
