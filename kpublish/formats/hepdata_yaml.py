"""HEPData tables in YAML: independent and dependent variables with errors (https://hepdata-submission.readthedocs.io/en/latest/data_yaml.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpublish.formats.bare import no_table, read_with, refused
from kpublish.formats.cells import column
from kpublish.formats.text_rows import decoded
from kpublish.formats.yaml_document import read_text
from kpublish.model.bare_table import BareColumn, BareTable
from kpublish.model.document import Document, native
from kpublish.model.finding import Fault

KIND = "bare"
SUFFIXES = (".yaml", ".yml")
MEDIA_TYPE = "application/yaml"

_KINDS = ("independent_variables", "dependent_variables")
_LISTED = re.compile(r"^data_file:\s*(\S+)", re.MULTILINE)


def recognises(head: bytes, path: str) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether it speaks of variables in HEPData's words."""
    return re.search(rb"^['\"]?(in)?dependent_variables['\"]?\s*:", head, re.MULTILINE) is not None


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the table, not raised."""
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of a table of HEPData; ``meta`` says the ``qualifiers`` of each dependent variable."""
    told = decoded(content, name)
    if isinstance(told, Fault):
        return (BareTable(name, faults=(told,)),)
    if listed := _LISTED.findall(told[0]):
        message = "This lists the tables of a submission and holds none itself."
        return (refused(name, message, f"Name the tables: {', '.join(listed[:5])}{', …' * (len(listed) > 5)}."),)
    document = read_text(told[0].removeprefix("\ufeff"), name)
    if document.faults:
        return (BareTable(name, faults=document.faults),)
    if not isinstance(document.data, Mapping) or not any(isinstance(document.data.get(kind), list) for kind in _KINDS):
        return (no_table(name, "This is YAML"),)
    return (_table(document),)


def _table(document: Document) -> BareTable:
    columns: list[BareColumn] = []
    faults: list[Fault] = []
    qualifiers: list[Any] = []
    for kind in _KINDS:
        variables = document.data.get(kind)
        for number, variable in enumerate(variables if isinstance(variables, list) else ()):
            if not isinstance(variable, Mapping) or not isinstance(variable.get("values"), list):
                faults.append(Fault(document.at(kind, number), "This variable has no values.", "TAB01", "List them under values."))
                continue
            if kind == _KINDS[1]:
                qualifiers.append(native(variable.get("qualifiers") or []))
            columns += _variable(variable)
            rows = len(columns[0].values) if columns else 0
            if len(variable["values"]) != rows:
                message = f"This variable has {len(variable['values'])} values; the first one has {rows}."
                faults.append(Fault(document.at(kind, number), message, "TAB02", "Give every variable a value for every row."))
            faults += _strange(variable["values"], document, (kind, number, "values"))
    if faults:
        return BareTable(document.path, faults=tuple(faults))
    if not columns:
        return no_table(document.path, "This is a HEPData file")
    return BareTable(document.path, columns=tuple(columns), meta={"qualifiers": qualifiers} if any(qualifiers) else {})


def _variable(variable: Mapping[str, Any]) -> Iterator[BareColumn]:
    """Columns of a variable: value or edges, then those of each error."""
    header = variable.get("header")
    title, unit = (header.get("name"), header.get("units")) if isinstance(header, Mapping) else (None, None)
    told = [row if isinstance(row, Mapping) else {} for row in variable["values"]]
    for key, suffix in (("value", ""), ("low", " low"), ("high", " high")):
        if any(key in row for row in told) or (key == "value" and not any("low" in row for row in told)):
            yield _named(title, suffix, unit, [row.get(key) for row in told])
    errors = [dict(_errors(row)) for row in told]
    for suffix in dict.fromkeys(suffix for row in errors for suffix in row):
        yield _named(title, suffix, unit, [row.get(suffix) for row in errors])


def _named(title: Any, suffix: str, unit: Any, cells: list[Any]) -> BareColumn:
    """A column; relative errors keep their per cent signs and so stay text."""
    found = column(f"{title or ''}{suffix}".strip() or None, [None if cell is None else str(cell) for cell in cells])
    relative = any("%" in (cell or "") for cell in found.literals or ())
    return found if unit is None or relative else replace(found, unit=str(unit))


def _errors(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Name and literal of each number in the errors of a value; errors without label are counted."""
    errors = row.get("errors")
    for number, error in enumerate(errors if isinstance(errors, list) else (), 1):
        if not isinstance(error, Mapping):
            continue
        label = f" {error.get('label') or (f'error {number}' if number > 1 else 'error')}"
        if "symerror" in error:
            yield label, error["symerror"]
        if isinstance(both := error.get("asymerror"), Mapping):
            yield f"{label} minus", both.get("minus")
            yield f"{label} plus", both.get("plus")


def _strange(values: list[Any], document: Document, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Values that are no mapping of numbers and texts."""
    for number, row in enumerate(values):
        if not isinstance(row, Mapping) or any(isinstance(row.get(key), Mapping | list) for key in ("value", "low", "high")):
            yield Fault(document.at(*path, number), "This is not a value.", "TAB01", "Write {value: …} or {low: …, high: …}.")
