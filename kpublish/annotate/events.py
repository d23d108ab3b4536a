"""Writes annotated event files, of tables that may be larger than memory, and proves that they hold what the bare ones held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kpublish.annotate.literals import cells
from kpublish.annotate.writing import header_of
from kpublish.errors import IntegrityError, UsageError
from kpublish.files import beside, sha256_of
from kpublish.formats.h5.reading import EVENTS, read
from kpublish.formats.h5.stored import BLOCK, StoredColumn
from kpublish.formats.h5.writing import blocks_of, dtype_of, write_events
from kpublish.model.annotation import Draft
from kpublish.model.bare_table import BareTable
from kpublish.model.provenance import ProcessingStep
from kpublish.registry import import_with_hint

#: Suffix of event files.
SUFFIX = ".h5"
#: Rows of a large table from which names, units and roles are proposed.
LOOKED_AT = 100_000


def is_stored(table: BareTable) -> bool:
    """Whether the rows of a table stay in their file."""
    return any(isinstance(column.values, StoredColumn) for column in table.columns)


def first_rows(table: BareTable) -> BareTable:
    """Return a table with the first rows only, from which is proposed what it is."""
    return replace(table, columns=tuple(replace(column, values=column.values[:LOOKED_AT]) for column in table.columns))


@dataclass(frozen=True, slots=True)
class Stated:
    """What an event file says beyond what is drafted: as for :func:`kpublish.annotate.writing.annotate`.

    ``release`` are the metadata that the file inherits, for the attribute and the table that say them in full.
    """

    kid: str
    linear: bool = False
    authors: Sequence[Mapping[str, Any]] = ()
    steps: Sequence[ProcessingStep] = ()
    release: Mapping[str, Any] = field(default_factory=dict)


class _Same(Exception):
    """The file that is there has the same bytes already."""


def write_annotated(output: Path, table: BareTable, draft: Draft, stated: Stated, *, force: bool = False) -> bool:
    """Write a table as an annotated event file, unless it is there and the same; True, if it was.

    Parameters
    ----------
    output
        The file, whose name ends with ``.h5``.
    table
        All rows of what ``draft`` describes.
    draft
        With all answers.
    stated
        What else the file says.

    Raises
    ------
    UsageError
        If the table has empty cells that HDF5 cannot hold; if something else is there, and ``force`` is not set.
    IntegrityError
        If what was written does not hold the same numbers: a fault of kpublish.
    StorageError
        If it cannot be written.
    """
    linear = stated.linear
    header = header_of(draft, stated.kid, linear=linear, authors=stated.authors, steps=stated.steps)
    rows = _Stored(table, draft, linear) if is_stored(table) else _Held(table, draft, header, linear)
    header["datatype"] = [{**entry, "datatype": kind} for entry, kind in zip(header["datatype"], rows.datatypes, strict=True)]
    try:
        with beside(output) as place:
            write_events(place, header, rows.dtype, rows.blocks(), rows.groups(), stated.release)
            _stop_at_another(output, _proved(place, rows), force=force)
    except _Same:
        return True
    return False


def _stop_at_another(output: Path, written: str, *, force: bool) -> None:
    if not output.exists():
        return
    if sha256_of(output)[0] == written:
        raise _Same
    if not force:
        raise UsageError(f"{output} is there already and differs.", remedy="Use --force to overwrite it; its kid stays.")


class _Held:
    """The rows of a table in memory."""

    def __init__(self, table: BareTable, draft: Draft, header: Mapping[str, Any], linear: bool) -> None:
        pairs = zip(table.columns, draft.columns, strict=True)
        self.values = [cells(column, proposed, linear=linear)[1] for column, proposed in pairs]
        self.datatypes = [str(entry["datatype"]) for entry in header["datatype"]]
        self.dtype = dtype_of(header["datatype"], self.values)

    def blocks(self) -> Iterator[Any]:
        """Yield the rows in blocks."""
        yield from blocks_of(self.dtype, self.values)

    def groups(self) -> Any:
        """Return which rows belong together: nothing is known of it."""
        return None


class _Stored:
    """The rows of a table in an HDF5 file."""

    def __init__(self, table: BareTable, draft: Draft, linear: bool) -> None:
        columns = [column.values for column in table.columns]
        first = columns[0]
        assert isinstance(first, StoredColumn)
        self.file, self.dataset = first.file, first.dataset
        names = [column.name.removeprefix("log10_") if column.log and linear else column.name for column in draft.columns]
        self.logs = {name for name, column in zip(names, draft.columns, strict=True) if column.log and linear}
        with import_with_hint("h5py").File(self.file, "r") as file:
            there = file[self.dataset].dtype
        self.fields = {name: str(column.name) for name, column in zip(names, table.columns, strict=True)}
        self.dtype = import_with_hint("numpy").dtype([(name, there[field]) for name, field in self.fields.items()])
        self.datatypes = [column.datatype for column in table.columns]

    def blocks(self) -> Iterator[Any]:
        """Yield the rows in blocks; of logarithms, the numbers that they are of."""
        numpy = import_with_hint("numpy")
        with import_with_hint("h5py").File(self.file, "r") as file:
            dataset = file[self.dataset]
            for start in range(0, len(dataset), BLOCK):
                given = dataset[start : start + BLOCK]
                block = numpy.empty(len(given), self.dtype)
                for name, field in self.fields.items():
                    block[name] = numpy.power(10.0, given[field]) if name in self.logs else given[field]
                yield block

    def groups(self) -> Any:
        """Return the table ``group_info`` of the file, as km3pipe writes it; None, if there is none."""
        h5py = import_with_hint("h5py")
        with h5py.File(self.file, "r") as file:
            found = file.get("group_info") if isinstance(file.get("group_info", getlink=True), h5py.HardLink) else None
            if not isinstance(found, h5py.Dataset) or not found.dtype.names or found.dtype.hasobject or found.ndim != 1:
                return None
            return found[()]


def _proved(path: Path, rows: _Held | _Stored) -> str:
    """Read the file again, compare every cell, and return its checksum."""
    numpy = import_with_hint("numpy")
    again = read(path, "annotated")
    if again.faults or not again.parameters:
        raise _unfit(again.faults[0].message if again.faults else "it has no columns")
    count = 0
    with import_with_hint("h5py").File(path, "r") as file:
        dataset = file[EVENTS]
        for block in rows.blocks():
            there = dataset[count : count + len(block)]
            for name in rows.dtype.names:
                if not numpy.array_equal(there[name], block[name], equal_nan=rows.dtype[name].kind == "f"):
                    raise _unfit(f"the column {name} differs")
            count += len(block)
        if count != len(dataset):
            raise _unfit("rows are missing")
    return again.sha256


def _unfit(why: str) -> IntegrityError:
    return IntegrityError(
        f"What was written does not hold what was read: {why}.",
        remedy="Nothing was written; this is a fault of kpublish: report it with the file.",
    )


def stop_at_text(output: Path, table: BareTable) -> None:
    """Stop where a table that is larger than memory shall become a text.

    Raises
    ------
    UsageError
        If so.
    """
    if is_stored(table) and output.suffix != SUFFIX:
        raise UsageError(
            f"{table.path} is too large to become an annotated text.", remedy=f"Name an event file: --output {output.stem}{SUFFIX}"
        )
