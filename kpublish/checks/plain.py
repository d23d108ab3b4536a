"""The files beside tables and figures, as rules ask for them: those that were asked for, and places in their texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kpublish.model.finding import Fault, Position
from kpublish.model.project import PlainFile, Project


def texts(project: Project, suffixes: tuple[str, ...] = ("",)) -> Iterator[tuple[str, str]]:
    """Yield path and text of every file that is a text, was asked for and has one of the suffixes."""
    for path in asked(project):
        if path.lower().endswith(suffixes) and (text := project.files[path].text):
            yield path, text


def holds(text: str, *words: str) -> bool:
    """Whether one of the words, in small letters, stands in the text: far quicker to ask than a pattern."""
    small = text.lower()
    return any(word in small for word in words)


def asked(project: Project) -> Iterator[str]:
    """Yield the paths of files that were asked for."""
    asked = project.paths
    return (path for path in project.files if not asked or path in asked or path.startswith(tuple(f"{each}/" for each in asked)))


def plain(project: Project) -> Iterator[PlainFile]:
    """Yield every file that was asked for."""
    return (project.files[path] for path in asked(project))


def place(path: str, text: str, start: int, length: int = 1) -> Position:
    """Position of the character number ``start``."""
    line = text.count("\n", 0, start) + 1
    return Position(path, line, start - (text.rfind("\n", 0, start) + 1) + 1, max(1, length))


def meant(path: str, text: str, match: re.Match[str], group: int | str = 0) -> Position:
    """Position of what a pattern found."""
    return place(path, text, match.start(group), len(match[group].partition("\n")[0]))


def first_of(found: Iterable[Fault], many: int = 100) -> Iterator[Fault]:
    """Yield the first faults of a kind in a file: of thousands nobody reads more."""
    for number, fault in enumerate(found):
        if number == many:
            yield Fault(fault.where, f"Only the first {many} of these are told.")
            return
        yield fault


def and_more(items: Iterable[str], shown: int = 3) -> str:
    """Return the first few of many names.

    >>> and_more(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    listed = list(items)
    more = f" and {len(listed) - shown} more" if len(listed) > shown else ""
    return ", ".join(listed[:shown]) + more
