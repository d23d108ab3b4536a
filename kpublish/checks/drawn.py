"""Drawn figures: that they show the data that lie beside them, and that their axes are labelled in words or symbols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from kpublish.checks import Rule
from kpublish.errors import KpublishError
from kpublish.files import read_bytes, safe_join
from kpublish.formats import FORMATS, FigureFormat
from kpublish.model.document import NodePath
from kpublish.model.figure import Figure, Panel
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import Project

CODE = "DRW"

#: Suffix → the format that reads the identity inside; the largest file that is looked into, in bytes.
_FORMATS, _LIMIT = {".png": "png", ".svg": "svg", ".pdf": "pdf"}, 32 * 1024**2


class DRW01(Rule):
    """A figure was drawn from other data than lie beside it.

    The picture shows numbers that nobody can look up. It carries the checksums of its data; times of files do not matter.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Draw it again (kpublish render), or bring back the data that it shows."""
        for path in project.files:
            for drawn in _data_of(project, path):
                name = str(drawn.get("path", ""))
                kid, table = drawn.get("kid"), project.table(name)
                if table is None or (kid and table.kid and kid != table.kid):
                    table = next((one for one in project.tables if kid and one.kid == kid), None)
                if table and drawn.get("sha256") and table.sha256 and drawn["sha256"] != table.sha256:
                    yield Fault(Position(path), f"The figure was drawn from another state of {table.path} than the present one.")
                    break


def _data_of(project: Project, path: str) -> list[dict[str, Any]]:
    """What a picture says of the data that it shows; nothing, if it is none of ours."""
    from kpublish.formats.xmp import fields

    suffix = path[path.rfind(".") :].lower()
    if suffix not in _FORMATS or not 0 < project.files[path].size <= _LIMIT:
        return []
    try:
        content = read_bytes(safe_join(project.root, path), limit=_LIMIT)
        if b"km3:data" not in content and suffix != ".pdf":
            return []
        packet = cast(FigureFormat, FORMATS.get(_FORMATS[suffix])).extract(content)
        said = fields(packet).get("data", []) if packet else []
    except KpublishError:  # a broken picture, or one for whose format a package is missing
        return []
    return [one for one in said if isinstance(one, dict)]


class DRW02(Rule):
    """An axis is labelled with the name of a column.

    A name such as aeff_hi is no label: readers want the quantity, and its unit.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Add symbol: or name: under meta: of the column, or label: of the axis in the figure."""
        for figure in project.figures:
            yield from _unlabelled(figure, project)


def _unlabelled(figure: Figure, project: Project) -> Iterator[Fault]:
    for node, panel in figure.description.parts if figure.description else ():
        yield from _unlabelled_axis(figure, project, node, panel)


def _unlabelled_axis(figure: Figure, project: Project, node: NodePath, panel: Panel) -> Iterator[Fault]:
    number, layer = next(((number, layer) for number, layer in enumerate(panel.layers) if layer.table), (0, None))
    table = project.table(layer.table) if layer else None
    if not layer or not table or panel.sky:
        return
    column = next((parameter for parameter in table.parameters if parameter.columnname == layer.y), None)
    if column and not panel.y.label and not column.symbol and not column.name:
        where = figure.document.at("figure", *node, "layers", number, "y", length=len(column.columnname))
        yield Fault(where, f"The axis y would be labelled {column.columnname!r}, as the column has neither symbol nor name.")
