"""The body of a regular table: cells to values in blocks, each in a few passes at the speed of C."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic_core import from_json

from kpublish.model.table import TableColumn

#: Characters of body that are read at once.
_BLOCK = 1 << 20
#: What plain numbers consist of. ``float`` accepts more: 1_000, infinity, digits of other scripts, no-break spaces.
_DIGITS = b"0123456789.eE+-"
#: What only a reader that goes row by row understands.
_SPECIAL = ('"', "\r", "\n#", "\n\n")
FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf)", re.ASCII | re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_LIMITS = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}
_TRUTH = {"True": True, "False": False}


if TYPE_CHECKING:
    _Array = array[Any]
else:
    _Array = array


class Numbers(_Array):
    """A column of numbers without gaps, eight bytes each; equal to a list of the same numbers."""

    __slots__ = ()
    __hash__ = None

    def __eq__(self, other: object) -> bool:
        return self.tolist() == (other.tolist() if isinstance(other, array) else other)


#: A column: anything but numbers, and columns with empty cells, in a list.
Values: TypeAlias = list[Any] | Numbers


def values_of(text: str, columns: Sequence[TableColumn]) -> list[Values] | None:
    """Return the values of a body, whose first line names the columns; None where anything is irregular."""
    values: list[Values] = [Numbers(code) if (code := _code(column.datatype)) else [] for column in columns]
    start, end = text.find("\n") + 1 or len(text), len(text)
    while start < end:
        stop = text.find("\n", min(start + _BLOCK, end - 1)) + 1 or end
        block = text[start:stop]
        if not block.endswith("\n"):
            block += "\n"
        if not (_numbers(block, columns, values) or _cells(block, columns, values)):
            return None
        start = stop
    return values


def _code(datatype: str) -> str | None:
    """How an array keeps a column: eight bytes a number instead of the thirty of an object."""
    return "d" if datatype.startswith("float") else "q" if datatype.startswith("int") else "Q" if datatype[0] == "u" else None


def _numbers(block: str, columns: Sequence[TableColumn], values: list[Values]) -> bool:
    """Append the values of lines that are numbers throughout; False, and nothing is appended, if they are not.

    A list of numbers is read as JSON, whose grammar is narrower than ours and whose reader is five times as fast as ``float``; it
    takes -0 for an integer, though.
    """
    width = len(columns)
    marks = block.encode().translate(None, _DIGITS)
    if marks != (b"," * (width - 1) + b"\n") * (len(marks) // width) or "-0," in block or "-0\n" in block:
        return False
    found: list[Sequence[Any]] = []
    try:
        flat = from_json(f"[{block[:-1].replace(chr(10), ',')}]")
        floats = array("d", flat)  # what is an integer there is read from the list
        for number, (column, before) in enumerate(zip(columns, values, strict=True)):
            if not isinstance(before, Numbers):
                return False
            more: Sequence[Any] = floats[number::width] if before.typecode == "d" else array(before.typecode, flat[number::width])
            found.append(more)
            if not _fits(more, column.datatype):
                return False
    except (ValueError, TypeError, OverflowError):
        return False
    for before, more in zip(values, found, strict=True):
        before.extend(more)
    return True


def _fits(numbers: Sequence[Any], datatype: str) -> bool:
    """Whether integers are in the range of their datatype, and floats are finite: 1e999 overflows."""
    if datatype not in _LIMITS:
        return math.isfinite(sum(numbers))
    low, high = _LIMITS[datatype]
    return not numbers or (low <= min(numbers) and max(numbers) <= high)


def _cells(block: str, columns: Sequence[TableColumn], values: list[Values]) -> bool:
    """Append the values of complete lines; False if a line is irregular or a cell is not of its datatype."""
    if block[0] in "#\n" or any(special in block for special in _SPECIAL):
        return False
    width = len(columns)
    cells = block.replace("\n", ",\n,").split(",")  # a line's end becomes a cell of its own, so that every row has one more
    rows = block.count("\n")
    if len(cells) != rows * (width + 1) + 1 or cells[width :: width + 1].count("\n") != rows:
        return False
    cells.pop()
    for number, column in enumerate(columns):
        try:
            values[number] = _appended(values[number], _converted(cells[number :: width + 1], column.datatype))
        except ValueError:
            return False
    return True


def _appended(values: Values, more: Sequence[Any]) -> Values:
    """The values with those of a further block; a list, once a cell is empty."""
    if isinstance(values, Numbers):
        try:
            values.extend(array(values.typecode, more))
            return values
        except TypeError:  # None is no number
            values = values.tolist()
    values.extend(more)
    return values


def _converted(literals: list[str], datatype: str) -> Sequence[Any]:
    """Values of a column.

    Raises
    ------
    ValueError
        If a literal is not of the datatype.
    """
    if datatype == "string":
        return [literal or None for literal in literals]
    code = _code(datatype)
    text = ",".join(literals)
    if code and not text.encode().translate(None, _DIGITS + b",") and "-0," not in f"{text},":
        try:
            numbers = array(code, from_json(f"[{text}]"))
        except (ValueError, TypeError, OverflowError):
            numbers = array(code)
        if len(numbers) == len(literals) and _fits(numbers, datatype):
            return numbers
    return [value_of(literal, datatype) for literal in literals]


def value_of(literal: str, datatype: str) -> Any:
    """Return the value of one cell; empty ones are None.

    Raises
    ------
    ValueError
        If the literal is not of the datatype.
    """
    if datatype == "string":
        return literal or None
    literal = literal.strip(" \t")
    if not literal:
        return None
    if datatype == "bool":
        if literal not in _TRUTH:
            raise ValueError(literal)
        return _TRUTH[literal]
    if datatype.startswith("float"):
        if not FLOAT.fullmatch(literal) or (math.isinf(value := float(literal)) and "n" not in literal.lower()):
            raise ValueError(literal)
        return value
    low, high = _LIMITS[datatype]
    if not _INTEGER.fullmatch(literal) or not low <= int(literal) <= high:
        raise ValueError(literal)
    return int(literal)
