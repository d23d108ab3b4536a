"""Text tables of any dialect: separated by tabs, semicolons, commas or blanks.

The one dialect with a standard is RFC 4180, https://www.rfc-editor.org/rfc/rfc4180; most files keep to none.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, starmap
from pathlib import Path
from typing import Any

from kpublish.formats.bare import read_with, refused
from kpublish.formats.cells import has_decimal_comma, is_missing, is_number, typed
from kpublish.formats.compact import SEPARATOR, Literals, compacted
from kpublish.formats.heads import Head, head_of
from kpublish.formats.text_rows import Row, decoded, delimiter_of, is_marked, rows_of, unmarked, untailed
from kpublish.model.bare_table import BareColumn, BareTable, Comment
from kpublish.model.finding import Fault, Position

KIND = "bare"
SUFFIXES = (".csv", ".tsv", ".dat", ".txt")
MEDIA_TYPE = "text/csv"

_SEXAGESIMAL = re.compile(r"[+-]?\d+(?::\d+)+(?:\.\d+)?|\d{4}-\d\d-\d\dT.*", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
#: Dashes that are no minus.
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"))
#: Rows that are held at once.
_ROWS = 5000
#: Rows that are told one by one; the rest is counted.
_TOLD = 100


def recognises(head: bytes, path: str) -> bool:
    """Whether the file may be such a table: any text may, so other formats are asked first."""
    return bool(head) and not isinstance(decoded(head[: head.rfind(b"\n") + 1] or head, path), Fault)


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the table, not raised."""
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of a text table."""
    told = decoded(content, name)
    if isinstance(told, Fault):
        return (BareTable(name, faults=(told,)),)
    del content
    text, encoding = told
    del told
    lines = text.split("\n")
    del text
    return (read_lines(lines, name, {"encoding": encoding}),)


def read_lines(lines: Sequence[str], name: str, meta: Mapping[str, Any], *, headless: bool = False) -> BareTable:
    """Read the lines of a text table; ``meta`` is what is known about it, ``headless`` that no line names columns."""
    bare, tails = untailed(lines)
    found = _shape(bare)
    if found and found[0] == " ":
        lines = bare
    else:
        found, tails = _shape(lines) if tails else found, []
    if found is None:
        if not any(text.strip() and not is_marked(text) for text in lines):
            return refused(name, "The file holds no rows.", "Name a file that holds a table.")
        message = "Its lines have no delimiter in common: this is not a table."
        return refused(name, message, "Separate the cells by commas, and give every row as many as the header.", line=1, column=1)
    delimiter, width = found
    rows, faults = rows_of(lines, delimiter, name)
    first = _until_rows(rows)
    leading, data, comments, numeric = _parted(first, width)
    head = Head((None,) * width) if headless else head_of(data, width, leading, name)
    body = _Body(width, name)
    body.add(data[head.length :])
    while more := list(islice(rows, _ROWS)):
        data, further = _sorted(more, width, numeric=numeric)
        comments += further
        body.add(data)
    columns, wrong = _columns(head, body, lines)
    faults = [*faults, *head.faults, *body.faults()]
    if not (columns or faults):
        return refused(name, "The file holds no values.", "Name a file that holds a table.", line=1, column=1)
    if head.length and not (body.lines or faults):
        wrong = [
            Fault(Position(name, first[0].line, 1), "The table has a header, but no rows.", "TAB01", "Write the rows below it.")
        ]
    return BareTable(
        name,
        columns=columns,
        comments=tuple(sorted((*comments, *head.comments, *starmap(Comment, tails)), key=lambda comment: comment.line)),
        meta={**meta, "delimiter": delimiter},
        lines=body.lines,
        faults=tuple(sorted((*faults, *wrong), key=lambda fault: fault.where.line)),
    )


def _until_rows(rows: Iterator[Row]) -> list[Row]:
    """The first rows, in which the head is sought, and all comments above them."""
    first = list(islice(rows, _ROWS))
    while all(is_marked(row.text) for row in first) and (more := list(islice(rows, _ROWS))):
        first += more
    return first


def _shape(lines: Sequence[str]) -> tuple[str, int] | None:
    """Delimiter and number of columns; a single column must be one of numbers."""
    plain = [text for text in lines if text.strip() and not is_marked(text)]
    found = delimiter_of(plain)
    if found and found[0] == " " and not any(map(_is_value, (cell for text in plain for cell in text.split()))):
        return None  # words between blanks are prose
    if found is None and plain and all(is_number(text.strip()) or is_missing(text.strip()) for text in plain[1:] or plain):
        return ",", 1
    return found


def _is_value(cell: str) -> bool:
    """Whether the cell is a number, an angle or a time, which prose has not."""
    return is_number(cell) or has_decimal_comma(cell) or _SEXAGESIMAL.fullmatch(cell) is not None


def _parted(rows: Sequence[Row], width: int) -> tuple[list[Row], list[Row], list[Comment], bool]:
    """Comments above the first row, rows, all comments, and whether the first column is one of numbers."""
    first = next((number for number, row in enumerate(rows) if not is_marked(row.text)), len(rows))
    leading = list(rows[:first])
    plain = [row for row in rows[first:] if not is_marked(row.text) and len(row.cells) == width]
    numeric = width == 1 or (bool(plain) and is_number(plain[-1].cells[0]))
    data, comments = _sorted(rows[first:], width, numeric=numeric)
    return leading, data, [*(Comment(row.line, unmarked(row.text)) for row in leading), *comments], numeric


def _sorted(rows: Sequence[Row], width: int, *, numeric: bool) -> tuple[list[Row], list[Comment]]:
    """Rows and comments.

    A line that begins like a comment is a row where it has a cell for every column and the other rows do not say that the first
    column is one of numbers: identifiers are written ``#1``.
    """
    data: list[Row] = []
    comments: list[Comment] = []
    for row in rows:
        if is_marked(row.text) and (numeric or len(row.cells) != width):
            comments.append(Comment(row.line, unmarked(row.text)))
        else:
            data.append(row)
    return data, comments


class _Body:
    """Collects the cells of each column, and what is wrong with rows."""

    def __init__(self, width: int, name: str) -> None:
        self.width = width
        self.name = name
        self.lines = array("Q")
        self.parts: list[list[str]] = [[] for _ in range(width)]
        self.odd: list[Row] = []
        self.more = 0

    def add(self, rows: Sequence[Row]) -> None:
        body = [row for row in rows if len(row.cells) == self.width]
        odd = [row for row in rows if len(row.cells) != self.width] if len(body) < len(rows) else []
        kept = odd[: max(0, _TOLD + 1 - len(self.odd))]
        self.odd += kept
        self.more += len(odd) - len(kept)
        self.lines.extend(row.line for row in body)
        for part, cells in zip(self.parts, zip(*(row.cells for row in body), strict=True), strict=False):
            part.append(SEPARATOR.join(cells))

    def faults(self) -> list[Fault]:
        return _irregular(self.odd, self.width, self.name, self.more)


def regular(rows: Sequence[Row], width: int, name: str) -> tuple[list[Row], list[Fault]]:
    """Return the rows with a cell for every column, and a fault for each of the others."""
    body = [row for row in rows if len(row.cells) == width]
    return body, _irregular([row for row in rows if len(row.cells) != width], width, name)


def _irregular(odd: Sequence[Row], width: int, name: str, more: int = 0) -> list[Fault]:
    faults = []
    for row in odd[:_TOLD]:
        message = f"This row has {len(row.cells)} cell{'s' * (len(row.cells) != 1)}; the table has {width} columns."
        where = Position(name, row.line, 1, max(1, len(row.text)))
        faults.append(Fault(where, message, "TAB02", "Add or remove delimiters; quote text that holds one."))
    if len(odd) > _TOLD:
        message = f"{len(odd) + more - _TOLD} more rows like the {_TOLD} told."
        faults.append(Fault(Position(name, odd[_TOLD].line, 1), message, "TAB02"))
    return faults


def _columns(head: Head, body: _Body, lines: Sequence[str]) -> tuple[tuple[BareColumn, ...], list[Fault]]:
    """The columns; one without name and without any value is what a delimiter at the line's end leaves."""
    columns: list[BareColumn] = []
    faults: list[Fault] = []
    for number, (title, part) in enumerate(zip(head.names, body.parts, strict=True)):
        headings = tuple(heading[number] for heading in head.headings)
        literals = Literals(SEPARATOR.join(part)) if part else ()
        part.clear()
        if not title and body.lines and not any(literals):
            continue
        datatype, values = typed(cells := list(literals))
        columns.append(BareColumn(title, compacted(values, datatype), datatype, literals, headings=headings))
        faults += _doubtful(cells, body, lines) if datatype == "string" else ()
    return tuple(columns), faults


