"""Whether this machine's clock agrees with a server's."""

from __future__ import annotations

from kpublish.http import skew
from kpublish.model.archive import Probe

#: Seconds by which clocks may differ before tokens and dates are misunderstood.
_MOST = 60.0

#: The date of an answer has whole seconds; a busy server's answer may be a few seconds old.
_TICK = 5.0


def clock(date: str) -> Probe:
    """Return what the date of an answer (RFC 9110 section 6.6.1) says of this machine's clock."""
    seconds = skew(date)
    if seconds is None:
        return Probe("clock", "unknown", "the server tells no time")
    if abs(seconds) < _TICK:
        return Probe("clock", "ok", "this machine agrees with the server")
    verdict = "ok" if abs(seconds) <= _MOST else "wrong"
    return Probe("clock", verdict, f"this machine is {abs(seconds):.0f} s {'behind' if seconds > 0 else 'ahead'}", "Set the clock.")
