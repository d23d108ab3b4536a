"""Lookup tables: the value that belongs to one bin, or to the nearest point, along one axis or two."""

from __future__ import annotations

import math
import warnings
from functools import cached_property
from typing import Any

from kpublish.errors import UnreadableFile, UsageError
from kpublish.http import plain
from kpublish.model.parameter import Parameter
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis, Role, Scale
from kpublish.registry import did_you_mean
from kpublish.store.binned_axis import INTERPOLATIONS, Bin, BinnedAxis, interpolated
from kpublish.store.holding import Holding
from kpublish.store.products.table import AnnotatedTable
from kpublish.store.quantities import number_in

KTYPES = ("km3.irf.lookup",)
WHOLE = False

#: Roles of columns that hold points along an axis; those of the founding document need no axis.
_POINTS = {Axis.X: Role.XVALUE, Axis.Y: Role.YVALUE}


class OutOfRange(UserWarning):
    """A lookup table says nothing about a value."""


class LookUpTable(AnnotatedTable):
    """A table that gives one value for each bin, or point, along axis x, or along x and y.

    The columns say it by their roles: ``lower_edge`` and ``upper_edge`` (or ``center``) with ``axis: x`` and ``axis: y``, or
    ``xvalue`` and ``yvalue``; the value has the role ``returnvalue``, or else ``value``.
    """

    def lookup(self, xvalue: Any, yvalue: Any = None, *, interpolation: str | None = None) -> Any:
        """Return the value of the bin that holds the given values, or of the nearest one where the bins leave a gap.

        Parameters
        ----------
        xvalue, yvalue
            Numbers in the units of the axes, or quantities of astropy; ``yvalue`` only where the table has an axis y.
        interpolation
            ``linear`` goes straight from the middle of one bin to that of the next, along logarithms where the axis says
            ``scale: log10``; ``log`` does so with the logarithm of the value, too. Beyond the outermost middles their value holds.

        Returns
        -------
        float, int, str, bool or None
            In the unit of the column (``get_paraminfo()["returnvalue"]["unit"]``); None where the table says nothing.

        Raises
        ------
        UsageError
            If a value is no number, ``yvalue`` is missing or given needlessly, or there is no such interpolation.

        Warns
        -----
        OutOfRange
            If a value lies outside of the table; the range is named.
        """
        given = (xvalue,) if yvalue is None else (xvalue, yvalue)
        if len(given) != len(self._axes):
            remedy = "Give xvalue and yvalue." if len(self._axes) == 2 else "Give xvalue only."
            raise UsageError(f"{plain(self.member.name)} has {len(self._axes)} axes.", remedy=remedy)
        if interpolation not in (None, *INTERPOLATIONS):
            remedy = did_you_mean(str(interpolation), INTERPOLATIONS) or f"Known: {', '.join(INTERPOLATIONS)}."
            raise UsageError(f"There is no interpolation {plain(str(interpolation))!r}.", remedy=remedy)
        numbers = tuple(_number(value, axis.unit) for axis, value in zip(self._axes, given, strict=True))
        place = tuple(_place(axis, number) for axis, number in zip(self._axes, numbers, strict=True))
        if None in place or interpolation is None:
            return None if None in place else self._values.get(place)
        return interpolated(self._axes, self._values, numbers, logarithmic=interpolation == "log")

    @cached_property
    def _axes(self) -> tuple[BinnedAxis, ...]:
        found = [axis for axis in (_axis(self.table, Axis.X), _axis(self.table, Axis.Y)) if axis]
        if not found or _axis(self.table, Axis.X) is None or not found[0].bins:
            raise self._unfit("axis x")
        return tuple(found)

    @cached_property
    def _values(self) -> dict[tuple[Any, ...], Any]:
        parameters = self.table.parameters
        for role in (Role.RETURNVALUE, Role.VALUE):
            columns = [number for number, parameter in enumerate(parameters) if parameter.role is role]
            if len(columns) == 1:
                cells = zip(*(axis.cells for axis in self._axes), strict=True)
                return dict(zip(cells, self.table.values[columns[0]], strict=True))
        raise self._unfit("value")

    def _unfit(self, what: str) -> UnreadableFile:
        return UnreadableFile(
            f"{plain(self.member.path)} does not say which columns are the {what} of a lookup table.",
            remedy="Its data are there as of every table: .data; tell who published it.",
        )


def load(holding: Holding) -> LookUpTable:
    """Return the lookup table that a holding is."""
    return LookUpTable(holding)


def _axis(table: Table, axis: Axis) -> BinnedAxis | None:
    """The axis of a table, or None: by edges, else by points."""
    low, high = _column(table, Role.LOWER_EDGE, axis), _column(table, Role.UPPER_EDGE, axis)
    if low is None or high is None:
        low = high = _point(table, axis)
    if low is None or high is None:
        return None
    cells = tuple(zip(table.column(low.columnname), table.column(high.columnname), strict=True))
    if not all(isinstance(end, int | float) and math.isfinite(end) for cell in cells for end in cell):
        return None
    return BinnedAxis(low.name or low.columnname, low.unit, tuple(sorted(set(cells))), cells, low.scale is Scale.LOG10)


def _point(table: Table, axis: Axis) -> Parameter | None:
    named = next((one for one in table.parameters if one.role is _POINTS[axis] and one.axis in (None, axis)), None)
    return named or _column(table, Role.CENTER, axis)


def _column(table: Table, role: Role, axis: Axis) -> Parameter | None:
    return next((one for one in table.parameters if (one.role, one.axis) == (role, axis)), None)


def _number(value: Any, unit: str | None) -> float:
    try:
        return float(number_in(value, unit))
    except (TypeError, ValueError):
        raise UsageError(f"{value!r} is no number.", remedy="Look up one value at a time.") from None


def _place(axis: BinnedAxis, number: float) -> Bin | None:
    """The bin of a value; None, with a warning, if it lies outside."""
    found = axis.nearest(number)
    if found is None:
        low, high = axis.range
        text = f"{plain(axis.name)} = {number:g} is out of range: the table holds {low:g} to {high:g} {axis.unit or ''}".rstrip()
        warnings.warn(OutOfRange(f"{text}."), stacklevel=4)
    return found
