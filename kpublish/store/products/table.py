"""Annotated tables as pandas DataFrames, with what their columns mean and where the numbers come from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from kpublish.errors import KpublishError, UnreadableFile, UsageError
from kpublish.formats import FORMATS, TableFormat
from kpublish.http import plain
from kpublish.model.parameter import Parameter
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis
from kpublish.store.arrow import arrow
from kpublish.store.cards import head
from kpublish.store.frames import frame
from kpublish.store.holding import Holding
from kpublish.store.parts import EVENTS, HDF5, part_names, read_part
from kpublish.store.products.described import Published
from kpublish.store.quantities import qtable
from kpublish.store.texts import aligned

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from astropy.table import QTable

KTYPES = ("km3.table",)
WHOLE = False


class AnnotatedTable(Published):
    """A published table; the file is read when its data or its header are first asked for."""

    @cached_property
    def table(self) -> Table:
        """The file as read: header, parameters, values and literals.

        Raises
        ------
        UnreadableFile
            If it cannot be read as a table.
        """
        table = self._format.read(self.path, self.member.path)
        broken = next((fault for fault in table.faults if fault.code.startswith(("TAB", "YML"))), None)
        if broken:
            raise UnreadableFile(
                f"{plain(self.member.path)} line {broken.where.line} cannot be read: {plain(broken.message)}",
                remedy=f"The file as published is at {self.path}; tell who published it.",
            )
        return table

    @cached_property
    def data(self) -> pd.DataFrame:
        """The numbers as a DataFrame: a column per column of the file, in its datatype; empty cells are missing values.

        Raises
        ------
        MissingExtra
            If pandas is not installed.
        UnreadableFile
            If the file cannot be read as a table.
        """
        regular = self._format.MEDIA_TYPE == "text/csv"
        return frame(self.path if regular else None, lambda: self.table)

    @property
    def _format(self) -> TableFormat:
        """The format of the file, by its suffix."""
        suffix = PurePosixPath(self.member.path).suffix
        reader = cast(TableFormat, FORMATS.get(suffix[1:].lower()))
        if reader.KIND != "table":
            raise UnreadableFile(f"{plain(self.member.path)} is no annotated table.", remedy=f"The file is at {self.path}.")
        return reader

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the tables in an event file (HDF5), for :meth:`read`; none in other files."""
        return part_names(self.path) if self._format.MEDIA_TYPE == HDF5 else ()

    def read(
        self, part: str = EVENTS, *, start: int = 0, stop: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return some rows and columns of a table in an event file, without reading the others.

        Parameters
        ----------
        part
            One of :attr:`parts`: ``events``, ``group_info``, ``header``, ``provenance``.
        start, stop
            The first row, counted from 0, and the one behind the last; None: all.
        columns
            Their names; None: all.

        Raises
        ------
        MissingExtra
            If pandas is not installed.
        UsageError
            If there is no such table or column, or this is no event file.
        """
        if not self.parts:
            raise UsageError(f"{plain(self.member.path)} is no event file.", remedy="Its rows are in .data.")
        return read_part(self.path, part, slice(start, stop), columns)

    def get_dataframe(self) -> pd.DataFrame:
        """Return :attr:`data`."""
        return self.data

    def to_astropy(self) -> QTable:
        """Return the table as astropy's QTable: numbers with units are quantities, empty cells are masked (NaN in floats).

        Raises
        ------
        MissingExtra
            If astropy is not installed.
        UnreadableFile
            If the file cannot be read as a table.
        """
        return qtable(self.table)

    def to_arrow(self) -> pa.Table:
        """Return the table as one of Apache Arrow; what the columns mean is in their metadata, as JSON under ``kpublish``.

        Raises
        ------
        MissingExtra
            If pyarrow is not installed.
        UnreadableFile
            If the file cannot be read as a table.
        """
        return arrow(self.table)

    def get_paraminfo(self) -> dict[str, dict[str, Any]]:
        """Return what the columns mean, in the file's order.

        Returns
        -------
        dict
            The key is the column's role on the first axis and ``<role>_<axis>`` on others (the column's name where no role
            is stated; ``_2``, ``_3``, … where a key comes again). The value says ``columnname, name, description, unit,
            symbol`` (None where the file does not say it) and whatever else the file says.
        """
        info: dict[str, dict[str, Any]] = {}
        for parameter in self.table.parameters:
            info[_free(_key(parameter), info)] = _said(parameter)
        return info

    def show_paraminfo(self) -> None:
        """Print what the columns mean: one line for each."""
        keys = ("columnname", "unit", "symbol", "description")
        rows = [[key, *(plain(said[name] or "") for name in keys)] for key, said in self.get_paraminfo().items()]
        print("\n".join(aligned([("parameter", *keys), *rows])))  # noqa: T201 - readers ask for it in notebooks

    def get_origin(self) -> dict[str, Any]:
        """Return where the numbers come from: ``{"range": {…}, "provenance": […]}``, as the file states it."""
        said = self.table.origin.model_dump(mode="json", exclude_none=True)
        return {"range": said["range"], "provenance": said["provenance"]}

    def _inside(self) -> str:
        try:
            return head(self.table)
        except KpublishError as error:
            return f"<p>{escape(error.message)}</p>"


def load(holding: Holding) -> AnnotatedTable:
    """Return the table that a holding is."""
    return AnnotatedTable(holding)


def _key(parameter: Parameter) -> str:
    if parameter.role is None:
        return parameter.columnname
    return parameter.role if parameter.axis in (None, Axis.X) else f"{parameter.role}_{parameter.axis}"


def _free(key: str, taken: dict[str, Any]) -> str:
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}_{number}"
    return free


def _said(parameter: Parameter) -> dict[str, Any]:
    always = {name: getattr(parameter, name) for name in ("columnname", "name", "description", "unit", "symbol")}
    return always | parameter.model_dump(mode="json", exclude_none=True)
