"""What all readers of bare tables share: the bytes of the file, and what is said where it cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kpublish.errors import KpublishError
from kpublish.files import read_bytes
from kpublish.model.bare_table import BareTable
from kpublish.model.finding import Fault, Position

#: The largest file that is read, in bytes.
LIMIT = 512 * 1024**2
#: Reads the bytes of a file that is called so in messages.
ContentReader = Callable[[bytes, str], tuple[BareTable, ...]]


def read_with(path: Path, name: str, reader: ContentReader) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages, by ``reader``; a file that cannot be opened is a fault."""
    try:
        held = [read_bytes(path, limit=LIMIT)]
    except KpublishError as error:
        return (refused(name, error.message, error.remedy),)
    sha256 = hashlib.sha256(held[0]).hexdigest()
    tables = reader(held.pop(), name)  # given away, so that the reader can let go of it
    return tuple(replace(table, sha256=sha256) for table in tables)


def refused(name: str, message: str, remedy: str, *, line: int = 0, column: int = 0) -> BareTable:
    """A table of which nothing could be read, and why."""
    return BareTable(name, faults=(Fault(Position(name, line, column), message, "TAB01", remedy),))


def no_table(name: str, what: str) -> BareTable:
    """What stands for a readable file without a table in it."""
    return refused(name, f"{what} without a table in it.", "Name a file that holds columns of numbers.")
