"""Bare tables of HDF5 files that are larger than memory: compounds of fixed-length fields, whose rows stay in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast, get_args

from kpublish.errors import KpublishError
from kpublish.files import open_bytes, sha256_of
from kpublish.formats.bare import no_table, refused
from kpublish.formats.h5.reading import MAGIC, Unusable, text_of
from kpublish.formats.h5.stored import StoredColumn
from kpublish.model.bare_table import BareColumn, BareTable
from kpublish.model.table import Datatype
from kpublish.registry import import_with_hint

#: Depth of groups that is looked into; indexes of PyTables begin so.
_DEPTH, _INDEX = 32, "_i_"


def read_stored(path: Path, name: str) -> tuple[BareTable, ...]:
    """Return the tables of the file ``path``, called ``name`` in messages; faults are in the tables, not raised.

    Raises
    ------
    MissingExtra
        If h5py is not installed.
    """
    h5py = import_with_hint("h5py")
    try:
        with open_bytes(path) as stream:
            if stream.read(len(MAGIC)) != MAGIC:  # before all of it is read
                return (refused(name, "This is not a whole HDF5 file: it does not begin as one.", "Write the file again."),)
        sha256, _ = sha256_of(path)
    except KpublishError as error:
        return (refused(name, error.message, error.remedy),)
    try:
        with h5py.File(path, "r") as file:
            tables = tuple(_table(file, where, path.absolute(), name, sha256) for where in _compounds(h5py, file, "", 0))
    except Exception as error:  # HDF5 tells broken bytes by exceptions of any kind
        return (refused(name, f"This is not a whole HDF5 file: {error}.", "Write the file again."),)
    return tables or (no_table(name, "This is an HDF5 file"),)


def _compounds(h5py: Any, group: Any, prefix: str, depth: int) -> Iterator[str]:
    """Yield the paths of tables, without following links."""
    for key in group:
        where = f"{prefix}/{key}".lstrip("/")
        if not isinstance(group.get(key, getlink=True), h5py.HardLink) or key.startswith(_INDEX):
            continue
        item = group[key]
        if isinstance(item, h5py.Group) and depth < _DEPTH:
            yield from _compounds(h5py, item, where, depth + 1)
        elif isinstance(item, h5py.Dataset) and item.dtype.names:
            yield where


def _table(file: Any, where: str, path: Path, name: str, sha256: str) -> BareTable:
    if why := Unusable(import_with_hint("h5py")).table(file, where):
        return BareTable(name, where, faults=refused(name, f"{where}: {why}", "Write a smaller table.").faults, sha256=sha256)
    dataset = file[where]
    columns = tuple(_column(dataset, path, where, number, field) for number, field in enumerate(dataset.dtype.names))
    return BareTable(name, where, columns=columns, sha256=sha256)


def _column(dataset: Any, path: Path, where: str, number: int, field: str) -> BareColumn:
    kind = dataset.dtype[field]
    datatype = "string" if kind.kind == "S" else "bool" if kind.kind == "b" else kind.name
    assert datatype in get_args(Datatype)
    values = StoredColumn(path, where, field, len(dataset), words=datatype == "string")
    said = {key: text_of(dataset, f"FIELD_{number}_{key}") or None for key in ("UNIT", "DESC")}
    return BareColumn(field, values, cast(Datatype, datatype), unit=said["UNIT"], description=said["DESC"])
