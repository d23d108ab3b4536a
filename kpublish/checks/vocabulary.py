"""Words that others search by: instruments of KM3NeT, and concepts of the Unified Astronomy Thesaurus (https://astrothesaurus.org)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kpublish.checks import Rule
from kpublish.checks.subjects import Subject, subjects
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.registry import did_you_mean

CODE = "VOC"

_UAT = Path(__file__).with_name("uat.txt")
#: How instruments of KM3NeT are written, and what looks like one of them.
_INSTRUMENT = re.compile(r"KM3NeT(?:/(?:ARCA|ORCA)\d*)?|ARCA\d*|ORCA\d*|ANTARES|KM3NeT/ARCA\d* ?(?:and|,) ?(?:KM3NeT/)?ORCA\d*")
_OURS = re.compile(r"(?i)\b(?:km3net|arca|orca|antares)")


@cache
def concepts() -> dict[str, tuple[str, str]]:
    """Return every concept, by its name without regard to capitals and hyphens → name, number."""
    lines = (line.partition(" ") for line in _UAT.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {_plain(name): (name, number) for number, _, name in lines}


def _plain(keyword: str) -> str:
    return " ".join(re.sub(r"[-_]+", " ", keyword).lower().split())


def _with_keywords(project: Project) -> Iterator[Subject]:
    return (subject for subject in subjects(project) if subject.own.keywords)


class VOC01(Rule):
    """An instrument is not written as the collaboration writes it.

    Lists by instrument show what has the same name only.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write KM3NeT/ARCA230, KM3NeT/ORCA6, ARCA21, ANTARES; instruments of others as they write them."""
        for subject in subjects(project):
            name = subject.own.content.instrument if subject.own.content else None
            if name and _OURS.search(name) and not _INSTRUMENT.fullmatch(name):
                yield Fault(subject.at("content", "instrument", value=name), f"{name!r} is not how this instrument is written.")


class VOC02(Rule):
    """No keyword is a concept of the Unified Astronomy Thesaurus.

    Zenodo, the Virtual Observatory and libraries find by its concepts; words of one's own nobody else knows.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Add one, e.g. neutrino astronomy or neutrino telescopes; words of your own may stand beside it."""
        for subject in _with_keywords(project):
            words = subject.own.keywords
            if subject.kind == "release" and not any(_plain(word) in concepts() for word in words):
                yield Fault(subject.at_key("keywords"), "None of the keywords is a concept of the thesaurus.")


class VOC03(Rule):
    """A keyword is nearly a concept of the Unified Astronomy Thesaurus.

    With a letter of difference it is not found.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Write it as the thesaurus does."""
        for subject in _with_keywords(project):
            for number, word in enumerate(subject.own.keywords):
                meant = _misspelt(word)
                if meant:
                    where = subject.at("keywords", number, value=word)
                    yield Fault(where, f"The keyword {word!r} is nearly {meant!r}.", remedy=f"Write {meant}.")


@cache
def _misspelt(word: str) -> str:
    plain = _plain(word)
    if plain in concepts() or len(plain) < 8:
        return ""
    hint = did_you_mean(plain, list(concepts()))
    found = hint.partition("'")[2].rpartition("'")[0]
    return concepts()[found][0] if found and _distance(plain, found) <= 2 else ""


def _distance(one: str, other: str) -> int:
    """How many letters differ (Levenshtein)."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, another in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != another)))
        before = now
    return before[-1]
