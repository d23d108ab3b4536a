"""Where an annotated table goes: beside the original, under a kid that it keeps, and never over something else."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from pathlib import Path

from kpublish.errors import KpublishError, UsageError
from kpublish.files import read_bytes, write_bytes
from kpublish.formats import h5
from kpublish.formats.ecsv import read
from kpublish.model.annotation import Draft
from kpublish.model.bare_table import BareTable

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def output_of(file: Path, table: BareTable) -> Path:
    """Return the path of the annotated table: the name of the file, and of the table where the file holds several.

    >>> output_of(Path("data/a+b [1].json"), BareTable("a+b [1].json")).as_posix()
    'data/a_b_1.ecsv'
    """
    parts = (file.stem, table.name) if table.name and table.name != file.stem else (file.stem,)
    name = "-".join(re.sub(r"[^0-9A-Za-z._-]+", "_", part).strip("_") for part in parts)
    output = file.with_name(f"{name or 'table'}.ecsv")
    return output.with_name(f"{output.stem}.annotated.ecsv") if output == file else output


def kid_of(output: Path, table: BareTable) -> str:
    """Return the kid of an annotated table that was made of the same file before; else a new one.

    Raises
    ------
    UsageError
        If the table that is there was made of another file.
    """
    there = (h5.read if output.suffix == ".h5" else read)(output, output.name) if output.is_file() else None
    if there is None or not there.kid:
        return str(uuid.uuid4())
    source = there.original.file if there.original else None
    if source != table.path:
        raise UsageError(
            f"{output} was made of {source or 'something else'}, not of {table.path}.",
            remedy="Rename one of the two files, so that each has a table of its own.",
        )
    return there.kid


def with_covariance(draft: Draft, folder: Path) -> Draft:
    """Return the draft with the kid of its covariance matrix, where the answer names the file of it.

    Raises
    ------
    UsageError
        If that file is no annotated table.
    """
    if not draft.covariance or _UUID.fullmatch(draft.covariance):
        return draft
    file = folder / draft.covariance
    kid = read(file, file.name).kid if file.is_file() else None
    if kid is None:
        raise UsageError(f"{file} is no annotated table with a kid.", remedy="Annotate the matrix first, then its table.")
    return replace(draft, covariance=kid)


def write(output: Path, text: str, *, force: bool) -> bool:
    """Write a file, unless it is there and the same; True, if it was.

    Raises
    ------
    UsageError
        If something else is there, and ``force`` is not set.
    StorageError
        If it cannot be written.
    """
    try:
        there = read_bytes(output) if output.exists() else None
    except KpublishError:
        there = b""
    if there == text.encode():
        return True
    if there is not None and not force:
        raise UsageError(f"{output} is there already and differs.", remedy="Use --force to overwrite it; its kid stays.")
    write_bytes(output, text.encode())
    return False
