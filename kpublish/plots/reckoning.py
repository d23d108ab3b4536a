"""What is reckoned from columns before it is drawn: factors and ratios."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kpublish.model.figure import Layer, Over
from kpublish.model.table import Table
from kpublish.plots.quantities import HEIGHTS, Meaning, Reckoned, factor_between, meaning_of, product_unit
from kpublish.plots.series import along_x, edges, named, numbers, selected
from kpublish.plots.style import quantity_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_FACTOR = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<quote>['"])(?P<quoted>.+?)(?P=quote))
    \s*(?:\*\*\s*(?P<exponent>-?\d+(?:\.\d+)?))?\s*(?P<sign>\*|/|$)""",
    re.VERBOSE,
)


def reckoned(layer: Layer, table: Table, columns: Mapping[str, str], rows: Sequence[int], find: Callable[[str], Table]) -> Reckoned:
    """Return the numbers of a layer, multiplied and divided as it says; ``find`` gives the table of a path.

    Raises
    ------
    KeyError
        With a sentence, if a column is missing, holds no numbers, or finds no partner to be divided by.
    """
    values = {purpose: numbers(table, column, rows) for purpose, column in columns.items()}
    meanings = {purpose: meaning_of(table.parameter(column)) for purpose, column in columns.items()}
    found = Reckoned(values, meanings)
    if layer.times:
        found = _multiplied(found, layer.times, table, rows)
    if layer.over:
        found = _divided(found, layer, layer.over, find(layer.over.table or layer.table))
    return found


def factors(expression: str) -> list[tuple[str | float, float]]:
    """Return the factors of a product, each with its exponent.

    >>> factors("energy**2 / 'exposure time' * 1e-4")
    [('energy', 2.0), ('exposure time', -1.0), (0.0001, 1.0)]

    Raises
    ------
    KeyError
        With a sentence, if it is no product of columns and numbers.
    """
    found: list[tuple[str | float, float]] = []
    position, sign = 0, "*"
    while sign:
        match = _FACTOR.match(expression, position)
        if not match:
            raise KeyError(f"{expression!r} is no product of columns and numbers. Write for example energy**2 or 3 * flux / area.")
        what = float(match["number"]) if match["number"] else match["name"] or match["quoted"]
        found.append((what, float(match["exponent"] or 1) * (-1 if sign == "/" else 1)))
        position, sign = match.end(), match["sign"]
    return found


def _multiplied(found: Reckoned, expression: str, table: Table, rows: Sequence[int]) -> Reckoned:
    import numpy as np

    product: Any = 1.0
    said: list[tuple[str, float]] = []
    units: list[tuple[str, float]] = []
    for what, exponent in factors(expression):
        if isinstance(what, float):
            product = product * what**exponent
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            product = product * numbers(table, named(table, what), rows) ** exponent
        parameter = table.parameter(what)
        said.append((quantity_text(parameter), exponent))
        units.append((parameter.unit or "", exponent))

    def meaning(old: Meaning) -> Meaning:
        return Meaning(product_text([*said, (old.text, 1.0)]), product_unit([*units, (old.unit or "", 1.0)]))

    return found.change(_heights(found), lambda numbers: _finite(numbers, product), meaning)


def _finite(numbers: Numbers, factor: Any) -> Numbers:
    """The product; NaN where it is infinite, which no axis can show."""
    import numpy as np

    with np.errstate(invalid="ignore", over="ignore"):
        product = numbers * factor
    return np.where(np.isfinite(product), product, np.nan)


def _heights(found: Reckoned) -> tuple[str, ...]:
    """Purposes whose numbers are what the figure is about: heights, or the numbers of a grid."""
    return ("value",) if "value" in found.values else HEIGHTS


def product_text(said: Sequence[tuple[str, float]]) -> str:
    r"""Return a product as text for matplotlib.

    >>> product_text([("$E_\\nu$", 2.0), (r"$\Phi$", 1.0)])
    '$E_\\nu^{2}\\,\\Phi$'
    """
    return "$" + r"\,".join(_raised(text, exponent) for text, exponent in said) + "$"


def _raised(text: str, exponent: float) -> str:
    symbol = text[1:-1] if text.startswith("$") else rf"\mathrm{{{text.replace(' ', chr(92) + ' ').replace('_', chr(92) + '_')}}}"
    if exponent == 1:
        return symbol
    return f"{f'({symbol})' if '^' in symbol else symbol}^{{{exponent:g}}}"


