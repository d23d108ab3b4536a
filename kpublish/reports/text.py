"""Findings as compilers tell them: place, severity, code and message, the source line with a mark below, and the remedy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from kpublish.model.finding import Finding, Position, Severity

#: Longest piece of a source line that is shown, in characters.
WIDTH = 120
_CREDENTIALS = re.compile(r"(?<=://)[^\s/@'\"]+(?=@)")
_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def render(findings: Sequence[Finding], texts: Mapping[str, str], *, color: bool = False, files: int | None = None) -> str:
    """Return the findings for people, one paragraph each, and a line that counts them."""
    last: dict[str, int] = {}
    for where in (finding.where for finding in findings if finding.where.line):
        last[where.path] = max(where.line, last.get(where.path, 0))
    lines = {path: texts[path].split("\n", number)[:number] for path, number in last.items() if path in texts}
    hidden = {(where.path, where.line) for where in (finding.where for finding in findings) if not where.length}
    paragraphs = [_paragraph(finding, _lines(finding.where, lines, hidden), color) for finding in findings]
    return "\n".join([*paragraphs, summary(findings, files)]) + "\n"


def _lines(where: Position, lines: Mapping[str, list[str]], hidden: set[tuple[str, int]]) -> Sequence[str]:
    """The lines of the file that a finding points into; none where the line is not to be shown, whoever points there."""
    return () if (where.path, where.line) in hidden else lines.get(where.path, ())


def summary(findings: Sequence[Finding], files: int | None = None) -> str:
    """Return one line that counts the findings.

    >>> summary([], files=3)
    'No findings in 3 files.'
    """
    count = len({finding.where.path for finding in findings}) if files is None else files
    where = f" in {_number(count, 'file')}" if count else ""
    if not findings:
        return f"No findings{where}."
    told = [(sum(finding.severity is severity for finding in findings), severity) for severity in Severity]
    counted = ", ".join(_number(number, severity.value) for number, severity in told if number)
    mended = sum(finding.fix is not None for finding in findings)
    return f"{counted}{where}." + (f" kpublish validate --fix mends {mended} of them." if mended else "")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _paragraph(finding: Finding, lines: Sequence[str], color: bool) -> str:
    where = finding.where
    numbers = [str(number) for number in (where.line, where.column) if number]
    place = ":".join([printable(where.path) or ".", *numbers])
    shade = _COLORS[finding.severity]
    kind = _paint(f"{finding.severity.value}[{finding.code}]", f"1;{shade}", color)
    told = [f"{_paint(place, '1', color)}: {kind} {printable(finding.message)}"]
    if 0 < where.line <= len(lines):
        told += _source(lines[where.line - 1].rstrip("\r"), where, shade if color else "")
    if finding.remedy:
        told.append(f"  remedy: {printable(finding.remedy)}")
    return "\n".join(told) + "\n"


def _source(line: str, where: Position, shade: str) -> list[str]:
    """The source line, cut to a window around the place, and a mark below the characters that are meant."""
    column = min(max(where.column, 1) - 1, len(line))
    start = max(0, column - WIDTH // 2) if len(line) > WIDTH else 0
    shown = line[start : start + WIDTH]
    before, meant = shown[: column - start], shown[column - start : column - start + where.length]
    cut, rest = "…" if start else "", "…" if start + WIDTH < len(line) else ""
    margin = f"{where.line:>5} | "
    told = [f"{margin}{cut}{printable(_CREDENTIALS.sub(_hidden, shown))}{rest}"]
    if where.column:
        mark = "^" + "~" * (_cells(printable(meant)) - 1)
        indent = " " * (_cells(cut) + _cells(printable(before)))
        told.append(f"{' ' * (len(margin) - 2)}| {indent}{_paint(mark, shade, bool(shade))}")
    return told


def _hidden(match: re.Match[str]) -> str:
    """Stars for the user name and password of an address, so that reports can stand in logs."""
    return "*" * len(match[0])


def _cells(text: str) -> int:
    """Width on a terminal."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def printable(text: str) -> str:
    r"""Return ``text`` with every character that could steer a terminal or hide text written as an escape.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    if text.isprintable():
        return text
    spaced = text.replace("\t", " ")
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in spaced)


def _paint(text: str, shade: str, color: bool) -> str:
    return f"\x1b[{shade}m{text}\x1b[0m" if color else text
