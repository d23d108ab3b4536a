"""ECSV 0.9 and 1.0 of other tools: any delimiter, no KM3Resource (https://github.com/astropy/astropy-APEs/blob/main/APE6.rst)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from kpublish.formats.bare import read_with, refused
from kpublish.formats.cells import column, is_missing, is_number
from kpublish.formats.delimited import regular
from kpublish.formats.text_rows import Row, decoded, rows_of
from kpublish.formats.yaml_document import read_text
from kpublish.model.bare_table import BareColumn, BareTable
from kpublish.model.document import Document, native
from kpublish.model.finding import Fault, Position
from kpublish.model.table import Datatype

KIND = "bare"
SUFFIXES = (".ecsv",)
MEDIA_TYPE = "text/csv"


def recognises(head: bytes, path: str) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether the first line is that of ECSV."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(b"# %ECSV ")


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the table, not raised."""
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of an ECSV file; ``meta`` is that of its header."""
    told = decoded(content, name)
    if isinstance(told, Fault):
        return (BareTable(name, faults=(told,)),)
    lines = told[0].split("\n")
    length = next((number for number, text in enumerate(lines) if text.strip() and not text.startswith("#")), len(lines))
    header = _header(lines[:length], name)
    said = header.data.get("datatype") if isinstance(header.data, Mapping) else None
    if header.faults or not isinstance(said, list) or not all(isinstance(one, Mapping) and one.get("name") for one in said):
        fault = Fault(
            header.at("datatype"), "The header describes no columns.", "TAB01", "List them under datatype, with their names."
        )
        return (BareTable(name, faults=header.faults or (fault,)),)
    delimiter = str(header.data.get("delimiter", " "))
    if delimiter not in (" ", ","):
        return (
            refused(name, f"ECSV has no delimiter {delimiter!r}.", "Separate the cells by commas or blanks.", line=1, column=1),
        )
    stream, faults = rows_of([*[""] * length, *lines[length:]], delimiter, name)
    rows = list(stream)
    meta = {"encoding": told[1], "delimiter": delimiter, **_meta(native(header.data.get("meta")))}
    return (_table(rows, said, BareTable(name, meta=meta, faults=tuple(faults))),)


def _header(lines: Sequence[str], name: str) -> Document:
    """The YAML of the comments, at the positions of the file."""
    texts = [line[2:] if line.startswith("# ") else line[1:] for line in lines]
    return read_text("\n".join(["", *texts[1:]]), name, column_offset=2)


def _table(rows: Sequence[Row], said: Sequence[Mapping[str, Any]], table: BareTable) -> BareTable:
    """The table whose first row repeats the names of its header; anything else there is a fault."""
    names = [str(one["name"]) for one in said]
    if not rows or rows[0].cells != names:
        line, seen = (rows[0].line, ", ".join(rows[0].cells)) if rows else (0, "no rows")
        message = f"The header describes {', '.join(names)}; the file has {seen}."
        return refused(table.path, message, "Write the same names, in the same order, in both.", line=line, column=min(line, 1))
    body, faults = regular(rows[1:], len(names), table.path)
    cells: list[tuple[str, ...]] = list(zip(*(row.cells for row in body), strict=True)) or [()] * len(names)
    lines = [row.line for row in body]
    columns = tuple(_column(literals, one) for literals, one in zip(cells, said, strict=True))
    wrong = (fault for found, one in zip(columns, said, strict=True) for fault in _wrong(found, one, lines, table.path))
    return replace(table, columns=columns, lines=lines, faults=(*table.faults, *faults, *wrong))


def _column(literals: Sequence[str], said: Mapping[str, Any]) -> BareColumn:
    """The column with the datatype that its header says; where a cell is not of it, all are text."""
    told = {key: str(said[key]) for key in ("unit", "description") if said.get(key) is not None}
    found = column(str(said["name"]), literals, **told)
    datatype = said.get("datatype", "string")
    if datatype == "string" or datatype not in get_args(Datatype):
        return replace(found, values=[cell or None for cell in literals], datatype="string")
    if found.datatype == "string" and any(literals):
        return found
    if datatype.startswith("float"):
        found = replace(found, values=[None if value is None else float(value) for value in found.values])
    return replace(found, datatype=cast(Datatype, str(datatype)))


def _wrong(found: BareColumn, said: Mapping[str, Any], lines: Sequence[int], path: str) -> Iterator[Fault]:
    """Cells that are no numbers in a column that is said to hold some."""
    datatype = said.get("datatype", "string")
    if found.datatype != "string" or datatype in ("string", "bool"):
        return
    for line, cell in zip(lines, found.literals or (), strict=True):
        if not is_missing(cell) and not is_number(cell or ""):
            message = f"{cell!r} in the column {found.name!r} is not of its datatype {datatype}."
            yield Fault(Position(path, line, 1), message, "TAB03", "Write a number, or leave the cell empty.")


def _meta(said: Any) -> dict[str, Any]:
    """What the header says under meta: a mapping, or a list of pairs as in ordered mappings."""
    if isinstance(said, Mapping):
        return dict(said)
    pairs = said if isinstance(said, list) else ()
    return {key: value for pair in pairs if isinstance(pair, Mapping) for key, value in pair.items()}
