"""Angles between directions, against what geometry says."""

import pytest

from {{ cookiecutter.package }} import angular_distance


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((10.0, 20.0), (10.0, 20.0), 0.0),
        ((0.0, 0.0), (90.0, 0.0), 90.0),
        ((359.5, 0.0), (0.5, 0.0), 1.0),
        ((0.0, -90.0), (180.0, 90.0), 180.0),
        ((0.0, 0.0), (1e-9, 0.0), 1e-9),
    ],
)
def test_known_angles_are_found_in_both_directions(one, other, expected):
    assert angular_distance(one, other) == pytest.approx(expected, rel=1e-12)
    assert angular_distance(other, one) == pytest.approx(expected, rel=1e-12)


def test_an_impossible_declination_is_refused():
    with pytest.raises(ValueError, match="not between -90 and 90"):
        angular_distance((0.0, 91.0), (0.0, 0.0))
