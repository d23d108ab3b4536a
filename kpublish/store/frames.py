"""The numbers of annotated tables as pandas has them: by Apache Arrow where a table is regular, else cell by cell.

Arrow's reader rounds correctly and uses all cores (https://arrow.apache.org/docs/python/csv.html); what it does not take, or a
table in which rows are not lines, goes the way on which faults are found with their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kpublish.errors import KpublishError
from kpublish.files import read_bytes
from kpublish.formats.ecsv.reading import read_content
from kpublish.formats.h5.stored import StoredColumn
from kpublish.model.parameter import Parameter
from kpublish.model.table import Table
from kpublish.registry import import_with_hint

if TYPE_CHECKING:
    import pandas as pd

#: What pandas calls the datatypes of ECSV where cells are empty; floats have NaN for it.
_WITH_EMPTY = {
    "bool": "boolean",
    **{f"int{bits}": f"Int{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"UInt{bits}" for bits in (8, 16, 32, 64)},
}
#: What may make lines something else than rows.
_IRREGULAR = (b"\r", b"#")


def frame(path: Path | None, read: Callable[[], Table]) -> pd.DataFrame:
    """Return the table at ``path``: a column per column of the file, in its datatype; empty cells are missing values.

    Parameters
    ----------
    path
        The annotated file; None, if it is not comma-separated.
    read
        Reads it cell by cell, if that is needed.

    Raises
    ------
    MissingExtra
        If pandas is not installed.
    KpublishError
        As ``read`` does.
    """
    pandas = import_with_hint("pandas")
    return cast("pd.DataFrame", pandas.DataFrame((path and _by_arrow(path)) or _by_cells(read())))


def _by_cells(table: Table) -> dict[str, Any]:
    pairs = zip(table.parameters, table.values, strict=True)
    return {parameter.columnname: _array(values, parameter.datatype) for parameter, values in pairs}


def _by_arrow(path: Path) -> dict[str, Any] | None:
    """The columns by name; None where Arrow is not there, or the table not regular."""
    try:
        csv, arrow = import_with_hint("pyarrow.csv"), import_with_hint("pyarrow")
    except KpublishError:
        return None
    content = read_bytes(path)
    begin, end = _head(content)
    parameters, body = _described(content[:end]), memoryview(content)[begin:]
    if len(parameters) < 2 or len(content) == end or any(content.find(sign, begin) >= 0 for sign in _IRREGULAR):
        return None
    types = {one.columnname: _arrow_type(one) for one in parameters}
    if None in types.values() or len(types) < len(parameters):
        return None
    try:
        read = csv.read_csv(
            arrow.py_buffer(body),
            read_options=csv.ReadOptions(use_threads=len(body) > csv.ReadOptions().block_size),
            parse_options=csv.ParseOptions(newlines_in_values=content.find(b'"', begin) >= 0, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                true_values=["True"],
                false_values=["False"],
                strings_can_be_null=True,
            ),
        )
    except arrow.ArrowException:
        return None
    return {one.columnname: _of_arrow(read.column(one.columnname), one.datatype) for one in parameters}


@lru_cache(maxsize=128)
def _described(head: bytes) -> tuple[Parameter, ...]:
    """The columns that a header describes; none where anything is wrong with it."""
    table = read_content(head, "")
    return () if table.faults else table.parameters


def _head(content: bytes) -> tuple[int, int]:
    """Where the line of column names begins, and where it ends."""
    begin = 0
    while content.startswith((b"#", b"\n"), begin):
        begin = content.find(b"\n", begin) + 1 or len(content)
    return begin, content.find(b"\n", begin) + 1 or len(content)


def _arrow_type(parameter: Parameter) -> str | None:
    """What Arrow shall read; floats with all digits, so that they are rounded once as numpy rounds them."""
    if parameter.datatype in ("float16", "float32", "float64"):
        return "double"
    return parameter.datatype if parameter.datatype in (*_WITH_EMPTY, "string") else None


def _of_arrow(column: Any, datatype: str) -> Any:
    if datatype == "string" or (column.null_count and datatype in _WITH_EMPTY):
        return _array(column.to_pylist(), datatype)
    return column.to_numpy().astype(datatype, copy=False)


def _array(values: Sequence[Any], datatype: str) -> Any:
    """The values in pandas' type for an ECSV datatype; a type that knows missing values only where some are missing."""
    pandas, numpy = import_with_hint("pandas"), import_with_hint("numpy")
    if isinstance(values, StoredColumn) and datatype != "string":
        return values.array()
    if datatype == "string":
        return pandas.array(values, dtype="string")
    if datatype in _WITH_EMPTY and None in values:
        return pandas.array(values, dtype=_WITH_EMPTY[datatype])
    return numpy.array(values, dtype=datatype)
