"""A question to the catalogue, and its answer page by page."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import QueryDict

from kpublish.datacenter.models import Event, Facet, Listing
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.search.engines import engine
from kpublish.datacenter.search.listing import FACETS
from kpublish.datacenter.search.words import asked

#: Facet → its values, each with its count.
Counts = dict[str, list[dict[str, Any]]]
#: The most values of a facet that are told, and the last place to which one pages through by relevance.
VALUES, DEEPEST = 20, 10_000


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


def matching(question: Question) -> QuerySet[Listing]:
    """All entries that answer: every word, and of each chosen facet at least one value; the newest first."""
    found = Listing.objects.all()
    if question.by_relevance:
        found = found.filter(pk__in=engine().matching(question.text))
    return _narrowed(found, question)


def _narrowed(found: QuerySet[Listing], question: Question) -> QuerySet[Listing]:
    for name, values in (question.chosen or {}).items():
        found = found.filter(pk__in=Facet.objects.filter(name=name, value__in=values).values("listing"))
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
    rows = list(_narrowed(engine().ranked(question.text), question)[start : start + question.limit + 1])
    following = start + question.limit
    has_more = len(rows) > question.limit and following < DEEPEST
    return Page(rows[: question.limit], _sealed(following) if has_more else "")


def _newest(question: Question, place: Any) -> Page:
    """The place of a page is the entry before it: what is published meanwhile moves nothing."""
    found = matching(question)
    if place:
        when, key = place
        found = found.filter(Q(published__lt=when) | Q(published=when, pk__lt=key))
    rows = list(found[: question.limit + 1])
    last = rows[question.limit - 1] if len(rows) > question.limit else None
    return Page(rows[: question.limit], _sealed([last.published.isoformat(), last.pk]) if last else "")


def overview(question: Question) -> tuple[int, Counts]:
    """How many entries answer, and how often each value of a facet stands in them, the most frequent first.

    To count takes as long as the catalogue is large, so the last answers are kept until something is published.
    """
    trail = Event.objects.aggregate(last=Max("pk"), many=Count("pk"))  # both: they need not be committed in their order
    chosen = tuple((question.chosen or {}).items())
    return _counted((trail["last"], trail["many"]), question.text if question.by_relevance else "", chosen)


@lru_cache(maxsize=256)
def _counted(_mark: tuple[int | None, int], text: str, chosen: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[int, Counts]:
    question = Question(text, dict(chosen))
    found = matching(question).order_by()
    of_these = Facet.objects.filter(listing__in=found.values("pk")) if text or chosen else Facet.objects.all()
    counted = of_these.values("name", "value").annotate(count=Count("pk")).order_by("name", "-count", "value")
    told: Counts = {name: [] for name in FACETS}
    for row in counted:
        if len(told[row["name"]]) < VALUES:
            told[row["name"]].append({"value": row["value"], "count": row["count"]})
    return found.count(), told


def _sealed(place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(question: Question) -> int | tuple[datetime, int] | None:
    """Where the page begins."""
    if not question.cursor:
        return None
    try:
        text = question.cursor[:200]
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if question.by_relevance and isinstance(place, int) and 0 < place < DEEPEST:
            return place
        when, key = place
        before = datetime.fromisoformat(when)
        if not question.by_relevance and before.tzinfo and isinstance(key, int) and abs(key) < 2**62:
            return before, key
    except (ValueError, TypeError, RecursionError):
        pass
    raise Problem(400, "invalid", "The cursor is not one of this list.", "Begin again without ?cursor=.")
