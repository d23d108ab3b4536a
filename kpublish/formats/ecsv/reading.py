"""Reads annotated tables: the header as YAML with positions, then the body; every fault with its line and column."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpublish.errors import KpublishError
from kpublish.files import read_bytes
from kpublish.formats.ecsv.body import Body, read_body
from kpublish.formats.repository_files import odd_ends
from kpublish.formats.understanding import understand
from kpublish.formats.yaml_document import read_text
from kpublish.model.document import Document
from kpublish.model.finding import Fault, Fix, Position
from kpublish.model.parameter import Parameter
from kpublish.model.table import Table, TableColumn, TableHeader
from kpublish.registry import did_you_mean

_FIRST_LINE = "# %ECSV 1.0"
_HOW = "See the format of annotated tables; kpublish new writes an example."


def read(path: Path, name: str) -> Table:
    """Read the annotated table ``path``, called ``name`` in messages; what is wrong is in its ``faults``."""
    try:  # the bytes get no name here, so that they are given back as soon as they are decoded
        return read_content(read_bytes(path), name)
    except KpublishError as error:
        return Table(name, Document(name), faults=(Fault(Position(name), error.message, "TAB01", error.remedy),))


def read_content(content: bytes, name: str) -> Table:
    """Read the bytes of an annotated table; lines may end with CR LF, which counts as LF."""
    sha256 = hashlib.sha256(content).hexdigest()
    odd: tuple[Fault, ...] = ()
    if b"\r\n" in content:
        odd = (odd_ends(name, False, content.count(b"\n", 0, content.find(b"\r\n")) + 1),)
        content = content.replace(b"\r\n", b"\n")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return _unreadable(name, _not_utf8(name, content, error.start), content.decode(errors="replace"), sha256)
    del content
    if fault := _no_table(text, name):
        return _unreadable(name, fault, text, sha256)
    length = _header_length(text)
    header, body = text[:length], text[length:]
    del text
    table = _read_table(name, header, body, sha256)
    return replace(table, faults=(*odd, *table.faults)) if odd else table


def _unreadable(name: str, fault: Fault, text: str, sha256: str) -> Table:
    return Table(name, Document(name, text=text), faults=(fault,), sha256=sha256)


def _not_utf8(name: str, content: bytes, start: int) -> Fault:
    line = content.count(b"\n", 0, start) + 1
    column = len(content[content.rfind(b"\n", 0, start) + 1 : start].decode(errors="replace")) + 1
    return Fault(Position(name, line, column), "This is not a text in UTF-8.", "TAB01", "Save the file as text in UTF-8.")


def _no_table(text: str, name: str) -> Fault | None:
    """Why this is not an annotated table, from its first line."""
    if not text or text.isspace():
        return Fault(Position(name, 1, 1), "The file is empty.", "TAB01", f"Begin it with '{_FIRST_LINE}'. {_HOW}")
    first = _first_line(text)
    if first.rstrip() == _FIRST_LINE:
        return None
    where = Position(name, 1, 1, max(1, len(first)))
    if first.startswith("\ufeff"):
        remedy = "Save it as UTF-8 without byte order mark."
        return Fault(where, "The file begins with a byte order mark.", "TAB01", remedy, Fix(Position(name)))
    if first.startswith("# %ECSV"):
        return Fault(where, f"The first line is {first!r}; only version 1.0 is read.", "TAB01", f"Write '{_FIRST_LINE}'.")
    return Fault(where, "This is not an annotated table: it has no header.", "TAB01", f"Begin it with '{_FIRST_LINE}'. {_HOW}")


def _first_line(text: str) -> str:
    """The first line; the rest, which may be large, is not copied."""
    return text[: text.find("\n")] if "\n" in text else text


def _header_length(text: str) -> int:
    """Length of the leading lines that begin with ``#`` or are empty."""
    length = 0
    while text.startswith(("#", "\n"), length):
        stop = text.find("\n", length)
        if stop < 0:
            return len(text)
        length = stop + 1
    return length


