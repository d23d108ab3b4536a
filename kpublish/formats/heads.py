"""What stands above the rows of a text table: titles, names, units, rulers, and comments that name the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kpublish.formats.cells import has_decimal_comma, is_missing, is_number
from kpublish.formats.text_rows import Row, unmarked
from kpublish.model.bare_table import Comment
from kpublish.model.finding import Fault, Position

#: Rows below a candidate that are asked whether they hold numbers.
_ASKED = 50
#: Characters of the longest comment that is asked for names.
_LONG = 10_000
#: Header rows below the names that are recognised.
_MORE = 2
_RULER = re.compile(r"[-=+|:]{3,}")
_GAP = re.compile(r"\t+| {2,}")
#: A blank that stands in no bracket.
_OUTSIDE = re.compile(r"\s+(?![^\[\](){}]*[\])}])")


@dataclass(frozen=True, slots=True)
class Head:
    """Names of the columns (None where there are none), further header rows, and how many rows all that took."""

    names: tuple[str | None, ...]
    headings: tuple[tuple[str, ...], ...] = ()
    comments: tuple[Comment, ...] = ()
    faults: tuple[Fault, ...] = ()
    length: int = 0


def head_of(rows: Sequence[Row], width: int, leading: Sequence[Row], path: str) -> Head:
    """Find the head of the ``rows`` of a table with ``width`` columns; ``leading`` are the comments above them."""
    comments: list[Comment] = []
    start = 0
    while start + 1 < len(rows) and _is_title(rows[start], rows[start + 1], width):
        comments.append(Comment(rows[start].line, rows[start].text.strip(" ,;\t")))
        start += 1
    names, faults = _names(rows, start, width, path)
    if not names:
        named = () if faults else _commented(leading, width)
        return Head(named or (None,) * width, (), tuple(comments), tuple(faults), start + len(faults))
    start += 1
    headings: list[tuple[str, ...]] = []
    while start < len(rows):
        row = rows[start]
        cells = _fitting(row, width)
        if any(row.cells) and all(_RULER.fullmatch(cell) for cell in row.cells if cell):
            comments.append(Comment(row.line, row.text.strip()))
        elif len(headings) < _MORE and len(cells) == width and _above_numbers(cells, _below(rows, start, width)):
            headings.append(tuple(cells))
        else:
            break
        start += 1
    return Head(tuple(cell or None for cell in names), tuple(headings), tuple(comments), (), start)


def _fitting(row: Row, width: int) -> list[str]:
    """The cells of a row of words; blanks inside of brackets, or single ones, may belong to them."""
    fitting = (cells for pattern in (_GAP, _OUTSIDE) if len(cells := pattern.split(row.text.strip())) == width)
    return row.cells if len(row.cells) == width else next(fitting, row.cells)


def _is_title(row: Row, after: Row, width: int) -> bool:
    """Whether the row is one text above another row of text."""
    told = [cell for cell in row.cells if cell]
    if width == 1 or any(map(is_number, told)) or any(map(is_number, after.cells)):
        return False
    return len(told) == 1 or (len(row.cells) != width and len(after.cells) == width)


def _names(rows: Sequence[Row], start: int, width: int, path: str) -> tuple[list[str], list[Fault]]:
    """The names in the row at ``start``, if it holds some; a fault if there are more or fewer than columns."""
    if start >= len(rows):
        return [], []
    row = rows[start]
    if any(is_number(cell) or has_decimal_comma(cell) for cell in row.cells):
        return [], []
    below = _below(rows, start, width)
    if len(row.cells) == width:
        words = not any(is_number(cell) for cells in below for cell in cells) and (below or len({*row.cells, ""}) == width + 1)
        return (row.cells if words or _above_numbers(row.cells, below) else []), []
    if len(cells := _fitting(row, width)) == width:
        return cells, []
    message = f"The header names {len(row.cells)} columns; the rows below it have {width}."
    where = Position(path, row.line, 1, max(1, len(row.text)))
    return [], [Fault(where, message, "TAB02", "Name every column once, with the delimiter of the rows between the names.")]


def _below(rows: Sequence[Row], start: int, width: int) -> list[list[str]]:
    return [row.cells for row in rows[start + 1 : start + 1 + _ASKED] if len(row.cells) == width]


def _above_numbers(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether no cell is a number, and one is a word above a column of numbers."""
    if any(map(is_number, cells)) or not below:
        return False
    return any(not is_missing(cell) and _is_numeric(column) for cell, column in zip(cells, zip(*below, strict=True), strict=True))


def _is_numeric(column: Sequence[str]) -> bool:
    told = [cell for cell in column if not is_missing(cell)]
    return sum(map(is_number, told)) > 0.5 * len(told) if told else False


def _commented(leading: Sequence[Row], width: int) -> tuple[str | None, ...]:
    """Names in the last comment above the rows, if it has as many words as the table has columns."""
    if not leading or len(leading[-1].text) > _LONG:
        return ()
    text = unmarked(leading[-1].text)
    for pattern in (r"\t", r"[,;]", _GAP, r"\s+", _OUTSIDE):
        words = [word.strip() for word in re.split(pattern, text)]
        if len(words) == width and all(words) and not any(map(is_number, words)):
            return tuple(words)
    return ()