def _doubtful(literals: Sequence[str], body: _Body, lines: Sequence[str]) -> list[Fault]:
    """What would silently turn a column of numbers into text: commas, dashes, words, a header that also holds numbers."""
    told = [(line, cell) for line, cell in zip(body.lines, literals, strict=True) if not is_missing(cell)]
    if not any(any(map(str.isdigit, cell)) for _, cell in told) or all(is_number(cell) for _, cell in told):
        return []

    def at(line: int, cell: str) -> Position:
        return Position(body.name, line, max(1, lines[line - 1].find(cell) + 1), max(1, len(cell)))

    for looks, what, remedy in _LOOKS:
        if all(looks(cell) or is_number(cell) for _, cell in told):
            line, cell = next(one for one in told if not is_number(one[1]))
            return [Fault(at(line, cell), f"{cell!r} {what}.", "TAB03", remedy)]
    numbers = sum(is_number(cell) for _, cell in told)
    line, cell = next(one for one in told if not is_number(one[1]))
    if numbers == len(told) - 1 > 1 and line == told[0][0]:
        message = f"{cell!r} stands above numbers, in a row that holds numbers itself."
        return [Fault(at(line, cell), message, "TAB03", "Name the columns in a row of words, or write a number here.")]
    if numbers > 0.5 * len(told):
        message = f"{cell!r} stands among numbers, which it turns into text."
        return [Fault(at(line, cell), message, "TAB03", "Write a number, or leave the cell empty and say why beside it.")]
    return []


#: What is nearly a number, and what to write instead.
_LOOKS: tuple[tuple[Callable[[str], bool], str, str], ...] = (
    (lambda cell: bool(_THOUSANDS.fullmatch(cell)), "has commas, of thousands or of decimals", "Write numbers without them."),
    (has_decimal_comma, "has a decimal comma", "Write a decimal point in all numbers of this column."),
    (lambda cell: is_number(cell.translate(_DASHES)), "begins with a dash that is no minus", "Write the minus as '-' (U+002D)."),
)
