"""Writes annotated tables: header in a stable order, cells with their literals, the same bytes from the same table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kpublish.formats.yaml_document import write_text
from kpublish.model.table import Table

_TOP = ("delimiter", "datatype", "meta", "schema")
_COLUMN = ("name", "datatype", "subtype", "unit", "format", "description", "meta")


def write(table: Table) -> bytes:
    """Return the bytes of the file: the header as ``table.header.data`` says it, the body as it was read."""
    header = header_text(table.header.data) if isinstance(table.header.data, Mapping) else table.header.text
    return f"{header}{table.body}{'' if table.body.endswith(chr(10)) else chr(10)}".encode()


def table_text(columns: Sequence[Mapping[str, Any]], rows: Iterable[Sequence[str | None]], meta: Mapping[str, Any]) -> str:
    r"""Return the text of a new annotated table.

    Parameters
    ----------
    columns
        One mapping per column: name, datatype, unit, description, meta (symbol, role, axis, …), as in the header.
    rows
        Literals, one per column; None or an empty text is an empty cell.
    meta
        Of the table: KM3Resource and origin.

    Examples
    --------
    >>> text = table_text([{"name": "e", "datatype": "float64", "unit": "GeV"}], [["1.50"]], {"KM3Resource": {"title": "A"}})
    >>> print(text, end="")
    # %ECSV 1.0
    # ---
    # delimiter: ','
    # datatype:
    # - {name: e, datatype: float64, unit: GeV}
    # meta:
    #   KM3Resource:
    #     title: A
    # schema: astropy-2.0
    e
    1.50
    """
    header = header_text({"delimiter": ",", "datatype": list(columns), "meta": meta, "schema": "astropy-2.0"})
    lines = [",".join(map(_quoted, row)) for row in ([column["name"] for column in columns], *rows)]
    return header + "\n".join(lines) + "\n"


def header_text(data: Mapping[str, Any]) -> str:
    """Return the header's lines, from ``# %ECSV 1.0`` on."""
    return "".join(f"# {line}\n" for line in ("%ECSV 1.0", "---", *header_yaml(data).rstrip("\n").split("\n")))


def header_yaml(data: Mapping[str, Any]) -> str:
    """Return the header as YAML."""
    columns = data.get("datatype")
    ordered = _ordered(data, _TOP)
    if isinstance(columns, list | tuple):
        ordered["datatype"] = [_ordered(column, _COLUMN) if isinstance(column, Mapping) else column for column in columns]
    return write_text(ordered)


def _ordered(data: Mapping[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    """Known keys first, in their order; then the others as they stand."""
    return {key: data[key] for key in (*(key for key in order if key in data), *(key for key in data if key not in order))}


def _quoted(literal: str | None) -> str:
    if literal is None:
        return ""
    if any(special in literal for special in ',"\n\r') or literal[:1] == "#" or literal != literal.strip():
        return '"' + literal.replace('"', '""') + '"'
    return literal
