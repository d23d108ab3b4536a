"""VOTable 1.4 (https://www.ivoa.net/documents/VOTable/20191021/).

Data in other files and document types are refused before a library sees them.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from pathlib import Path
from typing import Any
from xml.parsers import expat

from kpublish.formats.arrays import table_of
from kpublish.formats.bare import no_table, read_with, refused
from kpublish.model.bare_table import BareTable
from kpublish.registry import import_with_hint

KIND = "bare"
SUFFIXES = (".vot", ".votable", ".xml")
MEDIA_TYPE = "application/x-votable+xml"


#: Length of arrays that are taken for granted.
_LENGTH = 100_000


class _Hostile(Exception):
    """The document would make a parser read something else."""


def recognises(head: bytes, path: str) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether the element VOTABLE begins in the first bytes."""
    return b"<VOTABLE" in head or b":VOTABLE" in head


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the tables, not raised.

    Raises
    ------
    MissingExtra
        If astropy is not installed.
    """
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of a VOTable: a table per TABLE, with units, UCDs and descriptions of its FIELDs."""
    try:
        _look(content)
    except expat.ExpatError as error:
        message = f"This is not XML: {expat.errors.messages[error.code]}."
        return (refused(name, message, "Mend the text here.", line=error.lineno, column=error.offset + 1),)
    except LookupError as error:
        return (refused(name, f"This is XML in an {error}.", "Save the file in UTF-8.", line=1, column=1),)
    except _Hostile as error:
        message, line = error.args
        return (refused(name, message, "Write the data into this file, without document type.", line=line, column=1),)
    votable = import_with_hint("astropy.io.votable")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tables = tuple(_table(table, name) for table in votable.parse(io.BytesIO(content), verify="ignore").iter_tables())
        except Exception as error:  # astropy tells broken bytes by exceptions of any kind
            return (refused(name, f"This is not a VOTable: {error}.", "Write the file again."),)
    return tables or (no_table(name, "This is a VOTable"),)


def _look(content: bytes) -> None:
    """Go through all elements without building anything.

    Raises
    ------
    _Hostile
        If it declares a document type, a STREAM names another file, or a size is stated for which memory would be taken in advance.
    """
    parser = expat.ParserCreate()

    def doctype(*_: Any) -> None:
        raise _Hostile("It declares a document type, which can make readers open other files.", parser.CurrentLineNumber)

    def start(tag: str, attributes: dict[str, str]) -> None:
        names = {name.rpartition(":")[2].lower() for name in attributes}
        promised = math.prod(
            int(number) for key in ("nrows", "arraysize") for number in re.findall(r"\d{1,18}", attributes.get(key, ""))
        )
        if promised > max(len(content), _LENGTH):
            raise _Hostile(f"It promises {promised} cells, which it does not hold.", parser.CurrentLineNumber)
        if tag.rpartition(":")[2].upper() == "STREAM" and "href" in names:
            raise _Hostile("Its data stand in another file, which is not read.", parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.Parse(content, True)


def _table(table: Any, path: str) -> BareTable:
    columns = {field.name: (_array(table.array[field.name]), _said(field)) for field in table.fields}
    meta = {parameter.name: _plain(parameter.value) for parameter in table.params}
    meta |= {"description": str(table.description)} if table.description else {}
    return table_of(path, table.name or table.ID or "", columns, meta)


def _array(array: Any) -> Any:
    """The column; not-a-number in a float column is a value, also where VOTable calls it empty."""
    return array.data if array.dtype.kind == "f" else array


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else str(value)


def _said(field: Any) -> dict[str, str]:
    said = {"unit": field.unit, "description": field.description, "ucd": field.ucd}
    return {key: str(value) for key, value in said.items() if value is not None and str(value)}
