"""The data file of a table: its variables with units, errors and qualifiers.

Numbers are written by hand, since a YAML library takes eleven times as long for them; words go through the library.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kpublish.exports.hepdata.variables import Dependent, Error, Independent, variables
from kpublish.model.parameter import Parameter
from kpublish.model.table import Table
from kpublish.model.vocabularies import Role

#: What HEPData writes where there is no value.
_NONE = '"-"'


def data_file(table: Table) -> bytes:
    """Return the data file of a table."""
    columns = dict(zip((parameter.columnname for parameter in table.parameters), table.values, strict=False))
    independent, dependent = variables(table.parameters)

    def cells(parameter: Parameter) -> Sequence[Any]:
        return columns.get(parameter.columnname, ())

    lines = ["independent_variables:"]
    if not independent:  # HEPData wants one
        rows = max(map(len, table.values), default=0)
        lines += ('- header: {name: "Row"}', "  values:", *(f"  - {{value: {number}}}" for number in range(1, rows + 1)))
    for place in independent:
        lines += (_header(place.meaning), "  values:", *_places(place, cells))
    lines.append("dependent_variables:")
    for found in dependent:
        lines += (_header(found.value), *_qualifiers(found, table), "  values:", *_values(found, cells))
    return ("\n".join(lines) + "\n").encode()


def _header(parameter: Parameter) -> str:
    """Name, and unit in VOUnits.

    >>> _header(Parameter(columnname="e", symbol="E", unit="GeV"))
    '- header: {name: "$E$", units: "GeV"}'
    """
    name = f"${parameter.symbol}$" if parameter.symbol else parameter.name or parameter.columnname
    return f"- header: {{name: {quoted(name)}{f', units: {quoted(parameter.unit)}' if parameter.unit else ''}}}"


def _qualifiers(found: Dependent, table: Table) -> Iterator[str]:
    """What holds for all values of a variable: what it is, at which level, and the range that the table is valid for."""
    parameter = found.value
    said: list[tuple[str, str | float | None]] = [
        ("Column", parameter.columnname),
        ("Meaning", parameter.description),
        ("Quantity", parameter.quantity),
    ]
    said += [("Kind", "limit" if parameter.role is Role.LIMIT else None)]
    said += [("Confidence level", parameter.level if parameter.role is Role.LIMIT else None)]
    items = [f"  - {{name: {quoted(name)}, value: {cell(value)}}}" for name, value in said if value is not None]
    for name, limits in table.origin.range.items():
        ends = [limits.min, limits.max] if limits.min is not None or limits.max is not None else [None, None]
        times = [limits.measurement_start, limits.measurement_stop]
        for words in (ends, times):
            if any(end is not None for end in words):
                text = " to ".join("" if end is None else str(end) for end in words).strip()
                unit = f", units: {quoted(limits.unit)}" if limits.unit and words is ends else ""
                items.append(f"  - {{name: {quoted(name)}, value: {quoted(text)}{unit}}}")
    if items:
        yield "  qualifiers:"
        yield from items


def _places(place: Independent, cells: Callable[[Parameter], Sequence[Any]]) -> Iterable[str]:
    if not (place.low and place.high):
        return (f"  - {{value: {cell(value)}}}" for value in cells(place.meaning))
    lows, highs = cells(place.low), cells(place.high)
    centers = cells(place.value) if place.value else [None] * len(lows)
    return (_bin(low, high, center) for low, high, center in zip(lows, highs, centers, strict=True))


def _bin(low: Any, high: Any, center: Any) -> str:
    """A bin; one that is open has no numbers for both edges and is told in words."""
    if not (_finite(low) and _finite(high)):
        words = " - ".join("" if end is None else f"{end:g}" if isinstance(end, float) else str(end) for end in (low, high))
        return f"  - {{value: {quoted(words.strip() or '-')}}}"
    middle = f"value: {cell(center)}, " if _finite(center) else ""
    return f"  - {{{middle}low: {cell(low)}, high: {cell(high)}}}"


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _values(found: Dependent, cells: Callable[[Parameter], Sequence[Any]]) -> Iterable[str]:
    values = cells(found.value)
    if not found.errors:
        return (f"  - {{value: {cell(value)}}}" for value in values)
    told = [_errors(error, cells) for error in found.errors]
    return (
        f"  - {{value: {cell(value)}{f', errors: [{inner}]' if (inner := ', '.join(filter(None, row))) else ''}}}"
        for value, *row in zip(values, *told, strict=True)
    )


def _errors(error: Error, cells: Callable[[Parameter], Sequence[Any]]) -> list[str]:
    """The error of each row as HEPData writes it; empty where there is none."""
    label = _label(error.plus)
    if error.minus is None:
        return [f"{{symerror: {cell(value)}{label}}}" if _finite(value) else "" for value in cells(error.plus)]
    return [
        f"{{asymerror: {{minus: {cell(0 - abs(down))}, plus: {cell(up)}}}{label}}}" if _finite(up) and _finite(down) else ""
        for up, down in zip(cells(error.plus), cells(error.minus), strict=True)
    ]


def _label(parameter: Parameter) -> str:
    """HEPData's short words for statistical and systematic; else what the column says of its source or level."""
    source = parameter.source or ""
    for beginning, word in (("stat", "stat"), ("syst", "sys")):
        if source.lower().startswith(beginning):
            rest = source.partition(" ")[2].strip()
            source = f"{word},{rest}" if rest else word
    words = source or (f"{parameter.level:.4g} CL" if parameter.level else "")
    return f", label: {quoted(words)}" if words else ""


def cell(value: Any) -> str:
    """Return a cell as YAML that is read back as the same value.

    >>> [cell(value) for value in (1, 0.5, 1e-05, None, float("nan"), True, "north")]
    ['1', '0.5', '1.0e-05', '"-"', '"nan"', '"true"', '"north"']
    """
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return f'"{str(value).lower()}"'
    if isinstance(value, float):
        text = repr(value)
        if text in ("nan", "inf", "-inf"):
            return f'"{text}"'
        return text if "e" not in text or "." in text else text.replace("e", ".0e")
    return str(value) if isinstance(value, int) else quoted(value)


def quoted(text: str) -> str:
    """Return words as a scalar in one line."""
    if text.isprintable():
        return json.dumps(text, ensure_ascii=False)
    import yaml

    return yaml.safe_dump(text, default_style='"', width=math.inf, allow_unicode=False).rstrip("\n")