def _divided(found: Reckoned, layer: Layer, over: Over, table: Table) -> Reckoned:
    import numpy as np

    if "value" in found.values:
        raise KeyError("The numbers of a grid cannot be divided by a column. Use times:, or draw steps or points.")
    column = named(table, over.y or layer.y)
    rows = selected(over.where, table)
    if not rows:
        raise KeyError(f"No row of {table.path} is selected to divide by. Check where: under over.")
    below = numbers(table, column, rows)
    divisor = _interpolated(found, over, table, rows, below) if over.between else _matched(found, over, table, rows, below)
    above, unit = found.meanings["y"].unit, table.parameter(column).unit or None
    try:
        scale, left = factor_between(above, unit), None
    except KeyError:
        scale, left = 1.0, product_unit([(above or "", 1.0), (unit or "", -1.0)])
    factor = scale / np.where(divisor == 0, np.nan, divisor)
    return found.change(HEIGHTS, lambda heights: _finite(heights, factor), lambda _: Meaning("Ratio", left))


def _matched(found: Reckoned, over: Over, table: Table, rows: Sequence[int], below: Numbers) -> Numbers:
    """The divisor of each row: where the other table has the same position, or the same edges; else NaN."""
    import numpy as np

    purposes = [purpose for purpose in ("lower", "upper", "x") if purpose in found.values]
    if "lower" in purposes and not over.x and (borders := edges(table, None, None)):
        places = {purpose: borders[purpose] for purpose in ("lower", "upper")}
    else:
        places = {"x": _place(over, table)}
    if not set(places) <= set(purposes):
        raise KeyError(f"{table.path} has positions, but the layer has edges: say between: linear or log.")
    ours = np.column_stack([found.values[purpose] for purpose in places])
    theirs = np.column_stack([_placed(found, purpose, table, column, rows) for purpose, column in places.items()])
    scale = np.nanmax(np.abs(theirs), initial=0.0, axis=1, keepdims=True)
    order = np.argsort(theirs[:, 0])
    near = order[np.clip(np.searchsorted(theirs[order, 0], ours[:, 0] - 1e-6 * np.abs(ours[:, 0])), 0, len(order) - 1)]
    # Computed edges may differ in the last digits.
    same = np.all(np.abs(theirs[near] - ours) <= 1e-6 * scale[near], axis=1)
    if not same.any():
        raise KeyError(f"No row of {table.path} stands where a row of the layer does. Say between: linear or log, to interpolate.")
    return np.where(same, below[near], np.nan)


def _interpolated(found: Reckoned, over: Over, table: Table, rows: Sequence[int], below: Numbers) -> Numbers:
    import numpy as np

    logarithmic = over.between == "log"
    x = _middle(found.values, logarithmic)
    places = _placed(found, "x" if "x" in found.values else "lower", table, _place(over, table), rows)
    order = np.argsort(places)
    if not logarithmic:
        return np.interp(x, places[order], below[order], left=np.nan, right=np.nan)
    if np.any(places <= 0) or np.any(below <= 0):
        raise KeyError(
            f"{table.path} has numbers that are not positive, between which nothing can be interpolated logarithmically."
        )
    return np.exp(np.interp(np.log(x), np.log(places[order]), np.log(below[order]), left=np.nan, right=np.nan))


def _placed(found: Reckoned, purpose: str, table: Table, column: str, rows: Sequence[int]) -> Numbers:
    """Where the rows of another table stand, in the unit of the layer."""
    return numbers(table, column, rows) * factor_between(table.parameter(column).unit or None, found.meanings[purpose].unit)


def _place(over: Over, table: Table) -> str:
    found = named(table, over.x) if over.x else along_x(table, but=over.y or "")
    if found is None:
        raise KeyError(f"{table.path} has no column on axis x. Name one: x: under over.")
    return found


def _middle(values: Mapping[str, Numbers], logarithmic: bool) -> Numbers:
    import numpy as np

    if "x" in values:
        return values["x"]
    low, high = values["lower"], values["upper"]
    return np.asarray(np.sqrt(low * high) if logarithmic else (low + high) / 2)