def _read_table(name: str, header: str, body: str, sha256: str) -> Table:
    document = _read_header(header, name)
    if document.data is None and document.faults:
        return Table(name, document, body=body, faults=document.faults, sha256=sha256)
    faults = [*document.faults, *_not_described(document)]
    if not isinstance(document.data, Mapping):
        return Table(name, document, body=body, faults=tuple(faults), sha256=sha256)
    understood, misunderstood = understand(
        TableHeader, {**document.data, "datatype": document.data.get("datatype") or []}, document
    )
    faults += misunderstood
    if understood is None:
        return Table(name, document, body=body, faults=tuple(faults), sha256=sha256)
    told = document.data.get("datatype")
    content = Body()
    if isinstance(told, list) and told and len(told) == len(understood.datatype):
        line = header.count("\n") + 1
        faults += (wrong := _wrong_names(name, line, body, understood.datatype))
        if understood.delimiter == "," and not wrong:
            content = read_body(name, line, body, understood.datatype)
            faults += content.faults
    faults += _misspelt(document)
    return Table(
        name,
        document,
        understood.meta.KM3Resource,
        tuple(map(parameter_of, understood.datatype)),
        understood.meta.origin,
        content.values,
        body,
        content.lines,
        tuple(sorted(faults, key=lambda fault: (fault.where.line, fault.where.column))),
        sha256,
        understood.meta.original,
    )


def _read_header(header: str, name: str) -> Document:
    """The header as YAML: '# ' is cut off each line, so positions are those of the file two columns further."""
    lines = [line[2:] if line.startswith("# ") else line[1:] for line in header.split("\n")]
    lines[0] = ""  # %ECSV is a directive that YAML does not know
    document = read_text("\n".join(lines), name, column_offset=2)
    return Document(name, document.data, document.marks, document.faults, header, document.doubtful)


def _not_described(document: Document) -> list[Fault]:
    """What an annotated table must say about its body."""
    data = document.data
    if not isinstance(data, Mapping):
        return [Fault(document.at(), "The header of the table describes nothing.", "TAB01", f"Add delimiter and datatype. {_HOW}")]
    faults = []
    if data.get("delimiter") != ",":
        seen = "a blank, as none is given" if "delimiter" not in data else repr(data["delimiter"])
        where = document.at("delimiter", length=3) if "delimiter" in data else Position(document.path, 1, 1, len(_FIRST_LINE))
        remedy = "Separate the cells by commas and write: # delimiter: ','"
        faults.append(Fault(where, f"The delimiter is {seen}; annotated tables have commas.", "TAB01", remedy))
    if not data.get("datatype"):
        where = document.at_key("datatype") if "datatype" in data else Position(document.path, 1, 1, len(_FIRST_LINE))
        faults.append(
            Fault(where, "The header describes no columns.", "TAB01", "List them under datatype: name, datatype, unit, …")
        )
    return faults


def _wrong_names(name: str, line: int, body: str, columns: tuple[TableColumn, ...]) -> list[Fault]:
    """The line of column names must repeat the names of the header."""
    first = _first_line(body)
    expected = [column.name for column in columns]
    if not first:
        message = "The table ends after its header."
        return [Fault(Position(name, line, 1), message, "TAB01", f"Add the line of column names: {','.join(expected)}")]
    if _names(first) == expected:
        return []
    message = f"The line of column names is {first!r}, but the header describes {','.join(expected)!r}."
    return [Fault(Position(name, line, 1, len(first)), message, "TAB01", "Write the same names, in the same order, in both.")]


def _names(line: str) -> list[str]:
    """The names in the line of column names."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line]), [])
    except csv.Error:  # e.g. a lone carriage return
        return [line]


def _misspelt(document: Document) -> list[Fault]:
    """Keys beside KM3Resource, origin and original belong to other tools, unless they only look like ours."""
    meta = document.data.get("meta")
    ours = ("KM3Resource", "origin", "original")
    faults = []
    for key in meta if isinstance(meta, Mapping) else ():
        if key not in ours and (remedy := did_you_mean(key, ours)):
            faults.append(Fault(document.at_key("meta", key), f"meta has no field {key!r}.", "RES02", remedy))
    return faults


def parameter_of(column: TableColumn) -> Parameter:
    """Return the column as a parameter; its values are understood already."""
    said: dict[str, Any] = {key: value for key, value in column.meta.__dict__.items() if value is not None}
    return Parameter.model_construct(
        {*said, "columnname", "datatype", "unit", "description"},
        columnname=column.name,
        datatype=column.datatype,
        unit=column.unit,
        description=column.description,
        **said,
    )
