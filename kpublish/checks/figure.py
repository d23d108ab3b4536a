"""Figures: known marks, tables and columns that are there, axes on which the numbers can be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from math import isclose
from typing import NamedTuple

from pydantic import ValidationError

from kpublish.checks import Rule
from kpublish.checks.reading import told
from kpublish.errors import UnknownName
from kpublish.model.document import NodePath
from kpublish.model.figure import Figure, Layer, Panel
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis
from kpublish.plots import MARKS, Mark
from kpublish.plots.series import lacking, selected
from kpublish.registry import did_you_mean

CODE = "FIG"

#: What a mark draws along which axis.
_ALONG = {Axis.X: ("x", "lower", "upper"), Axis.Y: ("y", "y_lower", "y_upper")}


class Placed(NamedTuple):
    """A layer of a figure; ``mark`` and ``table`` are None where the repository has none of that name."""

    figure: Figure
    node: NodePath
    panel: Panel
    layer: Layer
    mark: Mark | None
    table: Table | None

    def at(self, *node: str | int, value: object = "") -> Position:
        """Position of a key's value in the layer."""
        return self.figure.document.at("figure", *self.node, *node, length=max(1, len(str(value))))

    def drawn(self) -> dict[str, str]:
        """Purpose → column that the layer draws; empty where another rule says why it draws nothing."""
        if self.mark is None or not self.table or not self.table.values:
            return {}
        try:
            selected(self.layer.where, self.table)
            return self.mark.columns(self.layer, self.table)
        except KeyError:
            return {}

    def rows(self) -> list[int]:
        """Numbers of the rows that the layer selects."""
        return selected(self.layer.where, self.table) if self.table else []


def _layers(project: Project) -> Iterator[Placed]:
    for figure in project.figures:
        for above, panel in figure.description.parts if figure.description else ():
            for number, layer in enumerate(panel.layers):
                mark = MARKS.get(layer.mark) if layer.mark in MARKS.names() else _added(layer.mark)
                yield Placed(figure, (*above, "layers", number), panel, layer, mark, project.table(layer.table))


def _added(name: str) -> Mark | None:
    try:
        return MARKS.get(name)
    except UnknownName:
        return None


class FIG01(Rule):
    """The file does not describe a figure.

    A figure that is not described as the marks want it cannot be drawn.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write under figure: the layers, each with mark, table and y, and what else the message asks for."""
        yield from told(project, "FIG01")
        for placed in _layers(project):
            if placed.mark:
                yield from _options(placed, placed.mark)
                if missing := lacking(placed.layer, placed.mark):
                    yield Fault(placed.at(), missing, remedy="Write the path of a table, and the column to draw.")


def _options(placed: Placed, mark: Mark) -> Iterator[Fault]:
    try:
        mark.OPTIONS.model_validate(placed.layer.options)
    except ValidationError as error:
        known = [*Layer.model_fields, *mark.OPTIONS.model_fields]
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0])
            if detail["type"] == "extra_forbidden":
                hint = did_you_mean(name, known) or f"Known: {', '.join(known)}."
                where = placed.figure.document.at_key("figure", *placed.node, name)
                yield Fault(where, f"The mark {placed.layer.mark} has no key {name!r}.", remedy=hint)
            else:
                message = f"{name} of the mark {placed.layer.mark} is {detail['input']!r}: {detail['msg']}."
                yield Fault(placed.at(name, value=detail["input"]), message)


class FIG02(Rule):
    """A layer's mark is not known.

    A layer that nobody knows how to draw would be missing in the figure.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write one of the known marks, e.g. line, points or steps."""
        for placed in _layers(project):
            if placed.mark is None:
                name, known = placed.layer.mark, MARKS.names()
                remedy = did_you_mean(name, known) or f"Write one of: {', '.join(known)}."
                yield Fault(placed.at("mark", value=name), f"There is no mark {name!r}.", remedy=remedy)


class FIG03(Rule):
    """A layer's table is not there.

    The figure would be drawn without the numbers that it is about.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the path of a table from the repository's top, e.g. data/effective_area.ecsv."""
        known = [table.path for table in project.tables]
        for placed in _layers(project):
            name = placed.layer.table
            if name and placed.table is None:
                remedy = did_you_mean(name, known) or (f"Tables: {', '.join(known[:8])}." if known else "")
                yield Fault(placed.at("table", value=name), f"The repository has no table {name!r}.", remedy=remedy)


