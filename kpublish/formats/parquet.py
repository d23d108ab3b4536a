"""Apache Parquet (https://parquet.apache.org/docs/file-format/), read by Apache Arrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kpublish.formats.arrays import fault, too_large
from kpublish.formats.bare import read_with, refused
from kpublish.model.bare_table import BareColumn, BareTable
from kpublish.model.finding import Fault
from kpublish.registry import import_with_hint

KIND = "bare"
SUFFIXES = (".parquet", ".pq")
MEDIA_TYPE = "application/vnd.apache.parquet"

#: Arrow's names of types and the datatypes of ECSV, where they differ.
_DATATYPES: dict[str, Any] = {"halffloat": "float16", "float": "float32", "double": "float64", "large_string": "string"}
_KNOWN = {"string", "bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), *_DATATYPES}
#: Notes of other tools for themselves.
_INTERNAL = ("ARROW:schema", "pandas")


def recognises(head: bytes, path: str) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether it begins as a Parquet file does."""
    return head.startswith(b"PAR1")


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the table, not raised.

    Raises
    ------
    MissingExtra
        If pyarrow is not installed.
    """
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of a Parquet file; units stand in the metadata of its fields under ``unit``."""
    arrow, parquet = import_with_hint("pyarrow"), import_with_hint("pyarrow.parquet")
    try:
        file = parquet.ParquetFile(arrow.BufferReader(content))
        said = file.metadata
        size = sum(said.row_group(number).total_byte_size for number in range(said.num_row_groups))
        if too_large(said.num_rows * said.num_columns, size):
            return (refused(name, "It is larger than what is read into memory.", "Publish a smaller table."),)
        return (_table(file.read(use_threads=False), name),)
    except Exception as error:  # Arrow tells broken bytes by exceptions of any kind
        return (refused(name, f"This is not a whole Parquet file: {error}.", "Write the file again."),)


def _table(table: Any, name: str) -> BareTable:
    columns: list[BareColumn] = []
    faults: list[Fault] = []
    for field, values in zip(table.schema, table.columns, strict=True):
        kind = str(getattr(field.type, "value_type", field.type))  # words may be kept as numbers of a dictionary
        if kind not in _KNOWN or str(field.type).startswith(("list", "large_list", "fixed_size_list")):
            message = f"The column {field.name!r} holds values of the type {field.type}."
            faults.append(fault(name, "", message, "Write numbers, words or truth values."))
            continue
        said = _texts(field.metadata)
        told: dict[str, Any] = {key: said[key] for key in ("unit", "description", "ucd") if said.get(key)}
        columns.append(BareColumn(field.name, values.to_pylist(), _DATATYPES.get(kind, kind), **told))
    meta = {key: value for key, value in _texts(table.schema.metadata).items() if key not in _INTERNAL}
    return BareTable(name, columns=tuple(columns), meta=meta, faults=tuple(faults))


def _texts(metadata: Any) -> dict[str, str]:
    return {key.decode(errors="replace"): value.decode(errors="replace") for key, value in (metadata or {}).items()}
