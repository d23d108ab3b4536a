"""Reads annotated event files; what is wrong is in the table. Only texts of fixed length are looked at, and no link is followed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kpublish.errors import KpublishError
from kpublish.files import open_bytes, sha256_of
from kpublish.formats.arrays import BYTES
from kpublish.formats.ecsv.reading import parameter_of
from kpublish.formats.h5.stored import StoredColumn
from kpublish.formats.understanding import understand
from kpublish.formats.yaml_document import read_text
from kpublish.model.document import Document
from kpublish.model.finding import Fault, Position
from kpublish.model.table import Table, TableHeader
from kpublish.registry import import_with_hint

#: The table of events, and the YAML that describes it.
EVENTS, META = "events", "events.__table_column_meta__"
#: How a file begins.
MAGIC = b"\x89HDF\r\n\x1a\n"
#: The largest header that is read, in bytes.
_LARGEST = 4_000_000
_ANNOTATE = "Run kpublish annotate with it, with --output and a name that ends with .h5."


def is_annotated(path: Path) -> bool:
    """Whether a file is an event file with a kid."""
    try:
        with open_bytes(path) as stream:
            if stream.read(len(MAGIC)) != MAGIC:
                return False
        with import_with_hint("h5py").File(path, "r") as file:
            return META in file and "kid" in file.attrs
    except (KpublishError, OSError, RuntimeError, KeyError, ValueError):
        return False


def read(path: Path, name: str) -> Table:
    """Read the file ``path``, called ``name`` in messages; faults are in the table, not raised. Rows stay in the file.

    Raises
    ------
    MissingExtra
        If h5py is not installed.
    """
    h5py = import_with_hint("h5py")
    try:
        sha256, _ = sha256_of(path)
    except KpublishError as error:
        return _refused(name, error.message, error.remedy)
    try:
        with h5py.File(path, "r") as file:
            return _Events(h5py, path.absolute(), name, sha256).read(file)
    except Exception as error:  # HDF5 tells broken bytes by exceptions of any kind
        return _refused(name, f"This is not a whole HDF5 file: {error}.", "Write the file again.", sha256)


def _refused(name: str, message: str, remedy: str, sha256: str = "") -> Table:
    return Table(name, Document(name), faults=(Fault(Position(name), message, "TAB01", remedy),), sha256=sha256)


class _Events:
    """Understands one file."""

    def __init__(self, h5py: Any, path: Path, name: str, sha256: str) -> None:
        self.h5py, self.path, self.name, self.sha256 = h5py, path, name, sha256

    def read(self, file: Any) -> Table:
        look = Unusable(self.h5py)
        if why := look.table(file, EVENTS) or look.text(file, META):
            return _refused(self.name, why, _ANNOTATE, self.sha256)
        text = b"\n".join(file[META][()].tolist()).decode("utf-8", "replace") + "\n"
        document = read_text(text, self.name)
        if not isinstance(document.data, dict):
            faults = document.faults or (Fault(Position(self.name), "Its header describes nothing.", "TAB01", _ANNOTATE),)
            return Table(self.name, document, faults=faults, sha256=self.sha256)
        header, faults = understand(TableHeader, {"datatype": [], **document.data}, document)
        if header is None:
            return Table(self.name, document, faults=(*document.faults, *faults), sha256=self.sha256)
        events = file[EVENTS]
        wrong = tuple(self.differing(header, events.dtype))
        rows = len(events)
        columns = tuple(
            StoredColumn(self.path, EVENTS, column.name, rows, words=column.datatype == "string") for column in header.datatype
        )
        return Table(
            self.name,
            document,
            header.meta.KM3Resource,
            tuple(map(parameter_of, header.datatype)),
            header.meta.origin,
            () if wrong else columns,
            "",
            range(1, rows + 1),
            (*document.faults, *faults, *wrong, *self.another_kid(file, header)),
            self.sha256,
            header.meta.original,
        )

    def differing(self, header: TableHeader, dtype: Any) -> Iterator[Fault]:
        """Yield where the header does not describe the rows."""
        names = [column.name for column in header.datatype]
        if names != list(dtype.names):
            message = f"The header describes {', '.join(names)}, but the rows have {', '.join(dtype.names)}."
            yield Fault(Position(self.name), message, "TAB01", _ANNOTATE)
            return
        for number, column in enumerate(header.datatype):
            kind = dtype.fields[column.name][0]
            stored = "string" if kind.kind == "S" else "bool" if kind.kind == "b" else kind.name
            if stored != column.datatype:
                where = Position(self.name, 0, 0)
                message = f"The column {column.name} is {stored}, but its datatype says {column.datatype}."
                yield Fault(where, message, "TAB03", f"Write datatype: {stored} for column {number + 1}.")

    def another_kid(self, file: Any, header: TableHeader) -> Iterator[Fault]:
        """Yield that the root names another kid than the header."""
        kid = text_of(file, "kid")
        if header.meta.KM3Resource.kid and kid != header.meta.KM3Resource.kid:
            message = f"The kid of the file is {kid or 'missing'}, that of its header {header.meta.KM3Resource.kid}."
            yield Fault(Position(self.name), message, "TAB01", _ANNOTATE)


class Unusable:
    """Says why a dataset is not read; empty, if it is."""

    def __init__(self, h5py: Any) -> None:
        self.h5py = h5py

    def table(self, file: Any, place: str) -> str:
        """Of rows with named fields."""
        if why := self._dataset(file, place):
            return why
        item = file[place]
        kinds = [kind for kind, *_ in item.dtype.fields.values()] if item.dtype.fields else []
        if not kinds or any(kind.kind not in "fiubS" or kind.shape or kind.name == "float128" for kind in kinds):
            return f"{place} holds something else than numbers, truth values and texts of fixed length."
        if math.prod(item.chunks or (1,)) * item.dtype.itemsize > BYTES:
            return f"{place} is packed in pieces that are larger than what is read into memory."
        return ""

    def text(self, file: Any, place: str) -> str:
        """Of lines."""
        if why := self._dataset(file, place):
            return why
        item = file[place]
        if item.dtype.kind != "S" or item.size * item.dtype.itemsize > _LARGEST:
            return f"{place} is no text, or too large for one that describes columns."
        return ""

    def _dataset(self, file: Any, place: str) -> str:
        link = file.get(place, getlink=True)
        if link is None:
            return f"It holds no {place}: this is not an annotated event file."
        if not isinstance(link, self.h5py.HardLink):
            return f"{place} is a link, which is not followed."
        item = file[place]
        if not isinstance(item, self.h5py.Dataset) or item.ndim != 1:
            return f"{place} is no table."
        if item.is_virtual or item.external:
            return f"{place} has its data in other files, which are not read."
        return ""


def text_of(item: Any, key: str) -> str:
    """Return a text among the attributes; empty where there is none of fixed length."""
    if key not in item.attrs or item.attrs.get_id(key).dtype.hasobject:
        return ""
    value = item.attrs[key]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
