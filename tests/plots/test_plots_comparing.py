"""Other builds of the libraries move edges a little; a figure that says something else is told."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from plots_examples import figure, project, table

from kpublish.model.figure import DrawnFigure
from kpublish.plots.canvas import draw, identified
from kpublish.plots.comparing import Verdict, compare, difference
from kpublish.plots.identity import packet_of

PNG = "rendered/flux.png"


@pytest.fixture(scope="module")
def drawn():
    """A figure of points."""
    return draw(figure({"mark": "points", "label": "points"}), project())


@pytest.fixture
def written(drawn, tmp_path):
    """Writes the figure into a folder, one file otherwise, and compares: path → comparison."""

    def make(**otherwise):
        (tmp_path / "rendered").mkdir()
        for path, content in drawn.files.items():
            other = otherwise.get(path.rpartition(".")[2], content)
            if other is not None:
                (tmp_path / path).write_bytes(other)
        return {each.path.rpartition(".")[2]: each for each in compare([drawn], tmp_path)}

    return make


def pixels(drawn):
    with Image.open(BytesIO(drawn.files[PNG])) as image:
        return np.asarray(image.convert("RGBA"), dtype=np.int16)


def saved(array, drawn):
    """A PNG of these pixels, with the figure's identity."""
    stream = BytesIO()
    Image.fromarray(array.astype(np.uint8)).save(stream, "PNG")
    return identified("png", stream.getvalue(), packet_of(drawn.figure, project(), drawn.alt))


def test_the_same_bytes_are_the_same(written):
    assert {each.verdict for each in written().values()} == {Verdict.SAME}


def test_a_picture_that_was_only_packed_or_moved_otherwise_agrees(drawn, written):
    compared = written(png=saved(np.roll(pixels(drawn), 1, axis=1), drawn))
    assert compared["png"].verdict is Verdict.ALIKE
    assert all(each.agrees for each in compared.values())


def test_files_that_are_missing_or_no_pictures_are_told(written):
    compared = written(png=None, svg=b"<svg/>", pdf=b"no PDF")
    assert compared["png"].verdict is Verdict.MISSING
    assert "another identity" in compared["svg"].why
    assert compared["pdf"].verdict is Verdict.OTHER
    assert not any(each.agrees for each in compared.values())


def test_a_picture_of_other_numbers_is_told_even_with_the_same_identity(drawn):
    moved = figure({"mark": "points", "label": "points", "where": {"energy": "3"}}, y={"scale": "log", "range": [1e-7, 1e-2]})
    same = figure({"mark": "points", "label": "points"}, y={"scale": "log", "range": [1e-7, 1e-2]})
    ours, theirs = (pixels(draw(each, project(table()))) for each in (same, moved))
    assert "pixels disagree" in difference(ours, theirs)
    assert not difference(ours, ours)


def test_another_colour_and_another_size_are_differences(drawn):
    ours = pixels(drawn)
    other = ours.copy()
    dark = (ours[..., :3] < 40).all(axis=2)
    other[dark] = [230, 30, 30, 255]
    assert "pixels disagree" in difference(ours, other)
    assert "pixels, drawn here" in difference(ours, ours[:-1])


def test_another_identity_is_a_difference(drawn, tmp_path):
    other = draw(drawn.figure, project(version="1.3.0"))
    (tmp_path / "rendered").mkdir()
    for path, content in other.files.items():
        (tmp_path / path).write_bytes(content)
    assert {each.verdict for each in compare([drawn], tmp_path)} == {Verdict.OTHER}


def test_a_sidecar_is_compared_by_its_bytes(tmp_path):
    (tmp_path / "given.xmp").write_bytes(b"old")
    (each,) = compare([DrawnFigure(figure({"mark": "line"}), {"given.xmp": b"new"}, {})], tmp_path)
    assert each.verdict is Verdict.OTHER
