"""Lets jobs be done by the process that checks, and believes nothing of what it says but its shape."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from selectors import EVENT_READ, DefaultSelector
from threading import BoundedSemaphore
from typing import Any

from kpublish.datacenter.inspection.confining import LATE, PATIENCE
from kpublish.datacenter.problems import Problem
from kpublish.errors import KpublishError
from kpublish.files import read_bytes

#: The longest answer, in bytes, and where it stands in the folder of the job.
_LONGEST, _ANSWER = 64 * 1024**2, "answer.json"
_PLACES = BoundedSemaphore(2)
#: Nurseries that wait for a job.
_WAITING: LifoQueue[subprocess.Popen[bytes]] = LifoQueue()


def run(job: dict[str, Any], work: Path, largest: int) -> dict[str, Any]:
    """Let the job be done in ``work``; return what was ``held`` and the ``release`` of a package, or what the checks found
    (``findings``, ``count``, ``numbers``); else a ``fault`` with its ``remedy``.

    Raises
    ------
    Problem
        503 if too many checks run already.
    """
    limits = {"largest": max(largest, _LONGEST), "seconds": PATIENCE}
    with _place():
        said = _said(json.dumps({**job, **limits, "work": str(work), "answer": _ANSWER}).encode() + b"\n")
    if said == LATE:
        return {"fault": f"The checks took longer than {PATIENCE} s.", "remedy": "Publish fewer or smaller files."}
    return _understood(work / _ANSWER)


@contextmanager
def _place() -> Iterator[None]:
    if not _PLACES.acquire(timeout=PATIENCE):
        raise Problem(503, "busy", "Too many packages are being checked.", "Try again in a moment.")
    try:
        yield
    finally:
        _PLACES.release()


def _said(line: bytes) -> bytes:
    """Give the job to a nursery; return what it says when the job has ended, nothing if it ended itself."""
    while True:
        nursery, is_new = _nursery()
        assert nursery.stdin is not None
        with suppress(BrokenPipeError):
            nursery.stdin.write(line)
        if said := _answer(nursery):
            _WAITING.put(nursery)
            return said
        _end(nursery)
        if is_new:
            return said


def _answer(nursery: subprocess.Popen[bytes]) -> bytes:
    assert nursery.stdout is not None
    with DefaultSelector() as selector:
        selector.register(nursery.stdout, EVENT_READ)
        return nursery.stdout.readline() if selector.select(PATIENCE + 10) else b""


def _nursery() -> tuple[subprocess.Popen[bytes], bool]:
    """One that waits, or a new one if there is none; and whether it is new."""
    with suppress(Empty):
        return _WAITING.get_nowait(), False
    command = [sys.executable, "-I", "-m", "kpublish.datacenter.inspection.nursery"]
    options: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "bufsize": 0}
    # In a session of its own: what ends the server by its group does not end it, the end of its input does.
    return subprocess.Popen(command, env={"OPENBLAS_NUM_THREADS": "1"}, cwd="/", start_new_session=True, **options), True  # noqa: S603


@atexit.register
def _end_all() -> None:
    with suppress(Empty):
        while True:
            _end(_WAITING.get_nowait())


def _end(nursery: subprocess.Popen[bytes]) -> None:
    """End it, if it has not ended, and forget it."""
    nursery.kill()
    nursery.wait()
    for line in (nursery.stdin, nursery.stdout):
        assert line is not None
        line.close()


def _understood(answer: Path) -> dict[str, Any]:
    """What the process said, if it is what one says."""
    failed = {"fault": "The checks ended without an answer.", "remedy": "Make the package again; if that does not help, tell us."}
    try:
        told = json.loads(read_bytes(answer, limit=_LONGEST))
        if "fault" in told:
            return {key: str(told.get(key, ""))[:1000] for key in ("fault", "remedy")} | {"held": _texts(told.get("held", []))}
        if "release" in told:
            return {"held": _texts(told["held"]), "release": told["release"]}
        return {
            "held": _texts(told["held"]),
            "count": int(told["count"]),
            "findings": [_finding(entry) for entry in told["findings"][:1000]],
            "numbers": [_number(entry) for entry in told["numbers"][:1000]],
        }
    except (KpublishError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return failed


def _finding(entry: dict[str, Any]) -> dict[str, Any]:
    texts = {key: str(entry[key])[:2000] for key in ("code", "severity", "path", "message", "remedy")}
    return {**texts, "line": int(entry["line"]), "column": int(entry["column"])}


def _number(entry: dict[str, Any]) -> dict[str, Any]:
    cells = [
        {"row": int(cell["row"]), **{key: str(cell[key])[:200] for key in ("column", "before", "after")}} for cell in entry["cells"]
    ]
    return {
        **{key: str(entry[key])[:300] for key in ("kid", "name")},
        **{key: _texts(entry[key]) for key in ("added", "removed")},
        "rows": [int(count) for count in entry["rows"]][:2],
        "changed": int(entry["changed"]),
        "cells": cells,
    }


def _texts(values: list[Any]) -> list[str]:
    return [str(value)[:300] for value in values[:1000]]
