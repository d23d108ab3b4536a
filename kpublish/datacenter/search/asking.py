"""A question to the catalogue, and its answer page by page."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from heapq import nsmallest
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from kpublish.datacenter.models import Edition, Facet, Listing
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.search import engines
from kpublish.datacenter.search.engines import Selection, engine
from kpublish.datacenter.search.listing import FACETS
from kpublish.datacenter.search.tallies import most_frequent, tallied
from kpublish.datacenter.search.words import asked

#: Facet → its values, each with its count.
Counts = dict[str, list[dict[str, Any]]]
#: Facet → the values of which an entry must have one.
Chosen = Mapping[str, tuple[str, ...]]
#: The most values of a facet that are told.
VALUES = 20


@dataclass(frozen=True, slots=True)
class Question:
    """Words, chosen values of facets, and which part of the answer is wanted."""

    text: str = ""
    chosen: Chosen = field(default_factory=dict)
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


def _having(chosen: Chosen) -> QuerySet[Facet, dict[str, Any]]:
    """The keys of the entries that have, of each chosen facet, at least one value."""
    keys = Facet.objects.none().values("listing")
    for place, (name, values) in enumerate(chosen.items()):
        some = Facet.objects.filter(name=name, value__in=values)
        keys = (some.filter(listing__in=keys) if place else some).values("listing")
    return keys


def _within(chosen: Chosen) -> Selection:
    return _having(chosen).query.sql_with_params() if chosen else engines.ALL


def _listed(chosen: Chosen) -> QuerySet[Listing]:
    """These entries, the newest first: those with a rare value are looked up, those with a frequent one met on the way."""
    found = Listing.objects.all()
    for name, values in chosen.items():
        some = Facet.objects.filter(name=name, value__in=values)
        if tallied(name, values) > engines.MOST:
            found = found.filter(Exists(some.filter(listing=OuterRef("pk"))))
        else:
            found = found.filter(pk__in=some.values("listing"))
    return found


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
    ranked = _ranked(Edition.objects.get().number, question.text, tuple(question.chosen.items()))
    keys = ranked[start : start + question.limit + 1]
    following = start + question.limit
    has_more = len(keys) > question.limit
    entries = Listing.objects.in_bulk(keys[: question.limit])
    return Page([entries[key] for key in keys if key in entries], _sealed(following) if has_more else "")


@lru_cache(maxsize=64)
def _ranked(_edition: int, text: str, chosen: tuple[tuple[str, tuple[str, ...]], ...]) -> list[int]:
    """The keys of the newest entries that answer, the best first: every page, and the count of facets, begins with them."""
    with connection.cursor() as cursor:
        cursor.execute(*engine().ranked(text, _within(dict(chosen))))
        return [key for (key,) in cursor.fetchall()]


def _newest(question: Question, place: Any) -> Page:
    """The place of a page is the entry before it: what is published meanwhile moves nothing."""
    found = _listed(question.chosen)
    if place:
        when, key = place
        found = found.filter(Q(published__lt=when) | Q(pk__lt=key), published__lte=when)  # so that the index leads there
    rows = list(found[: question.limit + 1])
    last = rows[question.limit - 1] if len(rows) > question.limit else None
    return Page(rows[: question.limit], _sealed([last.published.isoformat(), last.pk]) if last else "")


def overview(question: Question) -> Overview:
    """How many entries answer, and how often each value of a facet stands in them; kept until the catalogue changes."""
    edition = Edition.objects.get()
    text, chosen = question.text if question.by_relevance else "", tuple(question.chosen.items())
    return _counted(edition.number, text, chosen) if text or chosen else _everything(edition.number, edition.entries)


@lru_cache(maxsize=2)
def _everything(_edition: int, count: int) -> Overview:
    tallies = most_frequent(FACETS, VALUES)
    facets = {name: [{"value": one.value, "count": one.count} for one in some] for name, some in tallies.items()}
    return Overview(count, count, facets)


@lru_cache(maxsize=256)
def _counted(edition: int, text: str, chosen: tuple[tuple[str, tuple[str, ...]], ...]) -> Overview:
    if text:
        keys = _ranked(edition, text, chosen)
        count = len(keys) if len(keys) < engines.MOST else engine().count(text, _within(dict(chosen)))
        found = Listing.objects.filter(pk__in=keys).order_by()
    else:
        those = Listing.objects.filter(pk__in=_having(dict(chosen))).order_by("-version_id")
        count, found = those.count(), those[: engines.MOST]
    lines = "\n".join(found.values_list("told", flat=True))
    return Overview(count, min(count, engines.MOST), _most_frequent(Counter(filter(None, lines.split("\n")))))


def _most_frequent(counted: Counter[str]) -> Counts:
    """Of lines ``name=value``, some of each name."""
    by_name: dict[str, list[tuple[int, str]]] = {name: [] for name in FACETS}
    for line, number in counted.items():
        name, _, value = line.partition("=")
        by_name[name].append((-number, value))
    return {
        name: [{"value": value, "count": -number} for number, value in nsmallest(VALUES, some)] for name, some in by_name.items()
    }


def _sealed(place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(question: Question) -> int | tuple[datetime, int] | None:
    """Where the page begins."""
    if not question.cursor:
        return None
    try:
        text = question.cursor[:200]
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if question.by_relevance and isinstance(place, int) and 0 < place < engines.MOST:
            return place
        when, key = place
        before = datetime.fromisoformat(when)
        if not question.by_relevance and before.tzinfo and isinstance(key, int) and abs(key) < 2**62:
            return before, key
    except (ValueError, TypeError, RecursionError):
        pass
    raise Problem(400, "invalid", "The cursor is not one of this list.", "Begin again without ?cursor=.")
