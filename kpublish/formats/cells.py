"""The cells of a text as values: what a number, a truth value and a missing value look like in files of the field."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from kpublish.model.bare_table import BareColumn
from kpublish.model.table import Datatype

#: U+2212, which journals and spreadsheets write for a minus.
MINUS = "\u2212"
#: What stands for "nothing" among numbers, in lower case.
MISSING = frozenset(("", "-", "--", "---", "na", "n/a", "null", "none", "..."))
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_SPECIAL = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_TRUTH = {"true": True, "false": False}
_PLAIN = b"0123456789.eE+-"
_INT64, _UINT64 = range(-(2**63), 2**63), range(2**64)


def is_missing(cell: str | None) -> bool:
    """Whether the cell says nothing where a number is expected."""
    return cell is None or cell.lower() in MISSING


def is_number(cell: str) -> bool:
    """Whether the cell is a number, not-a-number or infinity.

    >>> [is_number(cell) for cell in ("1.5e-3", "-inf", "\u22125", "1_000", "")]
    [True, True, True, False, False]
    """
    cell = cell.replace(MINUS, "-")
    return bool(_NUMBER.fullmatch(cell) or _SPECIAL.fullmatch(cell))


def has_decimal_comma(cell: str) -> bool:
    """Whether the cell would be a number with a point in place of its comma."""
    return cell.count(",") == 1 and is_number(cell.replace(",", "."))


def column(name: str | None, literals: Sequence[str | None], **said: Any) -> BareColumn:
    """Return the column whose cells are ``literals``; ``said`` are further fields of it.

    >>> column("n", ["1", "-", "\u22122"]).values
    [1, None, -2]
    """
    datatype, values = typed(literals)
    return BareColumn(name, values, datatype, literals, **said)


def typed(literals: Sequence[str | None]) -> tuple[Datatype, list[Any]]:
    """Return the narrowest ECSV datatype that loses no digit before the decimal point, and the values."""
    present = [cell.replace(MINUS, "-") for cell in literals if cell is not None and cell.lower() not in MISSING]
    if present:
        for datatype, values in (_truths(present), _integers(present), _floats(present)):
            if values is not None:
                found = iter(values)
                return datatype, values if len(values) == len(literals) else [
                    None if is_missing(cell) else next(found) for cell in literals
                ]
    return "string", [cell or None for cell in literals]


def _truths(cells: list[str]) -> tuple[Datatype, list[Any] | None]:
    return "bool", [_TRUTH[cell.lower()] for cell in cells] if all(cell.lower() in _TRUTH for cell in cells) else None


def _integers(cells: list[str]) -> tuple[Datatype, list[Any] | None]:
    """Integers of 64 bits; longer ones stay text, as a float would lose their digits."""
    if not all(map(_INTEGER.fullmatch, cells)):
        return "int64", None
    numbers = list(map(int, cells))
    low, high = min(numbers), max(numbers)
    if low in _INT64 and high in _INT64:
        return "int64", numbers
    return ("uint64", numbers) if low in _UINT64 and high in _UINT64 else ("string", list(cells))


def _floats(cells: list[str]) -> tuple[Datatype, list[Any] | None]:
    """Floats; a literal that overflows is none."""
    try:
        if "".join(cells).encode().translate(None, _PLAIN):
            numbers = [
                float(cell.replace("d", "e").replace("D", "e")) if _NUMBER.fullmatch(cell) else _special(cell) for cell in cells
            ]
        else:
            numbers = list(map(float, cells))
    except ValueError:
        return "float64", None
    overflow = any(math.isinf(number) and "n" not in cell.lower() for number, cell in zip(numbers, cells, strict=True))
    return "float64", None if overflow else numbers


def _special(cell: str) -> float:
    if not _SPECIAL.fullmatch(cell):
        raise ValueError(cell)
    return float(cell)
