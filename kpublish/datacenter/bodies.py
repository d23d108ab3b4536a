"""Large bodies, taken from the line as they come: gunicorn's own reader copies each byte several times on its way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from select import POLLIN, poll
from socket import socket

from gunicorn.http.body import Body, LengthReader

#: Bytes of one block: to hand over smaller ones takes longer than what is done with them. On a slow line, seconds of one.
BLOCK, MOMENT = 4 * 1024**2, 0.5


class Straight(Body):  # type: ignore[misc]
    """A body of stated length that is still on the line, but for its first bytes."""

    failed: bool

    @classmethod
    def of(cls, body: Body) -> Body:
        """The same body, if its length is stated."""
        return cls(body.reader) if type(body) is Body and isinstance(body.reader, LengthReader) else body

    def blocks(self) -> Iterator[memoryview]:
        """What was not read yet; a block holds until the one after the next is asked for.

        Raises
        ------
        OSError
            If nothing comes any more, after what came.
        """
        held = self.reader.unreader.take_buffered()
        first, following = held[: self.reader.length], held[self.reader.length :]
        self.reader.unreader.unread(following)
        self.reader.length -= len(first)
        if first:
            yield memoryview(first)
        turns = [bytearray(min(self.reader.length, BLOCK)) for _ in range(2)]
        while count := self._fill(turns[0]):
            yield memoryview(turns[0])[:count]
            turns.reverse()

    def _fill(self, block: bytearray) -> int:
        """Receive a block, or as much as came until the line broke; the next call says that it did."""
        if self.failed:
            raise ConnectionError("The line broke.")
        sock, there, free = self.reader.unreader.sock, 0, memoryview(block)[: self.reader.length]
        until = time.monotonic() + MOMENT
        while there < len(free) and (not there or _comes(sock, until)):
            try:
                count = sock.recv_into(free[there:])
            except OSError:
                self.failed = True
                if there:
                    break
                raise
            if not count:
                break
            there += count
            self.reader.length -= count
        return there


def _comes(sock: socket, until: float) -> bool:
    """Whether more comes before it is too late."""
    waiting = poll()
    waiting.register(sock, POLLIN)
    return bool(waiting.poll(1000 * max(0.0, until - time.monotonic())))
