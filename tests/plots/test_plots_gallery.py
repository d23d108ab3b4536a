"""The gallery of the documentation shows every mark."""

import runpy
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kpublish.plots import MARKS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def gallery():
    return runpy.run_path(str(DOCS / "make_gallery.py"))


def test_every_mark_has_a_section_and_every_picture_is_small_and_shown(gallery):
    pages = "".join((DOCS / "explanation" / name).read_text("utf-8") for name in ("marks.md", "axes.md"))
    assert set(MARKS.names()) <= set(gallery["FIGURES"])
    for name in MARKS.names():
        assert f"\n## {name}\n" in pages
    for name in gallery["FIGURES"]:
        assert f"images/marks/{name}.png)" in pages
        assert (DOCS / "images" / "marks" / f"{name}.png").stat().st_size < 60_000


@pytest.mark.parametrize("name", runpy.run_path(str(DOCS / "make_gallery.py"))["FIGURES"])
def test_marks_and_axes_look_as_they_did(gallery, name):
    drawn = Image.open(BytesIO(gallery["picture"](name))).convert("RGB")
    kept = Image.open(DOCS / "images" / "marks" / f"{name}.png").convert("RGB")
    assert drawn.size == kept.size
    differences = ImageChops.difference(drawn, kept).convert("L").histogram()
    assert sum(differences[64:]) < 0.002 * drawn.width * drawn.height
