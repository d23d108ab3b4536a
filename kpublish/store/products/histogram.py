"""Histograms in one and two dimensions, for everything that speaks UHI (https://uhi.readthedocs.io, PlottableHistogram)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from kpublish.errors import UnreadableFile, UsageError
from kpublish.http import plain
from kpublish.model.figure import FigureAxis, FigureDescription, Layer
from kpublish.model.parameter import Parameter
from kpublish.model.vocabularies import Axis, Role, Scale
from kpublish.registry import did_you_mean, import_with_hint
from kpublish.store.holding import Holding
from kpublish.store.plotting import Drawing, draw
from kpublish.store.products.table import AnnotatedTable

if TYPE_CHECKING:
    import numpy as np
    from hist import Hist
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

KTYPES = ("km3.histogram",)
WHOLE = False
_VALUES = (Role.VALUE, Role.RETURNVALUE)


@dataclass(frozen=True, slots=True)
class Traits:
    """What UHI wants to know of an axis."""

    circular: bool = False
    discrete: bool = False


@dataclass(frozen=True, slots=True)
class BinAxis:
    """One axis: its bins as (low, high), ascending, in ``unit``."""

    name: str
    unit: str | None
    scale: Scale | None
    bins: tuple[tuple[float, float], ...]

    @property
    def traits(self) -> Traits:
        """Neither circular nor discrete."""
        return Traits()

    @property
    def label(self) -> str:
        """Name and unit."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    def __len__(self) -> int:
        return len(self.bins)

    def __getitem__(self, index: int) -> tuple[float, float]:
        return self.bins[index]

    def __iter__(self) -> Iterator[tuple[float, float]]:
        return iter(self.bins)

    @property
    def is_contiguous(self) -> bool:
        """Whether each bin begins where the one before ends."""
        return all(one[1] == following[0] for one, following in zip(self.bins, self.bins[1:], strict=False))


