"""Mends what is safe: the fixes of findings as edits of texts, held against the text that they leave, written all or none."""

from __future__ import annotations

import difflib
import json
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpublish.checks.engine import check
from kpublish.errors import KpublishError
from kpublish.files import read_bytes, safe_join, write_bytes
from kpublish.formats.ecsv.reading import read_content
from kpublish.formats.yaml_document import SUFFIXES, read_text
from kpublish.model.finding import Finding, Fix, Severity
from kpublish.model.project import Project

#: Rounds of mending: what was mended may bring other findings to light.
_ROUNDS = 5
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edited:
    """A file before and after."""

    path: str
    before: bytes
    after: bytes

    def diff(self, name: str = "") -> str:
        """Return the edit as a unified diff, without lines that stay; ``name`` is what the file is called in it."""
        old, new = self.before.decode(), self.after.decode()
        name = name or self.path
        said = [f"--- a/{name}", f"+++ b/{name}"]
        if old.startswith(_MARK) and not new.startswith(_MARK):
            said.append("@@ the byte order mark is taken out @@")
        if ended := old.count("\r\n") - new.count("\r\n"):
            said.append(f"@@ {ended} line{'s end' if ended > 1 else ' ends'} with LF in place of CR LF @@")
        before, after = (text.removeprefix(_MARK).replace("\r\n", "\n").split("\n") for text in (old, new))
        return "\n".join([*said, *list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]])


def edits(project: Project, findings: Sequence[Finding]) -> tuple[Edited, ...]:
    """Return what the fixes of the findings make of the files, by path; a file that they would spoil is left out.

    A line that no report may show is not edited either: the diff would show it.
    """
    by_path: dict[str, list[Fix]] = {}
    hidden = {(where.path, where.line) for where in (finding.where for finding in findings) if not where.length}
    for fix in (finding.fix for finding in findings if finding.fix):
        if (fix.where.path, fix.where.line) not in hidden and not (fix.everywhere and fix.where.path in dict(hidden)):
            by_path.setdefault(fix.where.path, []).append(fix)
    edited = (_edited(project, path, fixes) for path, fixes in sorted(by_path.items()))
    return tuple(each for each in edited if each)


def mend(read: Callable[[], Project], profile: str, *, dry: bool = False) -> tuple[Edited, ...]:
    """Write what the fixes of all findings make of the files, and return it; nothing is written that brings a new error.

    Parameters
    ----------
    read
        Reads the project anew.
    profile
        As for :func:`check`.
    dry
        Whether to return the first round of edits without writing them.

    Raises
    ------
    StorageError
        If a file cannot be written; then all are as they were.
    """
    done: dict[str, Edited] = {}
    left: set[str] = set()
    project = read()
    findings = check(project, profile)
    for _ in range(_ROUNDS):
        planned = edits(project, [finding for finding in findings if finding.where.path not in left])
        if dry or not planned:
            return planned if dry else tuple(done.values())
        _write(project, planned)
        project, before = read(), findings
        findings = check(project, profile)
        worse = _worse(before, findings, {each.path for each in planned})
        if worse:
            _write(project, [Edited(each.path, each.after, each.before) for each in planned if each.path in worse])
            project = read()
            findings, left = check(project, profile), left | worse
        for each in planned:
            if each.path not in worse:
                first = done.get(each.path, each).before
                done[each.path] = Edited(each.path, first, each.after)
    return tuple(done.values())


def _worse(before: Sequence[Finding], after: Sequence[Finding], paths: set[str]) -> set[str]:
    """Files of ``paths`` that have more errors than before."""

    def errors(findings: Sequence[Finding], path: str) -> int:
        return sum(finding.severity is Severity.ERROR and finding.where.path == path for finding in findings)

    return {path for path in paths if errors(after, path) > errors(before, path)}


def _write(project: Project, edited: Iterable[Edited]) -> None:
    written: list[Edited] = []
    try:
        for each in edited:
            path = safe_join(project.root, each.path)
            write_bytes(path, each.after, mode=stat.S_IMODE(path.stat().st_mode))
            written.append(each)
    except KpublishError:
        for each in written:
            write_bytes(safe_join(project.root, each.path), each.before)
        raise


def _edited(project: Project, path: str, fixes: Sequence[Fix]) -> Edited | None:
    try:
        place = safe_join(project.root, path)
        if place.is_symlink():
            return None
        before = read_bytes(place)
        raw = before.decode()
    except (KpublishError, UnicodeDecodeError):
        return None
    text = raw.removeprefix(_MARK).replace("\r\n", "\n")
    plain = any(not fix.where.line for fix in fixes)
    mended = _applied(text, [fix for fix in fixes if fix.where.line])
    if not _is_sound(path, text, mended):
        return None
    after = mended if plain else _as_before(raw, mended)
    return Edited(path, before, after.encode()) if after is not None and after.encode() != before else None


def _as_before(raw: str, text: str) -> str | None:
    """The text with the mark and the line ends that it had; None where those differ from line to line."""
    marked = _MARK if raw.startswith(_MARK) else ""
    if "\r\n" not in raw:
        return marked + text
    return marked + text.replace("\n", "\r\n") if raw.count("\r\n") == raw.count("\n") else None


def _applied(text: str, fixes: Iterable[Fix]) -> str:
    """The text after the edits, from its end to its beginning; of two that overlap the first counts."""
    starts = [0]
    starts += [match.end() for match in re.finditer("\n", text)]
    spans = sorted({span for fix in fixes for span in _spans(text, starts, fix)})
    kept: list[tuple[int, int, str]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    for start, stop, replacement in reversed(kept):
        text = text[:start] + replacement + text[stop:]
    return text


def _spans(text: str, starts: Sequence[int], fix: Fix) -> Iterator[tuple[int, int, str]]:
    where = fix.where
    if where.line > len(starts):
        return
    start = starts[where.line - 1] + max(where.column, 1) - 1
    yield start, start + where.length, fix.replacement
    if fix.everywhere and where.length:
        for match in re.finditer(re.escape(text[start : start + where.length]) + r"(?![\w-])", text):
            yield match.start(), match.end(), fix.replacement


def _is_sound(path: str, before: str, after: str) -> bool:
    """Whether the text can be read as well as before, and no number of a table was touched."""
    if before == after:
        return True
    if path.endswith(".ecsv"):
        (old, rows), (new, others) = map(_parted, (before, after))
        return rows == others and _misread(new + rows.partition("\n")[0], path) <= _misread(old + rows.partition("\n")[0], path)
    if path.endswith((*SUFFIXES, ".cff")):
        return len(read_text(after, path).faults) <= len(read_text(before, path).faults)
    if path.endswith((".json", ".ipynb")):
        return _numbers(before) == _numbers(after)
    return True


def _parted(text: str) -> tuple[str, str]:
    """The header of an annotated table, and the rest."""
    rest = re.search(r"^(?!#|$)", text, re.MULTILINE)
    start = rest.start() if rest else len(text)
    return text[:start], text[start:]


def _misread(header: str, path: str) -> int:
    """How much of a header cannot be read."""
    return sum(fault.code.startswith(("TAB01", "YML")) for fault in read_content(header.encode(), path).faults)


def _numbers(text: str) -> list[str] | None:
    """Every number of a JSON document, as it is written; None if it is none."""
    found: list[str] = []

    def keep(literal: str) -> str:
        found.append(literal)
        return literal

    try:
        json.loads(text, parse_float=keep, parse_int=keep)
    except (ValueError, RecursionError):
        return None
    return found
