"""How figures look: units that axes can show, colours that everybody tells apart, and the files that figures are made of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from kpublish.checks import Rule
from kpublish.errors import MissingExtra, UsageError
from kpublish.model.document import NodePath
from kpublish.model.figure import Figure, FigureDescription, Layer, Panel
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.plots import MARKS
from kpublish.plots.overriding import Look, overridden
from kpublish.plots.quantities import ALONG_X, ALONG_Y, factor_between
from kpublish.plots.reckoning import factors
from kpublish.plots.series import named, selected
from kpublish.plots.style import color_of
from kpublish.plots.vision import confusions, rgb

CODE = "LOK"

#: Marks that are thin in the picture, so that only colour and dashes tell their layers apart.
_THIN = ("line", "steps", "contour")


def _described(project: Project) -> Iterator[tuple[Figure, FigureDescription]]:
    for figure in project.figures:
        if figure.description:
            yield figure, figure.description


class LOK01(Rule):
    """An axis is to show a unit that its numbers cannot have.

    GeV become TeV or J, but never metres.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write a unit of VOUnits, into which those of the columns can be converted."""
        for figure, description in _described(project):
            for node, panel in description.parts:
                for name in ("x", "y"):
                    yield from _unit(figure, node, panel, name, project)


def _unit(figure: Figure, node: NodePath, panel: Panel, name: str, project: Project) -> Iterator[Fault]:
    axis = getattr(panel, name)
    wanted = [("unit", axis.unit)] if axis.unit else []
    wanted += [("secondary", axis.secondary.unit)] if axis.secondary and axis.secondary.unit else []
    first = next((layer for layer in panel.layers if layer.table), None)
    for key, unit in wanted:
        way = ("figure", *node, name, key) if key == "unit" else ("figure", *node, name, key, "unit")
        try:
            have = axis.unit if key == "secondary" and axis.unit else _own(first, name, project)
            factor_between(have or unit, unit)
        except MissingExtra:
            return
        except KeyError as error:
            yield Fault(figure.document.at(*way, length=len(unit)), str(error.args[0]))


def _own(layer: Layer | None, name: str, project: Project) -> str | None:
    """The unit of the column that the layer names along an axis; None, if that is reckoned or found by role."""
    table = project.table(layer.table) if layer else None
    column = getattr(layer, name) if layer and not layer.times and not layer.over else None
    found = [parameter.unit for parameter in table.parameters if parameter.columnname == column] if table else []
    return found[0] if found else None


class LOK02(Rule):
    """Two curves have colours that not everybody can tell apart.

    One man in twelve sees red and green otherwise; others read a printed copy in grey.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Leave out color:, which takes the next of a safe palette, or give one of the layers other dashes."""
        for figure, description in _described(project):
            for node, panel in description.parts:
                yield from _alike(figure, node, panel, description.dark)


def _alike(figure: Figure, node: NodePath, panel: Panel, dark: bool) -> Iterator[Fault]:
    # Notes have a colour of their own, and take none of the palette.
    coloured = [(number, layer) for number, layer in enumerate(panel.layers) if layer.mark != "note"]
    taken = {number: color_of(place, dark=dark) for place, (number, _) in enumerate(coloured)}
    thin = [(number, layer) for number, layer in coloured if layer.mark in _THIN and not layer.hidden]
    for (first, one), (second, other) in combinations(thin, 2):
        if not (one.color or other.color) or not (one.label and other.label) or _style(one) != _style(other):
            continue
        colors = [rgb(layer.color or taken[number]) for number, layer in ((first, one), (second, other))]
        if colors[0] is None or colors[1] is None:
            continue
        ways = list(confusions(colors[0], colors[1]))
        if ways:
            way = ("figure", *node, "layers", second if other.color else first, "color")
            where = figure.document.at(*way, length=len(other.color or one.color or ""))
            yield Fault(where, f"The colours of {one.label!r} and {other.label!r} look alike {' and '.join(ways)}.")


def _style(layer: Layer) -> object:
    return layer.options.get("dashes"), layer.options.get("fill"), layer.options.get("stack")


class LOK03(Rule):
    """A figure names a file that is not in the repository.

    Code, logo or a figure made elsewhere are missing for everybody but their author.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Add the file to the repository, or write its path from the repository's top."""
        for figure, description in _described(project):
            wanted: list[tuple[NodePath, str]] = [(("draw",), description.draw)] if description.draw else []
            wanted += [(("logo", "file"), description.logo.file)] if description.logo else []
            given = description.given
            wanted += [
                (("given",) if isinstance(given, str) else ("given", place), path)
                for place, path in enumerate(description.pictures)
            ]
            for node, path in wanted:
                if path not in project.files:
                    yield Fault(figure.document.at("figure", *node, length=len(path)), f"The repository has no file {path!r}.")
            for place, path in enumerate(description.tables):
                if project.table(path) is None:
                    where = figure.document.at("figure", "tables", place, length=len(path))
                    yield Fault(where, f"The repository has no table {path!r}.")


