"""The one place that speaks HTTP (RFC 9110, https://www.rfc-editor.org/info/rfc9110): time-outs, retries, which token goes where.

A token leaves only for the host it is bound to, over https (loopback excepted), and shows in no message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.utils import parsedate_to_datetime
from time import monotonic, sleep, time
from typing import Any, BinaryIO

from kpublish.config import Token
from kpublish.http.answers import ServerFault, plain
from kpublish.http.session import ATTEMPTS, Session, Upload, check_address

__all__ = [
    "ATTEMPTS",
    "ServerFault",
    "Session",
    "Upload",
    "check_address",
    "get_json",
    "looks",
    "open_session",
    "passed",
    "plain",
    "skew",
    "stream",
]


def open_session() -> Session:
    """Return a session, for many requests to one server."""
    return Session(sleep=sleep)


def get_json(url: str, token: Token | None = None, *, accept: str | None = None) -> Any:
    """Return the JSON at ``url``, as the media type ``accept`` if one is stated.

    Raises
    ------
    Unreachable, Refused, NotFound, ServerFault
        As for :meth:`Session.request`.
    """
    with closing(open_session()) as session:
        return session.request("GET", url, token=token, accept=accept)


def looks(seconds: float, pause: float = 2.0) -> Iterator[float]:
    """Yield now, and then after every ``pause`` until ``seconds`` are over: how long something may take to be known."""
    end = monotonic() + seconds
    while True:
        left = end - monotonic()
        yield max(0.0, left)
        if left <= 0:
            return
        sleep(min(pause, left))


def passed(since: float = 0.0) -> float:
    """Seconds since a moment that this function told before; without one, the moment itself."""
    return monotonic() - since


def skew(date: str) -> float | None:
    """Seconds by which a server's clock is ahead of this one, by the ``Date`` of its answer; None, if it tells none."""
    try:
        return parsedate_to_datetime(date).timestamp() - time()
    except (ValueError, TypeError, OverflowError):
        return None


@contextmanager
def stream(url: str, token: Token | None = None, *, start: int = 0) -> Iterator[BinaryIO]:
    """Open the bytes at ``url``, from ``start`` on, for reading, without checking them.

    Raises
    ------
    Unreachable, Refused, NotFound, ServerFault
        As for :meth:`Session.request`; :class:`Unreachable` also while reading.
    """
    with closing(open_session()) as session, session.stream(url, token=token, start=start) as content:
        yield content
