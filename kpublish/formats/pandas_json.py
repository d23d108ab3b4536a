"""JSON as pandas writes tables, by columns or by records; NaN and Infinity are read too.

JSON: RFC 8259, https://www.rfc-editor.org/rfc/rfc8259
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kpublish.formats.bare import no_table, read_with, refused
from kpublish.formats.cells import typed
from kpublish.formats.text_rows import decoded
from kpublish.model.bare_table import BareColumn, BareTable
from kpublish.model.finding import Fault, Position

KIND = "bare"
SUFFIXES = (".json",)
MEDIA_TYPE = "application/json"

_FLAT = "Write a number, a text or null in every cell."


class _Number(str):
    """The literal of a number."""

    __slots__ = ()


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys came twice."""

    __slots__ = ("twice",)
    twice: tuple[str, ...]


def recognises(head: bytes, path: str) -> bool:
    """Whether the text begins as an object or list does; a list also needs the suffix, as brackets begin many texts."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b'{"', b"{\n", b"{ ", b"{\r", b"[{")) or (start.startswith(b"[") and path.lower().endswith(".json"))


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the table, not raised."""
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of a JSON text; what stands beside the columns is ``meta``."""
    told = decoded(content, name)
    if isinstance(told, Fault):
        return (BareTable(name, faults=(told,)),)
    text = told[0].removeprefix("\ufeff")
    try:
        data = json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        return (refused(name, f"This is not JSON: {error.msg}.", "Mend the text here.", line=error.lineno, column=error.colno),)
    except RecursionError:
        return (refused(name, "Its values are nested too deep.", "Write the columns at the top.", line=1, column=1),)
    return (_Reading(text, name).table(data),)


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    seen: set[str] = set()
    found.twice = tuple(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return found


class _Reading:
    """Turns decoded JSON into a table, and collects faults at the keys they are about."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.faults: list[Fault] = []

    def table(self, data: Any) -> BareTable:
        """The table; records, rows under ``data``, or columns with their scalars."""
        if isinstance(data, list):
            return self.finished(self.records(data), {})
        if not isinstance(data, _Object):
            return no_table(self.name, "This is a JSON value")
        if isinstance(data.get("data"), list):
            rest = {key: _native(value) for key, value in data.items() if key not in ("data", "columns", "index")}
            return self.finished(self.records(data["data"], data.get("columns")), rest)
        self.twice(data)
        keyed = {key: value for key, value in data.items() if isinstance(value, _Object | list)}
        scalars = {key: _native(value) for key, value in data.items() if key not in keyed}
        return self.finished(self.columns(keyed), scalars)

    def finished(self, cells: Mapping[str | None, Sequence[Any]] | None, meta: Mapping[str, Any]) -> BareTable:
        if cells is None or (not cells and not self.faults):
            return no_table(self.name, "This is JSON")
        columns = [self.column(name, values) for name, values in cells.items()]
        if self.faults:  # something of the table is lost: none of it is better than a part
            return BareTable(self.name, meta=meta, faults=tuple(self.faults))
        return BareTable(self.name, columns=tuple(one for one in columns if one), meta=meta)

    def columns(self, keyed: Mapping[str, Any]) -> dict[str | None, Sequence[Any]] | None:
        """Cells by column: lists, or objects from index to value, all of the same rows."""
        index: list[str] | None = None
        cells: dict[str | None, Sequence[Any]] = {}
        for name, values in keyed.items():
            rows = list(values) if isinstance(values, _Object) else [str(number) for number in range(len(values))]
            if isinstance(values, _Object):
                self.twice(values)
            if index is not None and rows != index:
                message = f"The column {name!r} has other rows than the first one: {len(rows)}, not {len(index)}."
                message = (
                    message if len(rows) != len(index) else f"The column {name!r} names its rows otherwise than the first one."
                )
                self.fault(name, message, "Give all columns the same rows.")
                return {}
            index = rows
            cells[name] = list(values.values()) if isinstance(values, _Object) else values
        if index and index != [str(number) for number in range(len(index))]:
            numbers = all(map(str.isdecimal, index))
            cells = {None: [_Number(key) for key in index] if numbers else index, **cells}
        return cells if cells and any(map(len, cells.values())) else None

    def records(self, rows: list[Any], names: Any = None) -> dict[str | None, Sequence[Any]] | None:
        """Cells by column of a list of objects, or of a list of lists with ``names``."""
        if rows and all(isinstance(row, _Object) for row in rows):
            for row in rows:
                self.twice(row)
            found = dict.fromkeys(key for row in rows for key in row)
            return {key: [row.get(key) for row in rows] for key in found}
        width = len(names) if isinstance(names, list) else len(rows[0]) if rows and isinstance(rows[0], list) else 0
        if not width or not all(isinstance(row, list) for row in rows):
            return None
        odd = next((number for number, row in enumerate(rows) if len(row) != width), None)
        if odd is not None:
            message = f"Row {odd + 1} has {len(rows[odd])} cells; the table has {width} columns."
            self.fault("data", message, "Give every row a cell for every column.")
            return {}
        titles = [str(_native(name)) for name in names] if names else [f"\0{number}" for number in range(width)]
        if len(set(titles)) < width:
            self.fault("columns", "Two columns have the same name.", "Give every column its own name.")
            return {}
        return {title: [row[number] for row in rows] for number, title in enumerate(titles)}

    def column(self, name: str | None, values: Sequence[Any]) -> BareColumn | None:
        nested = next((value for value in values if isinstance(value, list | dict)), None)
        if nested is not None:
            kind = "list" if isinstance(nested, list) else "mapping"
            self.fault(name, f"{name!r} holds a {kind} where a cell is expected: this is not a column.", _FLAT)
            return None
        title = None if name is not None and name.startswith("\0") else name
        present = [value for value in values if value is not None]
        literals = [_literal(value) for value in values]
        if all(type(value) is _Number for value in present) or all(type(value) is bool for value in present):
            datatype, numbers = typed(literals)
            return BareColumn(title, numbers, datatype, literals)
        if any(type(value) is not str for value in present):
            self.fault(name, f"{name!r} holds numbers and texts.", "Write all cells of a column as numbers, or all as texts.")
        return BareColumn(title, literals, "string", literals)

    def twice(self, data: _Object) -> None:
        for key in data.twice:
            self.fault(key, f"The key {key!r} stands here twice; only the last one counts.", "Keep one of them.", last=True)

    def fault(self, key: str | None, message: str, remedy: str, *, last: bool = False) -> None:
        """A fault at the first or last place of a key in the text."""
        wanted = f'"{key}"'
        start = self.text.rfind(wanted) if last else self.text.find(wanted)
        start = max(start, 0)
        line = self.text.count("\n", 0, start) + 1
        where = Position(self.name, line, start - (self.text.rfind("\n", 0, start) + 1) + 1, len(wanted))
        self.faults.append(Fault(where, message, "TAB01", remedy))


def _literal(value: Any) -> str | None:
    """The text of a cell as it stands in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _native(value: Any) -> Any:
    """The value with its numbers as numbers, at any depth."""
    if isinstance(value, _Number):
        values = typed([value])[1]
        return values[0]
    if isinstance(value, dict):
        return {key: _native(item) for key, item in value.items()}
    return [_native(item) for item in value] if isinstance(value, list) else value
