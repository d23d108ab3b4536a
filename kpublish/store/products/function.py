"""Functions given by coefficients: a table of one column, evaluated anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kpublish.errors import UnreadableFile, UsageError
from kpublish.http import plain
from kpublish.model.vocabularies import Role
from kpublish.registry import import_with_hint
from kpublish.store.holding import Holding
from kpublish.store.products.table import AnnotatedTable
from kpublish.store.quantities import number_in, unit_of

KTYPES = ("km3.function",)
WHOLE = False
POLYNOMIAL = "polynomial"
#: Roles that the column of coefficients may have.
_ROLES = (Role.RETURNVALUE, Role.VALUE, None)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one variable.

    Attributes
    ----------
    coefficients
        Of a polynomial: in ascending powers, the constant first.
    functiontype
        ``polynomial``.
    xunit, unit
        Units of the variable and of the function's value; None: numbers without unit.
    """

    coefficients: tuple[float, ...]
    functiontype: str = POLYNOMIAL
    xunit: str | None = None
    unit: str | None = None

    def evaluate(self, x: Any) -> Any:
        """Return the value at ``x``.

        Parameters
        ----------
        x
            A number, or an array of any shape; in ``xunit``, or a quantity of astropy.

        Returns
        -------
        float, ndarray or Quantity
            Of the shape of ``x``; a quantity where ``x`` is one and the value has a unit.

        Raises
        ------
        UsageError
            If the type of function is not known, or the quantity has another dimension.

        Examples
        --------
        >>> Function((1.0, 0.0, 2.0)).evaluate(3)
        19.0
        """
        if self.functiontype != POLYNOMIAL:
            raise UsageError(f"Functions of type {plain(self.functiontype)!r} are not known.", remedy="Known: polynomial.")
        number = number_in(x, self.xunit)
        if isinstance(number, Sequence):
            number = import_with_hint("numpy").asarray(number, dtype=float)
        value: Any = 0.0
        for coefficient in reversed(self.coefficients):
            value = value * number + coefficient
        unit = unit_of(self.unit) if hasattr(x, "to_value") else None
        return value if unit is None else value * unit


class PublishedFunction(AnnotatedTable):
    """A published function; its coefficients are the rows of its table.

    The type of function and the unit of its variable stand in ``content`` of its KM3Resource, as ``functiontype`` (a polynomial
    unless stated) and ``xunit``; the unit of the column is that of the value.
    """

    @cached_property
    def function(self) -> Function:
        """The function itself.

        Raises
        ------
        UnreadableFile
            If the table has not exactly one column of coefficients, or not a number in every row.
        """
        found = [number for number, parameter in enumerate(self.table.parameters) if parameter.role in _ROLES]
        values = self.table.values[found[0]] if len(found) == 1 else ()
        if not values or not all(isinstance(cell, int | float) for cell in values):
            raise UnreadableFile(
                f"{plain(self.member.path)} does not hold the coefficients of a function.",
                remedy="It needs one column of numbers with role returnvalue; tell who published it.",
            )
        unit = self.table.parameters[found[0]].unit
        return Function(tuple(map(float, values)), self.functiontype, self.holding.stated("xunit"), unit)

    @property
    def functiontype(self) -> str:
        """What kind of function it is."""
        return self.holding.stated("functiontype") or POLYNOMIAL

    @property
    def coefficients(self) -> tuple[float, ...]:
        """Of a polynomial: in ascending powers, the constant first."""
        return self.function.coefficients

    def evaluate(self, x: Any) -> Any:
        """Return the value at ``x``; see :meth:`Function.evaluate`."""
        return self.function.evaluate(x)


def load(holding: Holding) -> PublishedFunction:
    """Return the function that a holding is."""
    return PublishedFunction(holding)
