"""The gallery of the documentation shows every mark."""

import runpy
from pathlib import Path

import pytest

from kpublish.plots import MARKS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def gallery():
    return runpy.run_path(str(DOCS / "make_gallery.py"))


def test_the_gallery_has_a_small_picture_and_a_section_for_every_mark(gallery):
    page = (DOCS / "explanation" / "marks.md").read_text("utf-8")
    assert set(gallery["FIGURES"]) == set(MARKS.names())
    for name in MARKS.names():
        assert f"\n## {name}\n" in page
        assert (DOCS / "images" / "marks" / f"{name}.png").stat().st_size < 60_000


def test_the_pictures_are_what_the_script_draws(gallery):
    from io import BytesIO

    from PIL import Image, ImageChops

    drawn = Image.open(BytesIO(gallery["picture"]("contour"))).convert("RGB")
    kept = Image.open(DOCS / "images" / "marks" / "contour.png").convert("RGB")
    assert drawn.size == kept.size
    differences = ImageChops.difference(drawn, kept).convert("L").histogram()
    assert sum(differences[64:]) < 0.01 * drawn.width * drawn.height
