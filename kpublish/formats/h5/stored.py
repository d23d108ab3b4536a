"""Columns that stay in their file: read in blocks, so that a table may be larger than memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import isnan
from pathlib import Path
from typing import Any, overload

from kpublish.registry import import_with_hint

#: Rows that are read at once.
BLOCK = 1 << 17


class StoredColumn(Sequence[Any]):
    """One field of a compound dataset; a block that was read is kept until another one is asked for."""

    __slots__ = ("_block", "_start", "dataset", "field", "file", "rows", "words")

    def __init__(self, file: Path, dataset: str, field: str, rows: int, *, words: bool) -> None:
        self.file, self.dataset, self.field = file, dataset, field
        self.rows, self.words = rows, words
        self._start, self._block = -1, list[Any]()

    def __reduce__(self) -> Any:
        """What it is made of, for its way into another process: not the block that was read last."""
        return _restored, (self.file, self.dataset, self.field, self.rows, self.words)

    def __len__(self) -> int:
        return self.rows

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            start, stop, step = index.indices(self.rows)
            return self._plain(self.array(start, stop))[:: step or 1] if step > 0 else list(self)[index]
        row = range(self.rows)[index]
        start = row - row % BLOCK
        if start != self._start:
            self._start, self._block = start, self._plain(self.array(start, start + BLOCK))
        return self._block[row - start]

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(map(self._plain, self.arrays()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(other) == self.rows and all(map(_equal, self, other))

    __hash__ = None  # type: ignore[assignment]

    def array(self, start: int = 0, stop: int | None = None) -> Any:
        """Return the rows from ``start`` to before ``stop`` (None: the last one) as a NumPy array."""
        with import_with_hint("h5py").File(self.file, "r") as file:
            return file[self.dataset].fields(self.field)[start:stop]

    def arrays(self) -> Iterator[Any]:
        """Yield all rows as NumPy arrays, one after the other."""
        with import_with_hint("h5py").File(self.file, "r") as file:
            fields = file[self.dataset].fields(self.field)
            for start in range(0, self.rows, BLOCK):
                yield fields[start : start + BLOCK]

    def _plain(self, array: Any) -> list[Any]:
        """Python's own values; of texts, those that are not empty."""
        values: list[Any] = array.tolist()
        return [_text(value) for value in values] if self.words else values


def _restored(file: Path, dataset: str, field: str, rows: int, words: bool) -> StoredColumn:
    return StoredColumn(file, dataset, field, rows, words=words)


def _text(value: bytes) -> str | None:
    return value.decode("utf-8", "replace").rstrip("\0 ") or None


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) or (isinstance(one, float) and isinstance(other, float) and isnan(one) and isnan(other))
