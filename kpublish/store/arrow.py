"""Annotated tables as Apache Arrow has them (https://arrow.apache.org/docs/format/Columnar.html)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from kpublish.model.table import Table
from kpublish.registry import import_with_hint

if TYPE_CHECKING:
    import pyarrow as pa

#: Where metadata stand: in that of the table and in that of each field.
KEY = b"kpublish"
#: What Arrow calls the datatypes of ECSV where the names differ; numbers of 128 bits have no place there.
_TYPES = {"float16": "halffloat", "float32": "float", "float64": "double", "float128": "double"}


def arrow(table: Table) -> pa.Table:
    """Return a table as one of Apache Arrow; empty cells are null.

    Raises
    ------
    MissingExtra
        If pyarrow is not installed.
    """
    pyarrow = import_with_hint("pyarrow")
    arrays, fields = [], []
    for parameter, values in zip(table.parameters, table.values, strict=True):
        kind = pyarrow.type_for_alias(_TYPES.get(parameter.datatype, parameter.datatype))
        arrays.append(pyarrow.array(_halved(values) if parameter.datatype == "float16" else values, type=kind))
        fields.append(
            pyarrow.field(parameter.columnname, kind, metadata=_said(parameter.model_dump(mode="json", exclude_none=True)))
        )
    said = {
        "KM3Resource": table.resource.said() if table.resource else {},
        "origin": table.origin.model_dump(mode="json", exclude_none=True),
    }
    return cast("pa.Table", pyarrow.table(arrays, schema=pyarrow.schema(fields, metadata=_said(said))))


def _said(data: Any) -> dict[bytes, bytes]:
    return {KEY: json.dumps(data, ensure_ascii=False).encode()}


def _halved(values: Any) -> list[Any]:
    """Numbers of 16 bits, which Arrow takes from numpy only."""
    numpy = import_with_hint("numpy")
    return [None if cell is None else numpy.float16(cell) for cell in values]
