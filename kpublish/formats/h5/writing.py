"""Writes annotated event files, block by block, and the same bytes for the same rows."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from kpublish.errors import UsageError
from kpublish.formats.ecsv.writing import header_yaml
from kpublish.formats.h5.reading import EVENTS, META
from kpublish.formats.h5.stored import BLOCK
from kpublish.model.document import native
from kpublish.model.table import Table
from kpublish.registry import import_with_hint

#: Bytes of a chunk, and how strongly it is packed: 1 is nearly as small as 9, and much faster.
_CHUNK, _LEVEL = 1 << 18, 1
#: What the tables ``header`` and ``provenance`` say, in their order.
_HEADER = ("author", "contact", "instrument", "license", "measurement_start", "measurement_stop", "reference")
_STEP = ("refID", "name", "settings", "software")
#: HDF5 keeps attributes of up to this size in the header of an object.
_ATTRIBUTE = 60_000


def write(table: Table) -> bytes:
    """Return the bytes of the file: the header as ``table.header.data`` says it, the rows as they were read."""
    stream = io.BytesIO()
    dtype = dtype_of(table.header.data["datatype"], table.values)
    write_events(stream, native(table.header.data), dtype, blocks_of(dtype, table.values))
    return stream.getvalue()


def dtype_of(columns: Sequence[Mapping[str, Any]], values: Sequence[Sequence[Any]]) -> Any:
    """Return the NumPy type of a row; texts are as long as the longest one, in UTF-8."""
    numpy = import_with_hint("numpy")
    return numpy.dtype([(column["name"], _kind(column["datatype"], cells)) for column, cells in zip(columns, values, strict=True)])


def _kind(datatype: str, cells: Sequence[Any]) -> str:
    if datatype != "string":
        return {"bool": "?"}.get(datatype, datatype)
    return f"S{max((len(cell.encode()) for cell in cells if cell), default=0) or 1}"


def blocks_of(dtype: Any, values: Sequence[Sequence[Any]]) -> Iterator[Any]:
    """Yield the rows in blocks; floats that are empty become nan.

    Raises
    ------
    UsageError
        If integers or truth values are empty.
    """
    numpy = import_with_hint("numpy")
    rows = len(values[0]) if values else 0
    for start in range(0, rows, BLOCK):
        block = numpy.zeros(min(BLOCK, rows - start), dtype)
        for name, cells in zip(dtype.names, values, strict=True):
            block[name] = _cells(cells[start : start + BLOCK], dtype[name], name)
        yield block


def _cells(cells: Sequence[Any], kind: Any, name: str) -> Any:
    if kind.kind == "S":
        return [(cell or "").encode() for cell in cells]
    if kind.kind == "f":
        return [float("nan") if cell is None else cell for cell in cells]
    if None in cells:
        raise UsageError(
            f"The column {name} has empty cells, which integers and truth values in HDF5 have not.",
            remedy="Write floats, or an annotated text table: a name that ends with .ecsv.",
        )
    return cells


def write_events(
    place: BinaryIO | Path,
    header: Mapping[str, Any],
    dtype: Any,
    blocks: Iterable[Any],
    groups: Any = None,
    stated: Mapping[str, Any] | None = None,
) -> None:
    """Write a file.

    Parameters
    ----------
    place
        Where to: a name, or a stream that can be read and sought, too.
    header
        ``datatype`` and ``meta``, as in the header of an annotated text table.
    dtype
        The NumPy type of a row.
    blocks
        Rows as structured arrays of that type, one block after the other.
    groups
        The table ``group_info``, a structured array; None, if rows belong to no groups.
    stated
        What the KM3Resource inherits, for the attribute of the root and the table ``header``, which say it in full.
    """
    h5py, numpy = import_with_hint("h5py"), import_with_hint("numpy")
    with h5py.File(place, "w", libver=("v110", "v110")) as file:
        complete = {**(stated or {}), **header["meta"]["KM3Resource"]}
        _root(file, complete)
        events = _table(file, EVENTS, dtype, header["datatype"])
        for block in blocks:
            start = len(events)
            events.resize(start + len(block), axis=0)
            events[start:] = block
        events.attrs["NROWS"] = numpy.int64(len(events))
        lines = [line.encode() for line in header_yaml({**header, "schema": "astropy-2.0"}).rstrip("\n").split("\n")]
        file.create_dataset(META, data=numpy.array(lines))
        _small(file, "header", _texts(_HEADER, [_publication(complete, header["meta"].get("origin") or {})]))
        steps = (header["meta"].get("origin") or {}).get("provenance") or ()
        _small(file, "provenance", _texts(_STEP, [[step.get(key) for key in _STEP] for step in steps]))
        if groups is not None:
            _small(file, "group_info", groups)


def _root(file: Any, resource: Mapping[str, Any]) -> None:
    """Who the file is, for programs that look at its root only."""
    said = json.dumps(resource, ensure_ascii=False, sort_keys=True, default=str)
    about = {"CLASS": "GROUP", "PYTABLES_FORMAT_VERSION": "2.1", "VERSION": "1.0", "TITLE": resource.get("title", "")}
    about |= {key: resource[key] for key in ("kid", "ktype") if resource.get(key)}
    about |= {"KM3Resource": said} if len(said.encode()) < _ATTRIBUTE else {}
    for key, text in about.items():
        file.attrs[key] = import_with_hint("numpy").bytes_(str(text).encode())


def _table(file: Any, name: str, dtype: Any, columns: Sequence[Mapping[str, Any]]) -> Any:
    numpy = import_with_hint("numpy")
    rows = max(1, _CHUNK // dtype.itemsize)
    table = file.create_dataset(
        name, (0,), dtype, maxshape=(None,), chunks=(rows,), compression="gzip", compression_opts=_LEVEL, shuffle=True
    )
    about = {"CLASS": "TABLE", "VERSION": "2.7", "TITLE": name}
    for number, column in enumerate(columns):
        said = {"NAME": column["name"], "UNIT": column.get("unit"), "DESC": column.get("description")}
        about |= {f"FIELD_{number}_{key}": text for key, text in said.items() if text}
    for key, text in about.items():
        table.attrs[key] = numpy.bytes_(str(text).encode())
    return table


def _small(file: Any, name: str, rows: Any) -> None:
    table = _table(file, name, rows.dtype, [{"name": field} for field in rows.dtype.names])
    table.resize(len(rows), axis=0)
    table[:] = rows
    table.attrs["NROWS"] = import_with_hint("numpy").int64(len(rows))


def _texts(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    """Rows of texts as an array, each column as wide as its longest text."""
    encoded = [tuple(str(cell or "").encode() for cell in row) for row in rows]
    widths = [max((len(row[place]) for row in encoded), default=0) or 1 for place, _ in enumerate(names)]
    kinds = [(name, f"S{width}") for name, width in zip(names, widths, strict=True)]
    return import_with_hint("numpy").array(encoded, kinds)


def _publication(resource: Mapping[str, Any], origin: Mapping[str, Any]) -> list[Any]:
    """What the table ``header`` says."""
    times: Mapping[str, Any] = next((said for said in (origin.get("range") or {}).values() if "measurement_start" in said), {})
    content, contact = resource.get("content") or {}, resource.get("contact") or {}
    said = {
        "author": "; ".join(map(_name, resource.get("authors") or ())),
        "contact": contact.get("email") or contact.get("name") if isinstance(contact, Mapping) else contact,
        "instrument": content.get("instrument"),
        "license": resource.get("license"),
        "measurement_start": times.get("measurement_start") or content.get("startTime"),
        "measurement_stop": times.get("measurement_stop") or content.get("stopTime"),
        "reference": resource.get("referenceURL"),
    }
    return [said[key] for key in _HEADER]


def _name(author: Any) -> str:
    if not isinstance(author, Mapping):
        return str(author)
    return str(author.get("name") or ", ".join(filter(None, (author.get("familyName"), author.get("givenName")))))