class PublishedHistogram(AnnotatedTable):
    """A published histogram: one row for each bin, with ``lower_edge`` and ``upper_edge`` along axis x, or along x and y."""

    kind = "COUNT"

    @cached_property
    def axes(self) -> tuple[BinAxis, ...]:
        """The axes: one or two.

        Raises
        ------
        UnreadableFile
            If the columns do not tell the edges.
        """
        return tuple(self._axis(low, high) for low, high in self._edges)

    @property
    def edges(self) -> tuple[Numbers, ...]:
        """The edges of each axis, shape (bins + 1,), in the axis' unit.

        Raises
        ------
        UnreadableFile
            If bins leave gaps or overlap; they are there all the same: ``axes``.
        """
        numpy = import_with_hint("numpy")
        if not all(axis.is_contiguous for axis in self.axes):
            raise self._unfit("contiguous bins")
        return tuple(numpy.array([axis.bins[0][0], *(high for _, high in axis.bins)]) for axis in self.axes)

    def values(self, column: str | None = None) -> Numbers:
        """Return the values, shape (bins along x,) or (bins along x, bins along y); NaN where there is no row.

        Parameters
        ----------
        column
            Of several columns of values the one that is meant; the first one unless stated.

        Raises
        ------
        UsageError
            If there is no such column.
        """
        return self._gridded(self._value(column).columnname)

    def errors(self, source: str | None = None) -> tuple[Numbers, Numbers] | None:
        """Return the errors downwards and upwards, positive, in the shape of :meth:`values`; None where none are published.

        Parameters
        ----------
        source
            ``statistical``, ``systematic``, … as the columns state it; without it all are added in quadrature.

        Raises
        ------
        UsageError
            If no error has that source.
        """
        found = [one for one in self.table.parameters if one.role in (Role.ERROR, Role.ERROR_MINUS, Role.ERROR_PLUS)]
        chosen = [one for one in found if source in (None, one.source)]
        if source is not None and not chosen:
            known = sorted({one.source for one in found if one.source})
            remedy = did_you_mean(source, known) or f"Known: {', '.join(known) or 'none'}."
            raise UsageError(f"No error of {plain(self.member.name)} has the source {plain(source)!r}.", remedy=remedy)
        if not chosen:
            return None
        return self._added(chosen, Role.ERROR_MINUS), self._added(chosen, Role.ERROR_PLUS)

    def variances(self) -> Numbers | None:
        """Return the squared errors; None where none are published, or where they differ downwards and upwards."""
        numpy = import_with_hint("numpy")
        errors = self.errors()
        if errors is None or not numpy.array_equal(*errors, equal_nan=True):
            return None
        squared: Numbers = errors[0] ** 2
        return squared

    def counts(self) -> Numbers:
        """Return the effective number of entries of each bin: value² / variance, or the value where there is no variance."""
        numpy = import_with_hint("numpy")
        values, variances = self.values(), self.variances()
        if variances is None:
            return values
        effective: Numbers = numpy.divide(values**2, variances, out=numpy.zeros_like(values), where=variances != 0)
        return effective

    @cached_property
    def covariance(self) -> Numbers | None:
        """The covariance matrix of the values in the order of the rows, shape (rows, rows); None where none is published.

        The table that holds it is named by ``content.covariance`` (its kid): one row for each row, and as many columns of values.

        Raises
        ------
        UnreadableFile
            If that table is no square matrix of that size.
        """
        kid = self.holding.stated("covariance")
        if kid is None:
            return None
        other = self.holding.neighbour(kid)
        names = [one.columnname for one in other.table.parameters if one.role in _VALUES or one.role is None]
        matrix: Numbers = other.data[names].to_numpy(dtype=float)
        if matrix.shape != (len(self.data), len(self.data)):
            raise self._unfit(f"a covariance matrix of {len(self.data)} rows and columns")
        return matrix

    def to_hist(self, column: str | None = None) -> Hist[Any]:
        """Return the histogram as one of the package hist, with variances where they are published and the same in both directions.

        Raises
        ------
        MissingExtra
            If hist is not installed.
        UnreadableFile
            If bins leave gaps.
        """
        hist = import_with_hint("hist")
        numpy = import_with_hint("numpy")
        axes = [
            hist.axis.Variable(edges, name=axis.name, label=axis.label, underflow=False, overflow=False)
            for axis, edges in zip(self.axes, self.edges, strict=True)
        ]
        values, variances = self.values(column), self.variances()
        if variances is None:
            made = hist.Hist(*axes, storage=hist.storage.Double(), data=values)
        else:
            made = hist.Hist(*axes, storage=hist.storage.Weight(), data=numpy.stack([values, variances], axis=-1))
        return cast("Hist[Any]", made)

    def plot(self) -> Drawing:
        """Return it drawn in KM3NeT's style: steps in one dimension, coloured cells in two.

        Raises
        ------
        MissingExtra, UsageError
            As for ``loadoption="plot"``.
        """
        if len(self.axes) == 1:
            return draw(self)
        y, scales = self._edges[1][0].columnname, [FigureAxis(scale=_scale(axis)) for axis in self.axes]
        layer = Layer(mark="mesh", table=self.table.path, y=y, value=self._value(None).columnname)
        return draw(self, FigureDescription(layers=(layer,), x=scales[0], y=scales[1]))

    @cached_property
    def _edges(self) -> tuple[tuple[Parameter, Parameter], ...]:
        """The columns of the edges, axis by axis."""
        found = {
            (one.role, one.axis or Axis.X): one
            for one in reversed(self.table.parameters)
            if one.role in (Role.LOWER_EDGE, Role.UPPER_EDGE)
        }
        axes = [
            (found[Role.LOWER_EDGE, axis], found[Role.UPPER_EDGE, axis])
            for axis in (Axis.X, Axis.Y)
            if {(Role.LOWER_EDGE, axis), (Role.UPPER_EDGE, axis)} <= found.keys()
        ]
        if not axes or (Role.LOWER_EDGE, Axis.X) not in found or not self.table.values[0]:
            raise self._unfit("lower and upper edges on axis x")
        return tuple(axes)

    def _axis(self, low: Parameter, high: Parameter) -> BinAxis:
        cells = set(zip(self.table.column(low.columnname), self.table.column(high.columnname), strict=True))
        if not all(isinstance(end, int | float) for cell in cells for end in cell):
            raise self._unfit("edges in every row")
        return BinAxis(low.name or low.columnname, low.unit, low.scale, tuple(sorted(cells)))

    @cached_property
    def _places(self) -> tuple[Numbers, ...]:
        """For each axis the number of the bin that each row is, shape (rows,)."""
        numpy = import_with_hint("numpy")
        places = []
        for axis, (low, high) in zip(self.axes, self._edges, strict=True):
            number = {bin_: place for place, bin_ in enumerate(axis.bins)}
            rows = zip(self.table.column(low.columnname), self.table.column(high.columnname), strict=True)
            places.append(numpy.array([number[row] for row in rows]))
        return tuple(places)

    def _gridded(self, column: str) -> Numbers:
        numpy = import_with_hint("numpy")
        grid: Numbers = numpy.full([len(axis) for axis in self.axes], numpy.nan)
        grid[self._places] = [numpy.nan if cell is None else cell for cell in self.table.column(column)]
        return grid

    def _added(self, errors: list[Parameter], direction: Role) -> Numbers:
        """Errors of one direction in quadrature, each source once: one that is the same in both directions counts in both."""
        numpy = import_with_hint("numpy")
        squares = [self._gridded(one.columnname) ** 2 for one in errors if one.role in (Role.ERROR, direction)]
        total: Numbers = numpy.sqrt(numpy.sum(squares, axis=0)) if squares else numpy.zeros([len(axis) for axis in self.axes])
        return total

    def _value(self, column: str | None) -> Parameter:
        found = [one for one in self.table.parameters if one.role in _VALUES]
        chosen = [one for one in found if column in (None, one.columnname)]
        if not chosen:
            names = [one.columnname for one in found]
            remedy = did_you_mean(column or "", names) or f"Columns of values: {', '.join(names) or 'none'}."
            raise UsageError(f"{plain(self.member.name)} has no such column of values.", remedy=remedy)
        return chosen[0]

    def _unfit(self, needed: str) -> UnreadableFile:
        return UnreadableFile(
            f"{plain(self.member.path)} is no histogram: it needs {needed}.",
            remedy="Its data are there as of every table: .data; tell who published it.",
        )


def load(holding: Holding) -> PublishedHistogram:
    """Return the histogram that a holding is."""
    return PublishedHistogram(holding)


def _scale(axis: BinAxis) -> Any:
    return "log" if axis.scale is Scale.LOG10 and axis.bins[0][0] > 0 else "linear"