class LOK04(Rule):
    """A figure that was made elsewhere lacks its data, or words for those who cannot see it.

    A picture alone can neither be checked nor be reused.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Name the annotated tables that it shows under tables:, and describe it under alt:."""
        for figure, description in _described(project):
            if description.given or description.draw:
                if not description.tables:
                    yield Fault(
                        figure.document.at_key("figure", "given" if description.given else "draw"), "The figure names no table."
                    )
                if description.given and not description.alt:
                    yield Fault(figure.document.at_key("figure", "given"), "The figure has no alternative text.")


class LOK05(Rule):
    """A reference curve does not say whose it is.

    What others found is cited where it is shown.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write cite: with the journal or the arXiv number."""
        for figure, description in _described(project):
            for node, layer in description.placed:
                if layer.mark == "note" and layer.table and not layer.options.get("cite"):
                    yield Fault(figure.document.at("figure", *node), "This reference curve has no citation.")


class LOK06(Rule):
    """What a context changes is not in the figure.

    The figure cannot be drawn for that context.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write keys as for kpublish render --set: layers.0.color, x.range, panels.1.heading."""
        for figure, description in _described(project):
            for context in description.contexts:
                try:
                    overridden(figure, Look(context))
                except UsageError as error:
                    yield Fault(figure.document.at("figure", "contexts", context), error.message.removeprefix(f"{figure.path}: "))


class LOK07(Rule):
    """Layers on one axis have numbers of different kinds.

    Metres and seconds, or GeV and logarithms of GeV, stand beside one another as if they could be compared.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Draw columns whose units can be converted into one another, or use panels."""
        for figure, description in _described(project):
            for node, panel in description.parts:
                if not panel.sky:
                    yield from _mixed(figure, node, panel, project)


def _mixed(figure: Figure, node: NodePath, panel: Panel, project: Project) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for number, layer in enumerate(panel.layers):
        for name, unit in _units(layer, project):
            try:
                factor_between(unit, first.setdefault(name, unit))
            except MissingExtra:
                return
            except KeyError as error:
                yield Fault(figure.document.at("figure", *node, "layers", number), f"{str(error.args[0])[:-1]} on axis {name}.")


def _units(layer: Layer, project: Project) -> Iterator[tuple[str, str]]:
    """The units of what a layer draws along x and y, as far as its columns tell them."""
    table = project.table(layer.table) if layer.table else None
    if table is None or layer.hidden or layer.mark not in MARKS.names():
        return
    try:
        columns = MARKS.get(layer.mark).columns(layer, table)
    except KeyError:
        return
    for name, purposes in (("x", ALONG_X), ("y", ALONG_Y)):
        if name == "y" and (layer.times or layer.over):
            continue
        unit = next((table.parameter(columns[purpose]).unit for purpose in purposes if purpose in columns), None)
        if unit:
            yield name, unit


class LOK08(Rule):
    """What a layer is multiplied or divided by is not there.

    The layer cannot be drawn.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write columns and tables as they are named: times: energy**2, over: {table: data/model.ecsv, y: flux}."""
        for figure, description in _described(project):
            for node, layer in description.placed:
                if table := project.table(layer.table):
                    for way, said in (*_factor(layer, table), *_divisor(layer, project)):
                        message, hint, near = said.partition(" Did you mean ")
                        yield Fault(figure.document.at("figure", *node, *way), message, remedy=(hint + near).strip())


def _factor(layer: Layer, table: Table) -> Iterator[tuple[NodePath, str]]:
    try:
        for what, _ in factors(layer.times) if layer.times else ():
            if isinstance(what, str):
                named(table, what)
    except KeyError as error:
        yield ("times",), str(error.args[0])


def _divisor(layer: Layer, project: Project) -> Iterator[tuple[NodePath, str]]:
    if not layer.over:
        return
    path = layer.over.table or layer.table
    table = project.table(path)
    if table is None:
        yield ("over", "table"), f"The repository has no table {path!r}."
        return
    try:
        named(table, layer.over.y or layer.y)
        if layer.over.x:
            named(table, layer.over.x)
        if not selected(layer.over.where, table):
            yield ("over",), f"No row of {path} is selected to divide by."
    except KeyError as error:
        yield ("over",), str(error.args[0])
