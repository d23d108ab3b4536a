"""An axis of bins or points, the bin that holds a number, and what lies between the middles of bins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

#: Ways of going from one bin to the next.
INTERPOLATIONS = ("linear", "log")
#: Low and high end.
Bin = tuple[float, float]


@dataclass(frozen=True, slots=True)
class BinnedAxis:
    """The bins of one axis as (low, high), ascending; points are bins without width."""

    name: str
    unit: str | None
    bins: tuple[Bin, ...]
    cells: tuple[Bin, ...]
    logarithmic: bool

    @property
    def range(self) -> tuple[float, float]:
        return self.bins[0][0], max(high for _, high in self.bins)

    def nearest(self, value: float) -> Bin | None:
        """The bin that holds ``value``, else the nearest one; of two that touch there, the upper one; None: out of range."""
        low, high = self.range
        if not low <= value <= high:
            return None
        return min(reversed(self.bins), key=lambda bin_: self._distance(value, bin_))

    def _distance(self, value: float, bin_: Bin) -> float:
        if bin_[0] <= value <= bin_[1]:
            return 0.0
        end = bin_[0] if value < bin_[0] else bin_[1]
        return abs(math.log(value / end)) if self.logarithmic and value > 0 and end > 0 else abs(value - end)

    def middle(self, bin_: Bin) -> float:
        """The middle of a bin, on the scale along which :meth:`around` measures."""
        return (self._along(bin_[0]) + self._along(bin_[1])) / 2

    def around(self, value: float) -> tuple[tuple[Bin, float], ...]:
        """The bins whose middles enclose ``value``, each with its share; only the outermost one beyond it."""
        place, middles = self._along(value), [self.middle(bin_) for bin_ in self.bins]
        for below, above in zip(range(len(middles)), range(1, len(middles)), strict=False):
            if middles[below] <= place < middles[above]:
                share = (place - middles[below]) / (middles[above] - middles[below])
                return ((self.bins[below], 1 - share), (self.bins[above], share)) if share else ((self.bins[below], 1.0),)
        return ((self.bins[0 if place < middles[0] else -1], 1.0),)

    def _along(self, value: float) -> float:
        return math.log(value) if self.logarithmic and self.bins[0][0] > 0 else value


def interpolated(
    axes: Sequence[BinnedAxis], values: Mapping[tuple[Bin, ...], Any], place: Sequence[float], *, logarithmic: bool
) -> float | None:
    """Return the value at ``place``, (bi)linear between the middles of bins; None where a bin that is needed has no number.

    ``logarithmic``: of the logarithms of the values; None, too, where one of them is not positive.
    """
    total = 0.0
    for corner in product(*(axis.around(number) for axis, number in zip(axes, place, strict=True))):
        value = values.get(tuple(bin_ for bin_, _ in corner))
        if not isinstance(value, int | float) or (logarithmic and value <= 0):
            return None
        total += math.prod(share for _, share in corner) * (math.log(value) if logarithmic else value)
    return math.exp(total) if logarithmic else total
