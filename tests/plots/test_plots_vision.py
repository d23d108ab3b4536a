"""Colours: both palettes can be told apart by everybody."""

from itertools import combinations

import pytest

from kpublish.plots.style import DARK_PALETTE, PALETTE
from kpublish.plots.vision import DEFICIENCIES, confusions, rgb, seen


@pytest.mark.parametrize("palette", [PALETTE, DARK_PALETTE], ids=["light", "dark"])
def test_no_two_colours_of_a_palette_look_alike_with_any_deficiency(palette):
    for one, other in combinations(map(rgb, palette), 2):
        assert set(confusions(one, other)) <= {"in grey"}


def test_red_and_green_look_alike_to_some():
    assert list(confusions(rgb("#d62728"), rgb("#2ca02c"))) == ["with deuteranopia"]
    assert list(confusions(rgb("#ff0000"), rgb("#fe0101"))) == ["to everybody"]


@pytest.mark.parametrize("matrix", DEFICIENCIES.values(), ids=DEFICIENCIES)
def test_grey_stays_grey(matrix):
    assert seen((0.5, 0.5, 0.5), matrix) == pytest.approx((0.5, 0.5, 0.5), abs=0.01)


def test_colours_have_names_or_are_none():
    assert rgb("black") == (0, 0, 0)
    assert rgb("nocolour") is None
