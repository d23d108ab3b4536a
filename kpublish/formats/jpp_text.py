"""Annotated text of Jpp, KM3NeT's C++ framework (https://common.pages.km3net.de/jpp/).

Its header is ``# $uuid$`` and what made the file (``# GIT …``, ``# command …``); then come rows without names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kpublish.formats.bare import read_with
from kpublish.formats.delimited import read_lines
from kpublish.formats.text_rows import decoded
from kpublish.model.bare_table import BareTable
from kpublish.model.finding import Fault

KIND = "bare"
SUFFIXES = ()
MEDIA_TYPE = "text/plain"

_UUID = re.compile(r"#\s*\$([0-9a-fA-F-]{36})\$\s*")
#: What Jpp writes of each program that touched the file, in this order.
_SAID = re.compile(r"#\s*(GIT|SVN|ROOT|application|command|namespace|system)\s+(.*)")


def recognises(head: bytes, path: str) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether the first lines are those that Jpp writes."""
    lines = head.decode("latin-1").splitlines()[:20]
    return any(map(_UUID.fullmatch, lines[:3])) or sum(bool(_SAID.fullmatch(line)) for line in lines) >= 3


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the table, not raised."""
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of a text of Jpp; ``meta`` says the ``uuid``, and ``programs`` who wrote it and how."""
    told = decoded(content, name)
    if isinstance(told, Fault):
        return (BareTable(name, faults=(told,)),)
    text, encoding = told
    lines = text.split("\n")
    return (read_lines(lines, name, {"encoding": encoding, **header(lines)}, headless=True),)


def header(lines: Sequence[str]) -> dict[str, Any]:
    """Return what the header says: ``uuid`` and ``programs``, the first one first; a key that comes again begins the next one."""
    said: dict[str, Any] = {}
    programs: list[dict[str, str]] = []
    for line in lines:
        if match := _UUID.fullmatch(line):
            said["uuid"] = match[1]
        elif match := _SAID.fullmatch(line):
            if not programs or match[1] in programs[-1]:
                programs.append({})
            programs[-1][match[1]] = match[2].strip()
    return {**said, "programs": programs} if programs else said
