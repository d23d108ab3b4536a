"""A question to the catalogue, and its answer page by page."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import QueryDict

from kpublish.datacenter.models import Edition, Facet, Listing
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.search.engines import MOST, Within, engine
from kpublish.datacenter.search.listing import FACETS
from kpublish.datacenter.search.tallies import most_frequent
from kpublish.datacenter.search.words import asked

#: Facet → its values, each with its count.
Counts = dict[str, list[dict[str, Any]]]
#: The most values of a facet that are told.
VALUES = 20


@dataclass(frozen=True, slots=True)
class Question:
    """Words, chosen values of facets, and which part of the answer is wanted."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] | None = None
    limit: int = 100
    cursor: str = ""

    @property
    def by_relevance(self) -> bool:
        """Whether the best come first; else the newest do."""
        return bool(asked(self.text))


def read(query: QueryDict, limit: int) -> Question:
    """The question that stands in an address; other parameters than ours are left alone."""
    chosen = {name: tuple(query.getlist(name)[:VALUES]) for name in FACETS if query.getlist(name)}
    return Question(query.get("q", "")[:1000], chosen, limit, query.get("cursor", ""))


@dataclass(frozen=True, slots=True)
class Page:
    """A part of an answer; ``cursor`` leads to the next one, if there is one."""

    entries: list[Listing]
    cursor: str


@dataclass(frozen=True, slots=True)
class Overview:
    """How many entries answer, in how many of them (the newest) facets were counted, and those counts, the most frequent first."""

    count: int
    counted: int
    facets: Counts


def matching(question: Question) -> QuerySet[Listing]:
    """All entries that answer: every word, and of each chosen facet at least one value; the newest first."""
    found = _having(question)
    return found.filter(pk__in=engine().matching(question.text)) if question.by_relevance else found


def _having(question: Question) -> QuerySet[Listing]:
    """All entries that have, of each chosen facet, at least one value."""
    found = Listing.objects.all()
    for name, values in (question.chosen or {}).items():
        found = found.filter(pk__in=Facet.objects.filter(name=name, value__in=values).values("listing"))
    return found


def _within(question: Question) -> Within:
    """The keys of these, as SQL; empty if nothing is chosen."""
    return _having(question).order_by().values("pk").query.sql_with_params() if question.chosen else ("", ())


def page(question: Question) -> Page:
    """One page of the answer.

    Raises
    ------
    Problem
        400 for a cursor that we did not make.
    """
    place = _place(question)
    return _best(question, place) if question.by_relevance else _newest(question, place)


def _best(question: Question, place: Any) -> Page:
    """The place of a page is the number of entries before it."""
    start = place or 0
    keys = _keys(engine().ranked(question.text, _within(question)), question.limit + 1, start)
    following = start + question.limit
    has_more = len(keys) > question.limit
    entries = Listing.objects.in_bulk(keys[: question.limit])
    return Page([entries[key] for key in keys if key in entries], _sealed(following) if has_more else "")


def _keys(selected: Within, limit: int, start: int = 0) -> list[int]:
    sql, params = selected
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s OFFSET %s", (*params, limit, start))
        return [key for (key,) in cursor.fetchall()]


def _newest(question: Question, place: Any) -> Page:
    """The place of a page is the entry before it: what is published meanwhile moves nothing."""
    found = matching(question)
    if place:
        when, key = place
        found = found.filter(Q(published__lt=when) | Q(pk__lt=key), published__lte=when)  # so that the index leads there
    rows = list(found[: question.limit + 1])
    last = rows[question.limit - 1] if len(rows) > question.limit else None
    return Page(rows[: question.limit], _sealed([last.published.isoformat(), last.pk]) if last else "")


def overview(question: Question) -> Overview:
    """How many entries answer, and how often each value of a facet stands in them; kept until the catalogue changes."""
    chosen = tuple((question.chosen or {}).items())
    edition = Edition.objects.get()
    if not (question.by_relevance or chosen):
        return _everything(edition.number, edition.entries)
    return _counted(edition.number, question.text if question.by_relevance else "", chosen)


@lru_cache(maxsize=2)
def _everything(_edition: int, count: int) -> Overview:
    tallies = most_frequent(FACETS, VALUES)
    facets = {name: [{"value": one.value, "count": one.count} for one in some] for name, some in tallies.items()}
    return Overview(count, count, facets)


@lru_cache(maxsize=256)
def _counted(_edition: int, text: str, chosen: tuple[tuple[str, tuple[str, ...]], ...]) -> Overview:
    question = Question(text, dict(chosen))
    count = matching(question).order_by().count()
    some = matching(question)[:MOST]
    if text:
        newest = RawSQL(*engine().newest(text, _within(question)))  # noqa: S611 - the SQL is ours
        some = Listing.objects.order_by().filter(pk__in=newest)
    lines = "\n".join(some.values_list("told", flat=True))
    counted = Counter(filter(None, lines.split("\n")))
    facets: Counts = {name: [] for name in FACETS}
    for said, number in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        name, _, value = said.partition("=")
        if len(facets[name]) < VALUES:
            facets[name].append({"value": value, "count": number})
    return Overview(count, min(count, MOST), facets)


def _sealed(place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(question: Question) -> int | tuple[datetime, int] | None:
    """Where the page begins."""
    if not question.cursor:
        return None
    try:
        text = question.cursor[:200]
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if question.by_relevance and isinstance(place, int) and 0 < place < MOST:
            return place
        when, key = place
        before = datetime.fromisoformat(when)
        if not question.by_relevance and before.tzinfo and isinstance(key, int) and abs(key) < 2**62:
            return before, key
    except (ValueError, TypeError, RecursionError):
        pass
    raise Problem(400, "invalid", "The cursor is not one of this list.", "Begin again without ?cursor=.")
