"""Numbers with what they are: quantities, the units in which axes show them, and dates."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from math import prod
from typing import TYPE_CHECKING, Any

from kpublish.model.figure import FigureAxis
from kpublish.model.parameter import Parameter
from kpublish.plots.style import labelled, quantity_text
from kpublish.registry import import_with_hint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Purposes that lie along x, along y, and those along y that factors and ratios change.
ALONG_X = ("x", "lower", "upper", "x_error", "x_error_plus", "x_error_minus")
SYSTEMATIC = ("systematic", "systematic_plus", "systematic_minus")
HEIGHTS = ("y", "error", "error_plus", "error_minus", *SYSTEMATIC, "limit", "bottom", "top")
ALONG_Y = (*HEIGHTS, "y_lower", "y_upper")
#: Those of them that are places on an axis, and not lengths along it.
PLACES = ("x", "lower", "upper", "y", "limit", "bottom", "top", "y_lower", "y_upper")
#: The modified Julian date at which matplotlib begins to count days.
EPOCH = 40587.0


@dataclass(frozen=True, slots=True)
class Meaning:
    """What numbers are: the quantity, as text for matplotlib, and the unit."""

    text: str
    unit: str | None = None

    @property
    def label(self) -> str:
        """The label of an axis that shows them."""
        return labelled(self.text, self.unit)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Numbers by their purpose, and what they are."""

    values: Mapping[str, Numbers]
    meanings: Mapping[str, Meaning]

    def change(self, purposes: Iterable[str], how: Callable[[Numbers], Numbers], meaning: Callable[[Meaning], Meaning]) -> Reckoned:
        """Return it with the numbers of ``purposes`` changed."""
        here = [purpose for purpose in purposes if purpose in self.values]
        return Reckoned(
            {**self.values, **{purpose: how(self.values[purpose]) for purpose in here}},
            {**self.meanings, **{purpose: meaning(self.meanings[purpose]) for purpose in here}},
        )


def meaning_of(parameter: Parameter) -> Meaning:
    """Return quantity and unit of a column."""
    return Meaning(quantity_text(parameter), parameter.unit or None)


def product_unit(units: Sequence[tuple[str, float]]) -> str | None:
    """Return the unit of a product of powers, as VOUnits; None without one.

    Raises
    ------
    KeyError
        With a sentence, if one of them is no unit.
    """
    stated = [(unit, exponent) for unit, exponent in units if unit]
    if len(stated) == 1 and stated[0][1] == 1:
        return stated[0][0]
    if not stated:
        return None
    product = prod((_unit(unit) ** exponent for unit, exponent in stated[1:]), start=_unit(stated[0][0]) ** stated[0][1])
    order = " ".join(unit for unit, _ in stated)
    powers = zip(product.bases, product.powers, strict=True)
    factors = sorted((base**power for base, power in powers), key=lambda factor: order.find(factor.bases[0].to_string("vounit")))
    scale = [f"{product.scale:g}"] if abs(product.scale - 1) > 1e-12 else []
    text = " ".join([*scale, *(factor.to_string("vounit").replace("**", "") for factor in factors)])
    return text or None


@cache
def _unit(text: str) -> Any:
    units = import_with_hint("astropy.units")
    try:
        return units.Unit(text, format="vounit")
    except (ValueError, TypeError):
        raise KeyError(f"{text!r} is no unit of VOUnits, so that nothing can be reckoned in it.") from None


@cache
def factor_between(unit: str | None, wanted: str | None) -> float:
    """Return what numbers in ``unit`` are multiplied by to be in ``wanted``.

    Raises
    ------
    KeyError
        With a sentence, if there is no such number.
    """
    if unit == wanted:
        return 1.0
    one, other = _unit(unit or ""), _unit(wanted or "")
    units = import_with_hint("astropy.units")
    try:
        return float(one.to(other))
    except (units.UnitConversionError, units.UnitTypeError):
        raise KeyError(f"Numbers in {unit or 'no unit'} cannot be shown in {wanted or 'no unit'}.") from None


def shown(found: Reckoned, axis: FigureAxis, purposes: Sequence[str], first: str | None, timescale: str | None) -> Reckoned:
    """Return the numbers along an axis in its unit, else in that of its first layer; or as dates.

    Raises
    ------
    KeyError
        With a sentence, if they cannot be converted.
    """
    if axis.dates:
        return _dated(found, purposes, timescale)
    wanted = axis.unit or first
    have = next((found.meanings[purpose].unit for purpose in purposes if purpose in found.values), None)
    if wanted is None or have == wanted or (axis.unit is None and not have):
        return found
    for purpose in purposes:
        if purpose in found.values:
            factor = factor_between(found.meanings[purpose].unit, wanted)
            found = found.change((purpose,), partial(operator.mul, factor), lambda old: replace(old, unit=wanted))
    return found


def _dated(found: Reckoned, purposes: Sequence[str], timescale: str | None) -> Reckoned:
    """Modified Julian dates as days since matplotlib's epoch, in UTC."""
    import numpy as np

    def moment(days: Numbers) -> Numbers:
        if timescale and timescale.lower() != "utc":
            time = import_with_hint("astropy.time").Time(np.nan_to_num(days, nan=EPOCH), format="mjd", scale=timescale.lower())
            days = np.where(np.isnan(days), np.nan, time.utc.mjd)
        return days - EPOCH

    for purpose in PLACES:
        if purpose in found.values and purpose in purposes:
            if found.meanings[purpose].unit not in ("d", None):
                raise KeyError(
                    f"Dates are made of modified Julian dates in days, not of numbers in {found.meanings[purpose].unit}."
                )
            found = found.change((purpose,), moment, lambda _: Meaning("Date (UTC)"))
    return found
