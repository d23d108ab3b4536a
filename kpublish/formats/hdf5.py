"""HDF5 (https://support.hdfgroup.org/documentation/hdf5/latest/): compounds as PyTables and km3pipe write them, and plain columns.

Attributes are read as numbers and text and never unpickled; links to other files, external storage and virtual data are refused.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpublish.formats.arrays import BYTES, fault, table_of, too_large
from kpublish.formats.bare import no_table, read_with, refused
from kpublish.formats.h5.bare import read_stored
from kpublish.model.bare_table import BareTable
from kpublish.registry import import_with_hint

KIND = "bare"
SUFFIXES = (".h5", ".hdf5", ".hdf")
MEDIA_TYPE = "application/x-hdf5"

_HEAP = b"GCOL\x01\0\0\0"
_MAGIC = b"\x89HDF\r\n\x1a\n"
_ERRORS = (OSError, RuntimeError, KeyError, ValueError, TypeError, UnicodeError)
#: From this size on, in bytes, rows stay in the file.
LARGE = 128 * 1024**2
#: Depth of groups, and columns of a nameless matrix, that are read.
_DEPTH, _WIDTH = 32, 1000
_ELSEWHERE = "Copy the data into this file."


def recognises(head: bytes, path: str) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether it begins as an HDF5 file does."""
    return head.startswith(_MAGIC)


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the tables, not raised.

    Raises
    ------
    MissingExtra
        If h5py is not installed.
    """
    try:
        if path.stat().st_size > LARGE:
            return read_stored(path, name)
    except OSError:  # read_with tells it
        pass
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of an HDF5 file: a table per compound, and per group of plain columns of the same length.

    The attributes of the file as a whole are in ``meta`` under ``file``.
    """
    h5py = import_with_hint("h5py")
    if not _are_heaps_whole(content):
        return (refused(name, "This is not a whole HDF5 file: a heap of texts is damaged.", "Write the file again."),)
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            tables = tuple(_Walk(h5py, name, len(content)).tables(file, "", 0))
            said = _attributes(file)
    except Exception as error:  # HDF5 tells broken bytes by exceptions of any kind
        return (refused(name, f"This is not a whole HDF5 file: {error}.", "Write the file again."),)
    tables = tuple(replace(table, meta={**table.meta, "file": said}) if table.name and said else table for table in tables)
    return tables or (no_table(name, "This is an HDF5 file"),)


def _are_heaps_whole(content: bytes) -> bool:
    """Whether all global heaps end (specification 3.0, III.E): HDF5 looks for ever for what is behind an object of no length."""
    start = content.find(_HEAP)
    while start >= 0:
        size = int.from_bytes(content[start + 8 : start + 16], "little")
        place, end = start + 16, min(start + size, len(content))
        while place + 16 <= end:
            length = int.from_bytes(content[place + 8 : place + 16], "little")
            free = content[place : place + 2] == b"\0\0"  # its length is that of the rest, with this head
            if length > size or (free and length < 16):
                return False
            place += (length if free else 16 + length) + -length % 8
        start = content.find(_HEAP, start + 16)
    return True


