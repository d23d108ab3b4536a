"""Lists of collections: all, or those in whose title and description the words of a question stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from kpublish.datacenter.models import Collection
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.search.words import asked, words


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list, the newest first; ``cursor`` leads to the next one, if there is one."""

    collections: list[Collection]
    cursor: str


def part(text: str = "", limit: int = 1000, cursor: str = "") -> Part:
    """The collections that answer, from a place on; withdrawn ones are not listed.

    Raises
    ------
    Problem
        400 for a cursor that we did not make.
    """
    rows = Collection.objects.filter(withdrawn=None)
    if cursor:
        rows = rows.filter(pk__lt=_place(cursor))
    phrases = asked(text)
    found = list(islice((row for row in rows.iterator(chunk_size=500) if _answers(row, phrases)), limit + 1))
    return Part(found[:limit], str(found[limit - 1].pk) if len(found) > limit else "")


def _place(cursor: str) -> int:
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        return int(cursor)
    raise Problem(400, "invalid", "The cursor is not one of this list.", "Begin again without ?cursor=.")


def _answers(row: Collection, phrases: Iterable[list[str]]) -> bool:
    """Whether all stand there, as in the search for releases: words may go on, phrases may not."""
    text = f" {' '.join(words(f'{row.title} {row.description}'))} "
    return all(f" {' '.join(phrase)}{' ' if len(phrase) > 1 else ''}" in text for phrase in phrases)
