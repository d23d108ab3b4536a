"""Reading what nobody wants any more of a body, so that its sender hears the answer; but not for ever (RFC 9112 section 9.6)."""

from __future__ import annotations

import time
from typing import Protocol

#: Bytes, and seconds, after which the connection is ended instead; the bytes of one step.
MOST, PATIENCE, STEP = 64 * 1024**2, 30.0, 64 * 1024


class Body(Protocol):
    """What is read."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def drain(body: Body) -> bool:
    """Read a body to its end; return whether it came to it."""
    left, until = MOST, time.monotonic() + PATIENCE
    try:
        while block := body.read(STEP):
            left -= len(block)
            if left < 0 or time.monotonic() > until:
                return False
    except OSError:
        return False
    return True
