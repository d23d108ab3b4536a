"""Gunicorn's threads, which take a request only once it is there: who sends slowly holds none of them.

Head and small bodies are gathered by the loop that waits for all connections; large bodies are read by at most half of the threads,
so that there are always some for readers.
"""

from __future__ import annotations

import re
import selectors
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from kpublish.datacenter.lines import SILENCE, Line

#: The longest head, and the longest body that is gathered, in bytes.
HEAD, SMALL = 64 * 1024, 64 * 1024
#: Seconds that a stopping service waits for who has said nothing.
_LINGER = 2.0
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
#: Bodies of unstated length, and callers who wait to be told to go on.
_UNKNOWN = re.compile(rb"\r\n(transfer-encoding|expect)[ \t]*:", re.IGNORECASE)
_TOLD = "HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
LATE, LARGE, BUSY = "408 Request Timeout", "431 Request Header Fields Too Large", "503 Service Unavailable"


@dataclass(slots=True)
class Coming:
    """A request of which something has come, since when one waits for it, and whether its body is large."""

    since: float
    received: bytearray = field(default_factory=bytearray)
    is_large: bool = False

    def is_there(self) -> bool:
        """Whether a thread can take it: the head has come, and the body as far as it is small.

        >>> Coming(0.0, bytearray(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n")).is_there()
        False
        """
        start = len(self.received) - len(self.received.lstrip(b"\r\n"))
        end = self.received.find(b"\r\n\r\n", start)
        if end < 0:
            return False
        head = bytes(self.received[start : end + 2])
        stated = _LENGTH.search(head)
        length = int(stated[1]) if stated else 0
        self.is_large = length > SMALL or bool(_UNKNOWN.search(head))
        return self.is_large or len(self.received) >= end + 4 + length


class Worker(ThreadWorker):  # type: ignore[misc]
    """A process that serves."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        from django.conf import settings

        self._patience: float = settings.PATIENCE
        self._coming: dict[TConn, Coming] = {}
        self._queue: deque[tuple[TConn, float]] = deque()
        self._large: set[TConn] = set()

    def enqueue_req(self, conn: TConn) -> None:
        """Where gunicorn gives a connection to a thread, wait until the request is there."""
        if not isinstance(conn.sock, Line):
            conn.sock = Line(conn.sock, self._patience)
        begun = bytearray(conn.parser.unreader.take_buffered()) if conn.parser else bytearray()
        coming = Coming(time.monotonic(), begun)
        if coming.is_there():
            self._give(conn, coming)
            return
        while len(self._coming) >= self.worker_connections // 2:
            self._drop(next(iter(self._coming)), LATE)
        self._coming[conn] = coming
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._gather, conn))

    def _gather(self, conn: TConn, _: Any) -> None:
        """Take what has come."""
        coming = self._coming.get(conn)
        if coming is None:  # dropped in this very round
            return
        try:
            block = conn.sock.recv(HEAD)
        except BlockingIOError:
            return
        except TimeoutError:
            self._drop(conn, LATE)
            return
        except OSError:
            block = b""
        coming.received += block
        if not block:
            self._drop(conn)
        elif coming.is_there():
            self._forget(conn)
            self._give(conn, coming)
        elif len(coming.received) > HEAD and b"\r\n\r\n" not in coming.received:
            self._drop(conn, LARGE)

    def _give(self, conn: TConn, coming: Coming) -> None:
        """Let a thread go on from here; large bodies wait for one another."""
        conn.init()
        conn.parser.unreader.unread(bytes(coming.received))
        conn.sock.begin()
        if not coming.is_large:
            super().enqueue_req(conn)
        elif len(self._large) < max(1, self.cfg.threads // 2):
            self._large.add(conn)
            super().enqueue_req(conn)
        else:
            self._queue.append((conn, time.monotonic()))

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """A request was answered: the next large body may come."""
        if conn in self._large:
            self._large.discard(conn)
            if self._queue:
                following, _ = self._queue.popleft()
                self._large.add(following)
                super().enqueue_req(following)
        super().finish_request(conn, fs)

    def murder_keepalived(self, force: bool = False) -> None:
        """Once a second: end what has taken too long, too."""
        super().murder_keepalived(force)
        now = time.monotonic()
        for conn, coming in list(self._coming.items()):
            patience = self._patience if self.alive or coming.received else min(_LINGER, self._patience)
            if force or now - coming.since > patience:
                self._drop(conn, LATE if coming.received else "")
        while self._queue and (force or now - self._queue[0][1] > SILENCE):
            self._end(self._queue.popleft()[0], BUSY)

    def _drop(self, conn: TConn, answer: str = "") -> None:
        self._forget(conn)
        self._end(conn, answer)

    def _forget(self, conn: TConn) -> None:
        del self._coming[conn]
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)

    def _end(self, conn: TConn, answer: str) -> None:
        with suppress(OSError):
            conn.sock.setblocking(False)
            if answer:
                conn.sock.send(_TOLD.format(answer).encode())
        self.nr_conns -= 1
        conn.close()
