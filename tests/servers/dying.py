"""``python dying.py N kpublish-arguments…``: the same as kpublish, but at its N-th write of any kind it kills itself (SIGKILL).

A write is a call by which the state of a disk or of a database changes: half of the numbers die before it, half after it. A server
counts from the signal SIGUSR1 on (it then writes the file ``armed`` into its folder), other commands from the beginning.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_point = int(sys.argv[1])
_is_server = sys.argv[2] in ("serve",)
_state = {"armed": not _is_server, "count": 0}


def _step() -> None:
    if _state["armed"]:
        _state["count"] += 1
        if _state["count"] == _point:
            os.kill(os.getpid(), signal.SIGKILL)


def _deadly(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*arguments: Any, **named: Any) -> Any:
        _step()
        result = function(*arguments, **named)
        _step()
        return result

    return called


def _patch() -> None:
    for name in ("replace", "rename", "link", "unlink", "pwrite", "fsync", "chmod", "mkdir"):
        setattr(os, name, _deadly(getattr(os, name)))
    tempfile.mkstemp = _deadly(tempfile.mkstemp)
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

    plain = CursorWrapper.execute

    def execute(self: Any, sql: str, params: Any = None) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "PRAGMA", "EXPLAIN")):
            return plain(self, sql, params)
        return _deadly(plain)(self, sql, params)

    CursorWrapper.execute = execute
    BaseDatabaseWrapper._commit = _deadly(BaseDatabaseWrapper._commit)


def _arm(*_: Any) -> None:
    Path(os.environ["KPUBLISH_DC_DATA"], "armed").touch()
    _state["armed"] = True


if __name__ == "__main__":
    _patch()
    if _is_server:
        signal.signal(signal.SIGUSR1, _arm)
    sys.argv = ["kpublish", *sys.argv[2:]]
    from kpublish.cli import run

    sys.exit(run())
