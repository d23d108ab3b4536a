"""Compares figures as drawn here with the files of another run: bytes first, then what other builds of the libraries may change.

Other builds move edges and letters by a fraction of a pixel. A pixel of one picture agrees, if within :data:`NEAR` pixels of it the
other picture has a colour that differs by at most :data:`COLOR` in each channel; a picture agrees, if at most the part
:data:`PART` of its pixels do not. Pixels are those of the PNG; in SVG and PDF the identity is compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from kpublish.errors import KpublishError, MissingFile, UnreadableFile
from kpublish.files import read_bytes, safe_join
from kpublish.formats import FORMATS, FigureFormat
from kpublish.model.figure import DrawnFigure
from kpublish.plots.given import LIMIT
from kpublish.plots.libraries import versions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.int16]

#: Pixels by which an edge may be moved.
NEAR = 1
#: Difference of colours that is none, of 255.
COLOR = 64
#: Part of the pixels that may disagree.
PART = 1e-4


class Verdict(StrEnum):
    """How two files compare."""

    SAME = "same bytes"
    ALIKE = "same picture"
    IDENTITY = "same identity; pixels are compared in the PNG"
    OTHER = "differs"
    MISSING = "is missing"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file, and how it compares with what is drawn here; ``why`` says of a difference what it is."""

    path: str
    verdict: Verdict
    why: str = ""

    @property
    def agrees(self) -> bool:
        """Whether both may be the same figure, drawn by other builds of the libraries."""
        return self.verdict not in (Verdict.OTHER, Verdict.MISSING)


def compare(figures: Iterable[DrawnFigure], root: Path) -> Iterator[Comparison]:
    """Compare figures as drawn with the files below a folder."""
    for figure in figures:
        for path, content in figure.files.items():
            try:
                other = read_bytes(safe_join(root, path), limit=LIMIT)
            except MissingFile:
                yield Comparison(path, Verdict.MISSING)
            except UnreadableFile as error:
                yield Comparison(path, Verdict.OTHER, error.message)
            else:
                yield Comparison(path, Verdict.SAME) if other == content else _compared(path, content, other)


def otherwise(root: Path) -> dict[str, tuple[str, str]]:
    """Return the libraries whose version differs from what an unpacked package says: name → (there, here)."""
    try:
        said = json.loads(read_bytes(root / "km3resource.json", limit=LIMIT))["software"]
        return {name: (str(said[name]), here) for name, here in versions().items() if name in said and said[name] != here}
    except (KpublishError, ValueError, KeyError, TypeError):
        return {}


def _compared(path: str, ours: bytes, theirs: bytes) -> Comparison:
    from PIL import Image

    suffix = path.rpartition(".")[2]
    if suffix not in FORMATS.names():
        return Comparison(path, Verdict.OTHER, "another identity")
    try:
        format_: FigureFormat = FORMATS.get(suffix)  # type: ignore[assignment]
        if format_.extract(ours) != format_.extract(theirs):
            return Comparison(path, Verdict.OTHER, "it carries another identity: version, data or words have changed")
        if suffix != "png":
            return Comparison(path, Verdict.IDENTITY)
        why = difference(pixels(ours), pixels(theirs))
    except KpublishError as error:
        return Comparison(path, Verdict.OTHER, error.message)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        return Comparison(path, Verdict.OTHER, f"it cannot be read: {error}")
    return Comparison(path, Verdict.OTHER if why else Verdict.ALIKE, why)


def difference(ours: Pixels, theirs: Pixels) -> str:
    """Say how two pictures, shape (rows, columns, channels), differ; an empty text, if they agree."""
    if ours.shape != theirs.shape:
        there, here = (f"{columns} by {rows}" for rows, columns, *_ in (theirs.shape, ours.shape))
        return f"it has {there} pixels, drawn here {here}"
    wrong = max(_unmatched(ours, theirs), _unmatched(theirs, ours))
    total = ours.shape[0] * ours.shape[1]
    return f"{wrong:,} of {total:,} pixels disagree" if wrong > PART * total else ""


def _unmatched(ours: Pixels, theirs: Pixels) -> int:
    """Number of pixels for which the other picture has no like one nearby."""
    import numpy as np

    rows, columns = np.nonzero((np.abs(ours - theirs) > COLOR).any(axis=2))
    alike = np.zeros(len(rows), dtype=bool)
    for down in range(-NEAR, NEAR + 1):
        for right in range(-NEAR, NEAR + 1):
            near = theirs[np.clip(rows + down, 0, len(theirs) - 1), np.clip(columns + right, 0, theirs.shape[1] - 1)]
            alike |= (np.abs(ours[rows, columns] - near) <= COLOR).all(axis=1)
    return int((~alike).sum())


def pixels(content: bytes) -> Pixels:
    """Return the pixels of a PNG, shape (rows, columns, 4).

    Raises
    ------
    OSError, ValueError
        If it cannot be read.
    """
    import numpy as np
    from PIL import Image

    with Image.open(BytesIO(content), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGBA"), dtype=np.int16)
