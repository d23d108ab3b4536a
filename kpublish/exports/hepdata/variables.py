"""Which columns of a table are independent variables of HEPData, which dependent ones, and which errors belong to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kpublish.model.parameter import Parameter
from kpublish.model.vocabularies import Axis, Role

_EDGES = (Role.LOWER_EDGE, Role.UPPER_EDGE)
_ERRORS = (Role.ERROR, Role.ERROR_PLUS, Role.ERROR_MINUS)
#: Where a row stands.
_PLACES = (Role.CENTER, Role.XVALUE, Role.ID, Role.COORDINATE, Role.TIME)
#: What was found there.
_FOUND = (Role.VALUE, Role.YVALUE, Role.RETURNVALUE, Role.LIMIT)


@dataclass(frozen=True, slots=True)
class Independent:
    """A variable that says where rows stand: a value, or edges of bins, or both."""

    value: Parameter | None = None
    low: Parameter | None = None
    high: Parameter | None = None

    @property
    def meaning(self) -> Parameter:
        """The column that names it."""
        found = self.value or self.low
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Error:
    """Errors of a variable: symmetric ones (``plus`` alone), or upward and downward ones."""

    plus: Parameter
    minus: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Dependent:
    """A variable that says what was found, with its errors."""

    value: Parameter
    errors: tuple[Error, ...] = field(default=())


def variables(parameters: Sequence[Parameter]) -> tuple[tuple[Independent, ...], tuple[Dependent, ...]]:
    """Return the variables of a table, in the order of its columns.

    Columns whose role says where a row stands are independent, unless they stand on the axis of what was found: edges there are a
    band. Errors belong to the value of the same axis, quantity and unit; where several could be meant, to the one whose name begins
    theirs. What belongs to nobody is a variable of its own. Where no column says where rows stand there is no independent one.
    """
    found_on = _axis_of_what_was_found(parameters)
    places = [one for one in parameters if one.role in (*_EDGES, *_PLACES) and (one.axis is None or one.axis is not found_on)]
    others = [one for one in parameters if one not in places]
    if not others:
        places, others = [], places
    elif not places and len(others) > 1 and others[0].role is None:
        places, others = others[:1], others[1:]
    owned = {error.columnname: value for error in others if (value := _owner(error, others))}
    values = [one for one in others if one.columnname not in owned]
    dependent = []
    for value in values:
        errors = [one for one in others if owned.get(one.columnname) is value]
        paired = tuple(_paired(errors))
        dependent.append(Dependent(value, paired))
        told = {one.columnname for error in paired for one in (error.plus, error.minus) if one}
        dependent += [Dependent(one) for one in errors if one.columnname not in told]
    return tuple(_binned(places)), tuple(dependent)


def _axis_of_what_was_found(parameters: Sequence[Parameter]) -> Axis | None:
    axes = [one.axis for one in parameters if one.axis and one.role in (*_FOUND, *_ERRORS)]
    if not axes:
        axes = [one.axis for one in parameters if one.axis]
        if len(set(axes)) < 2:
            return None
    return max(axes)


def _binned(places: Sequence[Parameter]) -> Iterator[Independent]:
    """Edges of one axis become one variable, together with the centers of that axis."""
    taken: set[str] = set()
    for one in places:
        if one.columnname in taken:
            continue
        rest = [other for other in places if other.columnname not in taken and (other.axis, other.unit) == (one.axis, one.unit)]
        low, high, center = (next((other for other in rest if other.role is role), None) for role in (*_EDGES, Role.CENTER))
        made = Independent(center, low, high) if low and high and one in (low, high, center) else Independent(one)
        taken |= {part.columnname for part in (made.value, made.low, made.high) if part}
        yield made


def _owner(error: Parameter, others: Sequence[Parameter]) -> Parameter | None:
    if error.role not in _ERRORS:
        return None
    values = [one for one in others if one.role in _FOUND and one.role is not Role.LIMIT and _kin(one, error)]
    if len(values) > 1:
        begun = [one for one in values if error.columnname.startswith(one.columnname)]
        longest = max((len(one.columnname) for one in begun), default=0)
        values = [one for one in begun if len(one.columnname) == longest]
    return values[0] if len(values) == 1 else None


def _kin(one: Parameter, other: Parameter) -> bool:
    return (one.axis, one.quantity, one.unit) == (other.axis, other.quantity, other.unit)


def _paired(errors: Sequence[Parameter]) -> Iterator[Error]:
    """Symmetric errors, and upward ones with the downward ones of the same source and level; others are left over."""
    downward = [one for one in errors if one.role is Role.ERROR_MINUS]
    for one in errors:
        if one.role is Role.ERROR:
            yield Error(one)
        elif one.role is Role.ERROR_PLUS:
            match = next((down for down in downward if (down.source, down.level) == (one.source, one.level)), None)
            if match:
                downward.remove(match)
                yield Error(one, match)
