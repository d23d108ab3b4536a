"""How colours look to people with deficiencies of colour vision, and in grey.

Matrices: Machado, Oliveira & Fernandes (2009, IEEE TVCG 15, 1291) for severity 1.0; differences: CIE 1976.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import dist

Color = tuple[float, float, float]
Matrix = tuple[Color, Color, Color]

DEFICIENCIES: dict[str, Matrix] = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
#: Below this difference in L*a*b* two thin curves cannot be told apart; in grey, below this difference of L*.
ALIKE, ALIKE_IN_GREY = 12.0, 8.0
_HEX = re.compile("#[0-9a-fA-F]{6}")
_XYZ: Matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = (0.95047, 1.0, 1.08883)


def confusions(one: Color, other: Color) -> Iterator[str]:
    """Yield how two colours look alike: ``to everybody``, ``with protanopia``, …, ``in grey``; red, green, blue from 0 to 1."""
    if difference(one, other) < ALIKE:
        yield "to everybody"
        return
    for name, matrix in DEFICIENCIES.items():
        if difference(seen(one, matrix), seen(other, matrix)) < ALIKE:
            yield f"with {name}"
    if abs(_lab(one)[0] - _lab(other)[0]) < ALIKE_IN_GREY:
        yield "in grey"


def rgb(color: str) -> Color | None:
    """Return red, green and blue of a colour; None if it is none, or has a name and matplotlib, which knows names, is not there.

    >>> rgb("#ff0000")
    (1.0, 0.0, 0.0)
    """
    if _HEX.fullmatch(color):
        red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
        return red, green, blue
    try:
        from matplotlib.colors import to_rgb
    except ImportError:
        return None
    try:
        return to_rgb(color)
    except ValueError:
        return None


def difference(one: Color, other: Color) -> float:
    """Return the distance of two colours in L*a*b*.

    >>> round(difference((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)))
    100
    """
    return dist(_lab(one), _lab(other))


def seen(color: Color, matrix: Matrix) -> Color:
    """Return a colour as a deficiency shows it."""
    red, green, blue = (_encoded(min(1.0, max(0.0, value))) for value in _product(matrix, [_linear(value) for value in color]))
    return red, green, blue


def _lab(color: Color) -> Color:
    x, y, z = (
        _cube_root(value / white) for value, white in zip(_product(_XYZ, [_linear(value) for value in color]), _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube_root(value: float) -> float:
    return float(value ** (1 / 3)) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


def _product(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(factor * value for factor, value in zip(row, vector, strict=True)) for row in matrix]


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def _encoded(value: float) -> float:
    return float(value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)
