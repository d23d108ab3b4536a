"""Columns of large texts in little memory: a text and the place of each cell instead of an object per cell."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, overload

from kpublish.formats.ecsv.blocks import Numbers

#: What stands between two cells; no text that is read has one.
SEPARATOR = "\0"
_CODES = {"float64": "d", "int64": "q", "uint64": "Q"}


class Literals(Sequence[str]):
    r"""The cells of a column, as they stand in the file.

    >>> cells = Literals("1.50\x002")
    >>> len(cells), cells[-1], list(cells)
    (2, '2', ['1.50', '2'])
    """

    __slots__ = ("_places", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = array("Q", (0,))

    def _found(self) -> array[int]:
        """Where each cell begins, and where one more would; found when it is asked for."""
        if len(self._places) == 1:
            places, place = self._places, 0
            for cell in self._text.split(SEPARATOR):
                place += len(cell) + 1
                places.append(place)
        return self._places

    def __len__(self) -> int:
        return self._text.count(SEPARATOR) + 1

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return self._text.split(SEPARATOR)[index]
        places = self._found()
        number = range(len(places) - 1)[index]
        return self._text[places[number] : places[number + 1] - 1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._text.split(SEPARATOR))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and not isinstance(other, str) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(self._text)


def compacted(values: Sequence[Any], datatype: str) -> Sequence[Any]:
    """Return numbers without gaps as an array, anything else as it is."""
    code = _CODES.get(datatype)
    return Numbers(code, values) if code and not any(value is None for value in values) else values
