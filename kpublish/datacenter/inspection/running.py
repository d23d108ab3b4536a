"""Runs the process that checks, and believes nothing of what it says but its shape."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from kpublish.datacenter.inspection.confining import SECONDS
from kpublish.datacenter.problems import Problem
from kpublish.errors import KpublishError
from kpublish.files import read_bytes

#: The longest answer, in bytes, and the seconds that one check may take, or wait for others.
_LONGEST, _PATIENCE = 64 * 1024**2, 2 * SECONDS
_PLACES = BoundedSemaphore(2)


def run(job: dict[str, Any], work: Path, largest: int) -> dict[str, Any]:
    """Let the job be done in ``work``; return what was ``held`` and the ``release`` of a package, or what the checks found
    (``findings``, ``count``, ``numbers``); else a ``fault`` with its ``remedy``.

    Raises
    ------
    Problem
        503 if too many checks run already.
    """
    answer = work / "answer.json"
    text = json.dumps({**job, "work": str(work), "largest": max(largest, _LONGEST)}).encode()
    with _place(), answer.open("wb") as said:
        command = [sys.executable, "-I", "-m", "kpublish.datacenter.inspection.child"]
        options: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": said, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env={}, cwd=work, start_new_session=True, **options) as process:  # noqa: S603
            try:
                process.communicate(text, timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                return {"fault": f"The checks took longer than {_PATIENCE} s.", "remedy": "Publish fewer or smaller files."}
            finally:
                _end(process)
    return _understood(answer)


@contextmanager
def _place() -> Iterator[None]:
    if not _PLACES.acquire(timeout=_PATIENCE):
        raise Problem(503, "busy", "Too many packages are being checked.", "Try again in a moment.")
    try:
        yield
    finally:
        _PLACES.release()


def _end(process: subprocess.Popen[bytes]) -> None:
    """What it may have started ends with it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()


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
