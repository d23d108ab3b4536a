"""Streams (KM3ResourceStream): many resources of one kind, each for a span of time, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from kpublish.errors import UsageError
from kpublish.http import plain
from kpublish.model.bundle import Member
from kpublish.store.holding import Holding
from kpublish.store.products.collection import Collection

KTYPES = ("km3.stream",)
WHOLE = True


class Stream(Collection):
    """The resources of one release in the order of their times, which stand in ``content`` as startTime and stopTime."""

    def __iter__(self) -> Iterator[Any]:
        return self.between()

    def between(self, start: str | date | None = None, stop: str | date | None = None) -> Iterator[Any]:
        """Load, in the order of time, what overlaps with the time from ``start`` up to, but without, ``stop``.

        Parameters
        ----------
        start, stop
            Days or times as in ISO 8601 (UTC unless stated), or Python's; None: no bound. A resource without times is within none.

        Raises
        ------
        UsageError
            If one is no time.
        """
        first, last = _moment(start), _moment(stop)
        for member in sorted(self.release.members, key=lambda member: _span(member) or _NEVER):
            span = _span(member)
            if (start is None and stop is None) or (span and _overlap(span, first, last)):
                yield self.holding.load(member)


_NEVER = (datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def load(holding: Holding) -> Stream:
    """Return the stream that a release is."""
    return Stream(holding)


def _overlap(span: tuple[datetime, datetime], first: datetime | None, last: datetime | None) -> bool:
    return (last is None or span[0] < last) and (first is None or span[1] > first or span[0] == span[1] == first)


def _span(member: Member) -> tuple[datetime, datetime] | None:
    """From when to when a resource holds; one that does not stop goes on for ever, one that does not start is for no time."""
    content = member.resource.content
    start = _moment(content.startTime) if content and content.startTime else None
    stop = _moment(content.stopTime) if content and content.stopTime else _NEVER[0]
    return (start, stop) if start and stop else None


def _moment(value: str | date | None) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise UsageError(
                f"{plain(str(value))!r} is no time.", remedy="Write it as 2019-10-03 or 2019-10-03T12:00:00Z."
            ) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value
