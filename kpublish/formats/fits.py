"""Tables in FITS files (FITS standard 4.0, section 7, https://fits.gsfc.nasa.gov/fits_standard.html)."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpublish.formats.arrays import fault, table_of, too_large
from kpublish.formats.bare import no_table, read_with, refused
from kpublish.model.bare_table import BareTable
from kpublish.registry import import_with_hint

KIND = "bare"
SUFFIXES = (".fits", ".fit", ".fts")
MEDIA_TYPE = "application/fits"

#: Lists outside of the rows: as many rows as one likes may name the same one.
_VARYING = re.compile(r"\d*[PQ]")
_PER_ROW = "Write one number or text per row."
_COMMENTARY = ("COMMENT", "HISTORY", "")


def recognises(head: bytes, path: str) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether it begins as a FITS file does."""
    return head.startswith(b"SIMPLE  =")


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the tables, not raised.

    Raises
    ------
    MissingExtra
        If astropy is not installed.
    """
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of a FITS file: a table per table extension, with its keywords as ``meta``."""
    fits = import_with_hint("astropy.io.fits")
    if not recognises(content, name):  # astropy unpacks what is compressed, to any size
        return (refused(name, "This is not a FITS file: it does not begin with SIMPLE.", "Write the file again."),)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            with fits.open(io.BytesIO(content), memmap=False, disable_image_compression=True) as units:
                tables = tuple(_tables(fits, units, name))
        except Exception as error:  # astropy tells broken bytes by exceptions of any kind
            return (refused(name, f"This is not a whole FITS file: {error}.", "Write the file again."),)
    if cut := next((str(one.message) for one in seen if "truncated" in str(one.message)), None):
        return (refused(name, f"The file ends too early: {cut}.", "Write the file again."),)
    return tables or (no_table(name, "This is a FITS file"),)


def _tables(fits: Any, units: Any, name: str) -> Iterator[BareTable]:
    for unit in units:
        if not isinstance(unit, fits.BinTableHDU | fits.TableHDU):
            continue
        if too_large(unit.header["NAXIS2"] * len(unit.columns), unit.size):
            faults = (fault(name, unit.name, "It is larger than what is read into memory.", "Publish a smaller table."),)
            yield BareTable(name, unit.name, faults=faults)
            continue
        vary = [one.name for one in unit.columns if _VARYING.match(str(one.format))]
        columns = {
            one.name: (_array(unit, number), _said(unit, number)) for number, one in enumerate(unit.columns) if one.name not in vary
        }
        meta = {key: value for key, value in unit.header.items() if key not in _COMMENTARY and not key.startswith("T") and key}
        table = table_of(name, unit.name, columns, meta)
        lists = tuple(fault(name, unit.name, f"The column {one!r} holds lists of varying length.", _PER_ROW) for one in vary)
        yield replace(table, faults=(*table.faults, *lists))


def _array(unit: Any, number: int) -> Any:
    """The column; where it names an integer that stands for nothing (TNULL), that is None."""
    import numpy as np

    array = np.asarray(unit.data.field(number))
    null = unit.columns[number].null
    return np.ma.masked_equal(array, null) if isinstance(null, int) and array.dtype.kind in "iu" else array


def _said(unit: Any, number: int) -> dict[str, str]:
    """Unit, description (TCOMMn, as written by many tools) and UCD (TUCDn)."""
    keys = {"unit": "TUNIT", "description": "TCOMM", "ucd": "TUCD"}
    return {field: str(unit.header[f"{key}{number + 1}"]) for field, key in keys.items() if unit.header.get(f"{key}{number + 1}")}
