"""Dates and times as ISO 8601 writes them (the profile of RFC 3339), and how people write them instead."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_BLANK = re.compile(r"(\d{4}-\d\d-\d\d) +(\d\d:\d\d.*)", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-./]?(\d{1,2})[-./]?(\d{1,2})", re.ASCII)
_IN_WORDS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d. %B %Y")


def day(text: str) -> date | None:
    """Return the day that ``YYYY-MM-DD`` names, or None.

    >>> day("2026-02-30") is None
    True
    """
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment(text: str, *, stop: bool = False) -> datetime | None:
    """Return the time that ``text`` names, or None; without a zone it is taken as UTC.

    Parameters
    ----------
    text
        ``YYYY-MM-DD`` or ``YYYY-MM-DDThh:mm[:ss[.f…]][Z|±hh:mm]``; digits beyond microseconds are left out.
    stop
        Whether a bare day means its end.
    """
    whole = day(text)
    if whole:
        return datetime.combine(whole, time.max if stop else time.min, UTC)
    match = _TIME.fullmatch(text)
    if not match:
        return None
    try:
        parsed = datetime.fromisoformat(f"{match[1]}T{match[2]}")
    except ValueError:
        return None
    fraction = timedelta(microseconds=int(f"{match[3] or '':0<6}"[:6]))
    zone = datetime.fromisoformat(f"2000-01-01T00:00{match[4]}").tzinfo if match[4] and match[4] != "Z" else UTC
    return parsed.replace(tzinfo=zone) + fraction


def lacks_zone(text: str) -> bool:
    """Whether ``text`` is a time of day that does not say in which zone."""
    match = _TIME.fullmatch(text)
    return bool(match and not match[4])


def suggestion(text: str) -> str:
    """Return how ``text`` is probably meant in ISO 8601, or an empty string.

    >>> suggestion("22-11-2026")
    '2026-11-22'
    >>> suggestion("03/04/2021")
    '2021-04-03 (if the day stands first) or 2021-03-04'
    """
    stripped = text.strip()
    if match := _BLANK.fullmatch(stripped):
        return f"{match[1]}T{match[2]}" if moment(f"{match[1]}T{match[2]}") else ""
    if match := _DAY_FIRST.fullmatch(stripped):
        return _either(int(match[3]), int(match[2]), int(match[1]))
    if match := _YEAR_FIRST.fullmatch(stripped):
        return _written(int(match[1]), int(match[2]), int(match[3]))
    return _from_words(stripped)


def _either(year: int, month: int, number: int) -> str:
    day_first, month_first = _written(year, month, number), _written(year, number, month)
    if day_first and month_first and day_first != month_first:
        return f"{day_first} (if the day stands first) or {month_first}"
    return day_first or month_first


def _written(year: int, month: int, number: int) -> str:
    text = f"{year:04}-{month:02}-{number:02}"
    return text if day(text) else ""


def _from_words(text: str) -> str:
    for pattern in _IN_WORDS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    return ""
