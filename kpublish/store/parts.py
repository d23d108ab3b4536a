"""The tables of an event file (HDF5), of which only what is asked for is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpublish.errors import UsageError
from kpublish.formats.h5 import MEDIA_TYPE as HDF5
from kpublish.formats.h5.reading import EVENTS, Unusable
from kpublish.registry import did_you_mean, import_with_hint

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVENTS", "HDF5", "part_names", "read_part"]


def part_names(path: Path) -> tuple[str, ...]:
    """Return the names of the tables in a file, that of the events first."""
    h5py = import_with_hint("h5py")
    with h5py.File(path, "r") as file:
        found = [name for name in file if not Unusable(h5py).table(file, name)]
    return tuple(sorted(found, key=lambda name: (name != EVENTS, name)))


def read_part(path: Path, part: str, rows: slice, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return rows of a table in a file; texts are decoded.

    Raises
    ------
    UsageError
        If there is no such table or column.
    """
    h5py, pandas = import_with_hint("h5py"), import_with_hint("pandas")
    _known(part, part_names(path), "table")
    with h5py.File(path, "r") as file:
        dataset = file[part]
        names = list(dataset.dtype.names) if columns is None else list(columns)
        for name in names:
            _known(name, dataset.dtype.names, "column")
        read = {name: _decoded(dataset.fields(name)[rows]) for name in names}
    frame: pd.DataFrame = pandas.DataFrame(read)
    return frame


def _known(name: str, among: Sequence[str], what: str) -> None:
    if name not in among:
        raise UsageError(f"There is no {what} {name!r}.", remedy=did_you_mean(name, tuple(among)) or f"Known: {', '.join(among)}.")


def _decoded(array: Any) -> Any:
    if array.dtype.kind != "S":
        return array
    texts = [value.decode("utf-8", "replace") or None for value in array.tolist()]
    return import_with_hint("pandas").array(texts, dtype="string")
