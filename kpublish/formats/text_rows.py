"""Text to rows: encoding, ends of lines, delimiter and quotes of files that were written by anybody."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpublish.model.finding import Fault, Position

#: Delimiters, the least ambiguous first: where several would do, the first one is meant.
DELIMITERS = ("\t", ";", "|", ",", " ")
#: What begins a comment line.
MARKS = ("#", "%", "!", "//", "/*", ";", "*")
#: Lines that are looked at for the delimiter.
_SAMPLE = 1000
#: Numbers with decimal commas, separated by blanks.
_DECIMAL_COMMAS = re.compile(r"\s*[+-]?\d+,\d+(?:\s+[+-]?\d+,\d+)+\s*", re.ASCII)
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27})
#: Everything but the codes of controls in Latin-1 that are letters and quotes in Windows-1252.
_OUTSIDE_C1 = bytes(set(range(256)) - set(range(128, 160)))
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, the line it begins in, and that line's text."""

    line: int
    cells: list[str]
    text: str


def decoded(content: bytes, name: str) -> tuple[str, str] | Fault:
    """Return text with ``\\n`` at every line's end, and the encoding; a fault if it is no text."""
    encoding = next((encoding for bom, encoding in _BOMS if content.startswith(bom)), "utf-8")
    if encoding != "utf-16" and (control := content.translate(None, bytes(set(range(256)) - set(_CONTROL)))):
        line = content.count(b"\n", 0, content.index(control[:1])) + 1
        message = f"This is not a text: the byte {control[0]:#04x} stands in line {line}."
        return Fault(Position(name, line, 1), message, "TAB01", "Save the table as text in UTF-8.")
    for known in (encoding, "cp1252", "latin-1"):
        try:
            if known != "cp1252" or content.translate(None, _OUTSIDE_C1):
                if encoding == "utf-16" and "\0" in content.decode(known):
                    return Fault(
                        Position(name, 1, 1), "This is not a text: it holds NULs.", "TAB01", "Save the table as text in UTF-8."
                    )
                return content.decode(known).replace("\r\n", "\n").replace("\r", "\n"), known
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            if encoding != "utf-8":
                break
    return Fault(Position(name, line, 1), "This is a text in no known encoding.", "TAB01", "Save the file as text in UTF-8.")


def is_marked(text: str) -> bool:
    """Whether the line looks like a comment."""
    return text.lstrip().startswith(MARKS)


def unmarked(text: str) -> str:
    """The text of a comment line without its mark."""
    return text.strip().lstrip("#%!/*;").strip()


def untailed(lines: Sequence[str]) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the lines without comments that follow a row (`` # …``), and those with the numbers of their lines."""
    texts, tails = list(lines), []
    for number, text in enumerate(lines):
        if " # " in text and not is_marked(text):
            texts[number], _, tail = text.partition(" # ")
            tails.append((number + 1, tail.strip()))
    return texts, tails


def delimiter_of(lines: Sequence[str]) -> tuple[str, int] | None:
    """Return delimiter and number of columns that most lines agree on; None where they agree on none.

    >>> delimiter_of(["a b; c", "1; 2"])
    (';', 2)
    """
    best: tuple[float, str, int] | None = None
    sample = lines[:_SAMPLE]
    for delimiter in DELIMITERS:
        if delimiter == "," and sample and all(map(_DECIMAL_COMMAS.fullmatch, sample[1:] or sample)):
            continue
        widths = Counter(len(next(split(text, delimiter), [])) for text in sample)
        width, seen = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0))
        if width > 1 and seen >= 0.5 * len(sample) and (best is None or seen > best[0]):
            best = (seen, delimiter, width)
    return best[1:] if best else None


def split(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the cells of one line, or of none if a quote is not closed in it."""
    if '"' not in text:
        yield [cell.strip() for cell in text.split(delimiter)] if delimiter != " " else text.split()
        return
    source = " ".join(text.split()) if delimiter == " " else text
    try:
        yield from csv.reader([source], delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True)
    except csv.Error:
        return


def rows_of(lines: Sequence[str], delimiter: str, name: str) -> tuple[Iterator[Row], list[Fault]]:
    """Return the rows of all lines that are not blank, comments among them, and a list that then holds what stopped the reading."""
    if delimiter == " " or not any('"' in text for text in lines):
        plain = ((number, text) for number, text in enumerate(lines, 1) if text.strip())
        return (Row(number, cells, text) for number, text in plain for cells in _cells(text, delimiter)), []
    faults: list[Fault] = []
    return _quoted(lines, delimiter, name, faults), faults


def _quoted(lines: Sequence[str], delimiter: str, name: str, faults: list[Fault]) -> Iterator[Row]:
    reader = csv.reader((f"{text}\n" for text in lines), delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True)
    line = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                yield Row(line + 1, [cell.strip() for cell in cells], lines[line])
            line = reader.line_num
    except csv.Error:
        where = Position(name, line + 1, 1, max(1, len(lines[line])))
        message = "From this row on the table cannot be read: a quote is not closed."
        faults.append(Fault(where, message, "TAB02", "Mend the quotes."))


def _cells(text: str, delimiter: str) -> Iterator[list[str]]:
    """The cells of a line; of blanks, quotes that are not closed belong to the text."""
    found = next(split(text, delimiter), None)
    yield text.split() if found is None else found
