"""Draws a published table in KM3NeT's style, from what its columns say of themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpublish.errors import UsageError
from kpublish.files import write_bytes
from kpublish.http import plain
from kpublish.model.document import Document
from kpublish.model.figure import Figure, FigureAxis, FigureDescription, Layer
from kpublish.model.parameter import Parameter
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis, Role, Scale
from kpublish.plots.series import along_x, edges
from kpublish.registry import import_with_hint

if TYPE_CHECKING:
    from kpublish.store.products.table import AnnotatedTable

#: The most curves in one drawing; of more bins of a second axis some are taken, evenly.
CURVES = 8
#: From this ratio of largest to smallest value on, an axis is logarithmic.
_SPAN = 100.0
_DRAWN = (Role.VALUE, Role.RETURNVALUE, Role.LIMIT)
_ERRORS = (Role.ERROR, Role.ERROR_PLUS, Role.ERROR_MINUS)
_SECOND = (Role.LOWER_EDGE, Role.CENTER, Role.YVALUE)


@dataclass(frozen=True, slots=True, repr=False)
class Drawing:
    """A table as drawn: the bytes of each format by its suffix, and an alternative text. Notebooks show it."""

    files: Mapping[str, bytes]
    alt: str

    def save(self, path: str | Path) -> Path:
        """Write the drawing to ``path``, as PNG, SVG or PDF by its suffix.

        Raises
        ------
        UsageError
            For another suffix.
        StorageError
            If it cannot be written.
        """
        target = Path(path)
        content = self.files.get(target.suffix.lstrip(".").lower())
        if content is None:
            raise UsageError(f"Nothing is drawn as {target.suffix or 'a file without suffix'}.", remedy="Use .png, .svg or .pdf.")
        write_bytes(target, content)
        return target

    def __repr__(self) -> str:
        return f"Drawing: {self.alt}"

    def _repr_png_(self) -> bytes:
        return self.files["png"]


def draw(product: AnnotatedTable, description: FigureDescription | None = None) -> Drawing:
    """Return a table drawn in KM3NeT's style: steps over bins, points with errors, or lines; logarithmic where numbers span much.

    Of a table with a second axis every bin is a curve of its own, at most eight. A ``description`` says it otherwise.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    UsageError
        If the columns do not tell what to draw, or their numbers cannot be drawn.
    """
    canvas = import_with_hint("kpublish.plots.canvas")
    import_with_hint("matplotlib")
    table = product.table
    try:
        description = description or describe(table)
    except KeyError as error:
        raise _undrawable(product, str(error.args[0])) from None
    # The drawing is the reader's own: it carries the checksum of its data, but no kid, which would be that of a published figure.
    look = ResourceHeader(title=product.metadata.title, status=product.metadata.status)
    figure = Figure("plot", Document(table.path), look, description)
    drawn = canvas.draw(figure, Project(Path(), tables=(table,)))
    if not drawn.files:
        raise _undrawable(product, drawn.faults[0].message)
    return Drawing({path.rpartition(".")[2]: content for path, content in drawn.files.items()}, drawn.alt)


def describe(table: Table) -> FigureDescription:
    """Return the description of a figure that shows ``table``.

    Raises
    ------
    KeyError
        With a sentence, if the columns do not tell what to draw.
    """
    bins = edges(table, None, None)
    heights = _heights(table)
    if not heights:
        raise KeyError(f"{table.path} has no column with role value, returnvalue or limit off axis x.")
    first = heights[0]
    across = bins.get("lower") or along_x(table, but=first.columnname)
    if across is None:
        raise KeyError(f"{table.path} has neither positions nor edges on axis x.")
    slices = _slices(table, first.columnname)
    chosen = [first] if slices else [one for one in heights if one.unit == first.unit][:CURVES]
    rows = slices or [({}, None)]
    layers = tuple(
        Layer(
            mark=_mark(table, bins),
            table=table.path,
            y=one.columnname,
            where=where,
            label=label or (_name(one) if len(chosen) > 1 else None),
        )
        for one in chosen
        for where, label in rows
    )
    return FigureDescription(layers=layers, x=_scaled(table, [across]), y=_scaled(table, [one.columnname for one in chosen]))


def _heights(table: Table) -> list[Parameter]:
    """The columns to draw along y: values, or limits where there are no values."""
    found = [one for one in table.parameters if one.role in _DRAWN and one.axis is not Axis.X]
    return [one for one in found if one.role is not Role.LIMIT] or found


def _mark(table: Table, bins: Mapping[str, str]) -> str:
    if any(one.role in (*_ERRORS, Role.LIMIT) for one in table.parameters):
        return "points"
    return "steps" if bins else "line"


def _slices(table: Table, y: str) -> list[tuple[dict[str, str], str | None]]:
    """One selection of rows, with a label, for each bin of the second axis that is not empty; none if there is no such axis."""
    low = next((one for one in table.parameters if one.role in _SECOND and one.axis not in (Axis.X, None)), None)
    if low is None:
        return []
    high = next((one for one in table.parameters if one.role is Role.UPPER_EDGE and one.axis is low.axis), low)
    bins = dict.fromkeys(zip(table.column(low.columnname), table.column(high.columnname), strict=True))
    cells = zip(table.column(low.columnname), table.column(y), strict=True)
    filled = {start for start, cell in cells if _is_number(start) and _is_number(cell) and cell != 0}
    unit = f" {low.unit}" if low.unit else ""
    kept = sorted(ends for ends in bins if ends[0] in filled and _is_number(ends[1]))
    return [({low.columnname: repr(ends[0])}, f"{_name(low)} {_within(*ends)}{unit}") for ends in _evenly(kept)]


def _within(start: float, end: float) -> str:
    return f"= {start:g}" if start == end else f"in [{start:g}, {end:g}]"


def _evenly(bins: Sequence[Any]) -> list[Any]:
    """At most as many as there may be curves, from the first to the last."""
    if len(bins) <= CURVES:
        return list(bins)
    return [bins[round(number * (len(bins) - 1) / (CURVES - 1))] for number in range(CURVES)]


def _name(parameter: Parameter) -> str:
    return f"${parameter.symbol}$" if parameter.symbol else (parameter.name or parameter.columnname).replace("$", r"\$")


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and math.isfinite(cell)


def _scaled(table: Table, columns: Sequence[str]) -> FigureAxis:
    """An axis that is logarithmic where the columns say so or their numbers span much; zeros do not count as numbers there."""
    numbers = [cell for name in columns for cell in table.column(name) if _is_number(cell) and cell != 0]
    wide = bool(numbers) and min(numbers) > 0 and max(numbers) / min(numbers) > _SPAN
    stated = any(table.parameter(name).scale is Scale.LOG10 for name in columns) and min(numbers, default=0) > 0
    return FigureAxis(scale="log" if wide or stated else "linear")


def _undrawable(product: AnnotatedTable, why: str) -> UsageError:
    return UsageError(f"{plain(product.member.name)} cannot be drawn: {plain(why)}", remedy="Draw its .data yourself.")