class _Walk:
    """Goes through the groups of a file, each once."""

    def __init__(self, h5py: Any, path: str, size: int) -> None:
        self.h5py = h5py
        self.size = size
        self.path = path
        self.seen: set[Any] = set()

    def tables(self, group: Any, name: str, depth: int) -> Iterator[BareTable]:
        """The tables of a group and of the groups in it."""
        plain: dict[str, Any] = {}
        for key in group:
            where = f"{name}/{key}".lstrip("/")
            link = group.get(key, getlink=True)
            if isinstance(link, self.h5py.ExternalLink):
                yield self.refused(where, "is a link to another file, which is not followed")
            elif isinstance(link, self.h5py.SoftLink):
                continue  # what it names is read under its own name
            elif self.is_new(item := group[key]):
                if isinstance(item, self.h5py.Dataset):
                    yield from self.dataset(item, key, where, plain)
                elif isinstance(item, self.h5py.Group) and not key.startswith("_i_") and depth < _DEPTH:  # _i_: indexes of PyTables
                    yield from self.tables(item, where, depth + 1)
        for arrays in _alike(plain):
            columns: dict[str | None, Any] = {key: (self.data(item), _unit(item)) for key, item in arrays.items()}
            yield table_of(self.path, name, columns, _attributes(group))

    def is_new(self, item: Any) -> bool:
        address = self.h5py.h5o.get_info(item.id).addr
        new = address not in self.seen
        self.seen.add(address)
        return new

    def dataset(self, item: Any, key: str, where: str, plain: dict[str, Any]) -> Iterator[BareTable]:
        """The table of one dataset; plain columns are put aside for the table of their group."""
        if item.is_virtual or item.external:
            yield self.refused(where, "has its data in other files, which are not read")
        elif self.is_too_large(item):
            yield self.refused(where, f"has {item.size} elements, more than is read into memory", "Publish a smaller table.")
        elif item.dtype.names and item.ndim == 1:
            yield self.compound(item, where)
        elif item.ndim == 1 and not item.dtype.names:
            plain[key] = item
        elif item.ndim == 2 and not item.dtype.names and item.shape[1] <= _WIDTH:
            yield self.matrix(item, where)
        elif item.ndim:
            yield self.refused(where, f"has {item.ndim} dimensions and is no table", "Write a column per quantity.")

    def is_too_large(self, item: Any) -> bool:
        """Whether the data, or one of the chunks in which they are packed, are too large."""
        size = max(item.size or 0, math.prod(item.chunks or ()))
        return too_large(size * len(item.dtype.names or "1"), size * item.dtype.itemsize)

    def compound(self, item: Any, where: str) -> BareTable:
        data = self.data(item)
        return table_of(self.path, where, {field: (data[field], {}) for field in item.dtype.names}, _attributes(item))

    def matrix(self, item: Any, where: str) -> BareTable:
        """Columns without names, which a mapping by name does not hold: they are numbered, then robbed of it."""
        data = item[()]
        table = table_of(
            self.path, where, {str(number): (data[:, number], {}) for number in range(data.shape[1])}, _attributes(item)
        )
        return replace(table, columns=tuple(replace(column, name=None) for column in table.columns))

    def data(self, item: Any) -> Any:
        """The array; of texts of varying length, as many cells as one likes may name the same one.

        Raises
        ------
        ValueError
            If they unpack to more than is read into memory.
        """
        if not item.dtype.hasobject or item.size * self.size <= BYTES:
            return item[()]
        step, pieces, total = max(1, BYTES // self.size), [], 0
        for start in range(0, len(item), step):
            pieces.append(piece := item[start : start + step])
            total += sum(
                len(text) for row in piece.tolist() for text in (row if piece.dtype.names else (row,)) if hasattr(text, "__len__")
            )
            if total > BYTES:
                raise ValueError("its texts are larger than what is read into memory")
        return import_with_hint("numpy").concatenate(pieces)

    def refused(self, where: str, what: str, remedy: str = _ELSEWHERE) -> BareTable:
        return BareTable(self.path, where, faults=(fault(self.path, "", f"{where} {what}.", remedy),))


def _alike(plain: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns of the same length belong to one table."""
    found: dict[int, dict[str, Any]] = {}
    for key, item in plain.items():
        found.setdefault(item.shape[0], {})[key] = item
    return list(found.values())


def _unit(item: Any) -> dict[str, str]:
    said = _attributes(item)
    unit = next((said[key] for key in ("unit", "units") if isinstance(said.get(key), str)), None)
    return {"unit": unit} if unit else {}


def _attributes(item: Any) -> dict[str, Any]:
    """Numbers and printable texts among the attributes, without what PyTables notes for itself about each field."""
    said: dict[str, Any] = {}
    for key in item.attrs:
        try:
            value = item.attrs[key]
        except _ERRORS:  # of a type that NumPy has not
            continue
        value = value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if not key.startswith("FIELD_") and (isinstance(value, int | float) or (isinstance(value, str) and value.isprintable())):
            said[key] = value
    return said