class FIG04(Rule):
    """A layer's column is not in its table.

    The layer cannot be drawn; a column of a similar name would be a silent mistake.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the column's name as the table has it, or give the columns the roles that the mark needs."""
        for placed in _layers(project):
            if not placed.table or not placed.table.parameters:
                continue
            missing = list(_missing(placed, placed.table))
            yield from missing
            if placed.mark and placed.layer.y and not missing:
                yield from _undrawable(placed, placed.mark, placed.table)


def _missing(placed: Placed, table: Table) -> Iterator[Fault]:
    """Columns that the layer names itself."""
    known = [parameter.columnname for parameter in table.parameters]
    layer = placed.layer
    named: list[tuple[str, Position]] = [(layer.y, placed.at("y", value=layer.y))] if layer.y else []
    named += [(layer.x, placed.at("x", value=layer.x))] if layer.x else []
    named += [(name, placed.figure.document.at_key("figure", *placed.node, "where", name)) for name in layer.where]
    for name, where in named:
        if name not in known:
            remedy = did_you_mean(name, known) or f"Columns: {', '.join(known)}."
            yield Fault(where, f"{table.path} has no column {name!r}.", remedy=remedy)


def _undrawable(placed: Placed, mark: Mark, table: Table) -> Iterator[Fault]:
    """Columns that the mark looks for."""
    try:
        mark.columns(placed.layer, table)
    except KeyError as error:
        yield Fault(placed.at(), str(error.args[0]))


class FIG05(Rule):
    """A logarithmic axis meets numbers that are not positive.

    A logarithm of zero or less does not exist: these points vanish from the figure without a trace.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write scale: linear, begin the range above zero, or draw another column."""
        for figure in project.figures:
            for node, panel in figure.description.parts if figure.description else ():
                for axis in Axis.X, Axis.Y:
                    yield from _range(figure, node, panel, axis)
        for placed in _layers(project):
            for axis in Axis.X, Axis.Y:
                yield from _not_positive(placed, axis)


def _logarithmic(panel: Panel, axis: Axis) -> bool:
    return bool(getattr(panel, axis.value).scale == "log")


def _range(figure: Figure, node: NodePath, panel: Panel, axis: Axis) -> Iterator[Fault]:
    limits = getattr(panel, axis.value).range
    if limits and _logarithmic(panel, axis) and min(limits) <= 0:
        place = 0 if limits[0] <= 0 else 1
        where = figure.document.at("figure", *node, axis.value, "range", place)
        yield Fault(where, f"The logarithmic {axis} axis cannot show {limits[place]}.")


def _not_positive(placed: Placed, axis: Axis) -> Iterator[Fault]:
    """Edges and positions must be positive; heights may be zero, which is drawn as the end of the axis, but not all of them."""
    if not _logarithmic(placed.panel, axis) or not placed.table:
        return
    for purpose, name in placed.drawn().items():
        if purpose not in _ALONG[axis]:
            continue
        column = placed.table.column(name)
        values = [value for row in placed.rows() if isinstance(value := column[row], int | float)]
        lowest = min(values, default=1)
        if lowest < 0 or (lowest == 0 and (axis is Axis.X or purpose != "y" or not max(values))):
            key = purpose if purpose in ("x", "y") and getattr(placed.layer, purpose) else "mark"
            yield Fault(placed.at(key), f"The logarithmic {axis} axis cannot show {name} = {lowest}.")


class FIG12(Rule):
    """A layer selects no rows.

    A layer without rows draws nothing, and its entry in the legend says that it did.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write under where: the column and the number as it stands in the table."""
        for placed in _layers(project):
            if placed.layer.where and placed.drawn() and not placed.rows():
                stated = ", ".join(f"{name} = {value}" for name, value in placed.layer.where.items())
                yield Fault(placed.at("where"), f"No row of {placed.layer.table} has {stated}.", remedy=_nearest(placed))


def _nearest(placed: Placed) -> str:
    """What to write where the only condition misses a number by rounding, e.g. 0.6 for 0.6000000000000001."""
    if not placed.table or len(placed.layer.where) != 1:
        return ""
    ((name, literal),) = placed.layer.where.items()
    with suppress(ValueError):
        wanted = float(literal)
        numbers = [value for value in placed.table.column(name) if isinstance(value, int | float)]
        nearest = min(numbers, key=lambda value: abs(value - wanted), default=None)
        if nearest is not None and isclose(nearest, wanted, rel_tol=1e-6):
            return f"Write {name}: {nearest!r}, as it stands in the table."
    return ""
