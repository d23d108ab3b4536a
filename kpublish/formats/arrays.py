"""Arrays of binary formats as columns: numbers, truth values and text; what a table cannot hold is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from kpublish.errors import KpublishError
from kpublish.model.bare_table import BareColumn, BareTable
from kpublish.model.finding import Fault, Position
from kpublish.model.table import Datatype

#: The most that one table holds: a file of some bytes can unpack to any number of zeros.
CELLS, BYTES = 16_000_000, 256 * 1024**2


class NoColumn(KpublishError):
    """An array that is no column of a table; caught by the readers of this room."""


def column_of(name: str | None, array: Any, **said: Any) -> BareColumn:
    """Return the column with the values of a one-dimensional array; masked values are None.

    Raises
    ------
    NoColumn
        If it has more dimensions, or holds something else than numbers, truth values and text.
    """
    if array.ndim != 1:
        raise NoColumn(f"holds arrays of the shape {tuple(map(int, array.shape[1:]))}")
    kind = array.dtype.kind
    values = array.tolist()
    if kind in "SUO":
        return BareColumn(name, [_text(value) for value in values], "string", **said)
    datatype = array.dtype.name
    if kind not in "fiub" or datatype not in get_args(Datatype) or datatype == "float128":
        raise NoColumn(f"holds values of the type {array.dtype}")
    return BareColumn(name, values, cast(Datatype, datatype), **said)


def _text(value: Any) -> str | None:
    """Text of a cell.

    Raises
    ------
    NoColumn
        If it is something else.
    """
    if value is None:
        return None
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            value = value.decode("latin-1")
    if not isinstance(value, str):
        raise NoColumn(f"holds values of the type {type(value).__name__} of varying length")
    return value.rstrip("\0 ") or None


def table_of(
    path: str, name: str, arrays: Mapping[str | None, tuple[Any, Mapping[str, Any]]], meta: Mapping[str, Any]
) -> BareTable:
    """Return the table whose columns are arrays with what is said of each; one that is no column is a fault."""
    columns, faults = [], []
    for title, (array, said) in arrays.items():
        try:
            columns.append(column_of(title, array, **said))
        except NoColumn as error:
            faults.append(fault(path, name, f"The column {title!r} {error.message}.", "Write one number or text per row."))
    return BareTable(path, name, columns=tuple(columns), meta=dict(meta), faults=tuple(faults))


def fault(path: str, name: str, message: str, remedy: str) -> Fault:
    """A fault in a table of a binary file, which has no lines."""
    return Fault(Position(path), f"{name}: {message}" if name else message, "TAB01", remedy)


def too_large(cells: int, size: int) -> bool:
    """Whether so many cells, or so many bytes when unpacked, are more than is read into memory."""
    return cells > CELLS or size > BYTES
