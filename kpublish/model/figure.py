"""A figure as described in YAML: tables, layers and axes, no code; and a figure as drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, FiniteFloat, WithJsonSchema, model_validator

from kpublish.model.document import Document, NodePath
from kpublish.model.finding import Fault
from kpublish.model.noun import Free, Noun
from kpublish.model.resource import ResourceHeader
from kpublish.model.vocabularies import Context

#: From a thumbnail to a poster; beyond, a typing error fills the memory.
Inches = Annotated[float, Field(ge=2, le=60)]

#: Relative height or width of a panel.
Share = Annotated[float, Field(gt=0, le=100)]

#: Where ``render`` writes; not tracked by git.
RENDERED = "rendered"


class Secondary(Noun):
    """A second scale along an axis, on its other side."""

    unit: str | None = Field(default=None, description="Unit of its numbers, into which those of the axis can be converted.")
    dates: bool = Field(default=False, description="Show the modified Julian dates of the axis as dates in UTC.")
    label: str | None = Field(default=None, description="Text along it; else quantity and unit.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.unit is None) is not self.dates:
            raise ValueError("say unit: or dates: true")
        return self


class FigureAxis(Noun):
    """One axis: scale, unit and range; the label comes from the columns unless it is said here."""

    scale: Literal["linear", "log", "symlog"] = Field(
        default="linear", description="Linear, logarithmic, or logarithmic on both sides of zero and linear around it."
    )
    threshold: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="Of symlog: up to which number it is linear; else the smallest one that is drawn."
    )
    range: tuple[FiniteFloat, FiniteFloat] | None = Field(default=None, description="From and to; else what the data need.")
    unit: str | None = Field(default=None, description="Unit in which the numbers are shown; else that of the first layer.")
    dates: bool = Field(default=False, description="Show modified Julian dates as dates in UTC.")
    label: str | None = Field(default=None, description="Text along the axis; else symbol and unit of the columns.")
    secondary: Secondary | None = Field(default=None, description="A second scale on the other side.")


class Sky(Noun):
    """A map of the whole sky in place of two axes."""

    frame: Literal["icrs", "galactic"] = Field(default="icrs", description="Equatorial (icrs) or galactic coordinates.")
    projection: Literal["aitoff", "mollweide"] = Field(default="aitoff", description="How the sphere becomes an ellipse.")
    center: Annotated[float, Field(ge=0, lt=360)] | None = Field(
        default=None, description="Longitude in the middle, in degrees; else 180 of icrs, 0 of galactic."
    )


Where = dict[str, Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]]


class Over(Noun):
    """What the numbers of a layer are divided by: a column of the same or another table."""

    table: str | None = Field(default=None, description="Path of the table; else that of the layer.")
    y: str | None = Field(default=None, description="Column to divide by; else the same as the layer's.")
    x: str | None = Field(default=None, description="Its column along x; else found by role.")
    where: Where = Field(default_factory=dict, description="Rows to divide by: column and the literal or number it must equal.")
    between: Literal["linear", "log"] | None = Field(
        default=None, description="How to interpolate between its rows; else only equal positions or edges are divided."
    )


class Layer(Noun):
    """One layer: a mark drawn from one table; keys beyond these belong to the mark and are checked by it."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    __pydantic_extra__: dict[str, Free]

    mark: str = Field(
        description="How the rows are drawn: line, points, steps, band, mesh, contour, note, or a mark of another distribution."
    )
    table: str = Field(default="", description="Path of the table, relative to the repository.")
    y: str = Field(default="", description="Column drawn along y.")
    x: str | None = Field(default=None, description="Column drawn along x; else the column whose axis is x.")
    where: Where = Field(default_factory=dict, description="Rows to draw: column and the literal or number it must equal.")
    times: str | None = Field(
        default=None, description="Factor of y, its errors and limits: a product of columns and numbers, e.g. energy**2."
    )
    over: Over | None = Field(default=None, description="What y, its errors and limits are divided by, for ratios.")
    label: str | None = Field(default=None, description="Text in the legend.")
    color: str | None = Field(default=None, description="Colour; else the next one of the palette.")
    name: str | None = Field(default=None, description="Name by which contexts and --set change this layer; else its number.")
    hidden: bool = Field(default=False, description="Leave this layer out.")

    @property
    def options(self) -> dict[str, Any]:
        """The keys that belong to the mark."""
        return dict(self.model_extra or {})


class Panel(Noun):
    """Two axes, or a map of the sky, with its layers."""

    layers: tuple[Layer, ...] = Field(default=(), description="What is drawn, the first one lowest.")
    x: FigureAxis = Field(default=FigureAxis(), description="Horizontal axis.")
    y: FigureAxis = Field(default=FigureAxis(), description="Vertical axis.")
    sky: Sky | None = Field(default=None, description="Draw on a map of the sky: x is the longitude, y the latitude.")
    heading: str | None = Field(default=None, description="Text above the axes.")
    legend: str | None = Field(default=None, description="Title of the legend.")


class Logo(Noun):
    """A picture that is laid over a free corner, e.g. the collaboration's logo."""

    file: str = Field(description="Path of a PNG, relative to the repository.")
    width: Annotated[float, Field(gt=0, le=0.5)] = Field(default=0.15, description="Part of the axes' width.")


class FigureDescription(Panel):
    """What ``figures/<name>.yaml`` says under ``figure``: layers; or panels; or code that draws; or a figure made elsewhere."""

    panels: tuple[Panel, ...] = Field(default=(), description="Several axes, row by row, instead of layers.")
    columns: Annotated[int, Field(ge=1, le=8)] = Field(default=1, description="Panels side by side.")
    share: Literal["none", "x", "y", "xy"] = Field(default="none", description="Axes that panels of a column or row share.")
    heights: tuple[Share, ...] = Field(default=(), description="Relative height of each row of panels.")
    widths: tuple[Share, ...] = Field(default=(), description="Relative width of each column of panels.")
    draw: str | None = Field(default=None, description="Path of a Python file with draw(tables, axes), instead of layers.")
    limit: Annotated[float, Field(gt=0, le=3600)] = Field(default=60, description="Seconds that this code may take.")
    given: tuple[str, ...] | str | None = Field(default=None, description="Paths of a figure made elsewhere, one for each format.")
    embed: bool = Field(default=False, description="Write the identity into a given figure, and not beside it.")
    tables: tuple[str, ...] = Field(default=(), description="Paths of the tables that draw or given show.")
    size: tuple[Inches, Inches] | None = Field(default=None, description="Width and height in inches; else those of the context.")
    alt: str | None = Field(default=None, description="Alternative text; else it is made of axes, ranges and layers.")
    context: Context = Field(default=Context.PAPER, description="For what letters and lines are large enough.")
    dark: bool = Field(default=False, description="Light on dark.")
    logo: Logo | None = Field(default=None, description="A picture in a free corner.")
    contexts: dict[Context, dict[str, Free]] = Field(
        default_factory=dict, description="Context → what it changes, as with --set: key, with dots on the way → value."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (ways := [key for key in ("layers", "panels", "draw", "given") if getattr(self, key)]) and len(ways) > 1:
            raise ValueError(f"{ways[0]} and {ways[1]} exclude each other")
        if not ways:
            raise ValueError("it says nothing to draw: write layers, panels, draw or given")
        if self.panels:
            self._check_panels()
        return self

    def _check_panels(self) -> None:
        if not all(panel.layers for panel in self.panels):
            raise ValueError("a panel has no layers")
        if above := sorted({"x", "y", "sky", "legend"} & self.model_fields_set):
            raise ValueError(f"with panels, {above[0]} is said in each of them")
        rows = -(-len(self.panels) // self.columns)
        for key, count in (("heights", rows), ("widths", self.columns)):
            if getattr(self, key) and len(getattr(self, key)) != count:
                raise ValueError(f"{key} needs {count} numbers, one for each {'row' if key == 'heights' else 'column'} of panels")

    @property
    def parts(self) -> tuple[tuple[NodePath, Panel], ...]:
        """Its panels, each with the way to it below ``figure``."""
        if self.panels:
            return tuple((("panels", number), panel) for number, panel in enumerate(self.panels))
        return (((), self),)

    @property
    def placed(self) -> tuple[tuple[NodePath, Layer], ...]:
        """All layers, each with the way to it below ``figure``."""
        return tuple(
            (((*node, "layers", number), layer) for node, panel in self.parts for number, layer in enumerate(panel.layers))
        )

    @property
    def pictures(self) -> tuple[str, ...]:
        """Paths of a figure made elsewhere."""
        return (self.given,) if isinstance(self.given, str) else self.given or ()


class FigureFile(Noun):
    """What ``figures/<name>.yaml`` says."""

    KM3Resource: ResourceHeader
    figure: FigureDescription


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure description as read.

    Attributes
    ----------
    path
        The YAML file, relative to the repository, with ``/``.
    document
        Its data with positions.
    resource
        The figure's own KM3Resource fields, or None where they could not be understood.
    description
        What to draw, or None where it could not be understood.
    faults
        What could not be read or understood.
    variant
        Folder below ``rendered/`` for a figure that is drawn otherwise than its file says, e.g. ``talk``; else empty.
    """

    path: str
    document: Document
    resource: ResourceHeader | None = None
    description: FigureDescription | None = None
    faults: tuple[Fault, ...] = ()
    variant: str = ""

    @property
    def name(self) -> str:
        """The file's name without folder and suffix."""
        return self.path.rpartition("/")[2].rpartition(".")[0]

    @property
    def rendered(self) -> str:
        """Path of the drawn figure without suffix: as below ``figures/``, but below ``rendered/``."""
        return "/".join(filter(None, (RENDERED, self.variant, self.path.removeprefix("figures/").rpartition(".")[0])))

    @property
    def tables(self) -> tuple[str, ...]:
        """Paths of the tables it draws, each once, in order."""
        if not self.description:
            return ()
        shown = [layer for _, layer in self.description.placed if not layer.hidden]
        drawn = [path for layer in shown for path in (layer.table, layer.over and layer.over.table) if path]
        return tuple(dict.fromkeys([*drawn, *self.description.tables]))


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """A figure as drawn: the bytes of each format.

    Attributes
    ----------
    figure
        What it was drawn from.
    files
        Path relative to the repository → bytes, e.g. ``rendered/aeff.png``.
    data
        Path of each table → sha256 of the bytes that were drawn.
    alt
        Alternative text, given or made from the description.
    faults
        What the drawing library warned about, e.g. a glyph that the font lacks.
    """

    figure: Figure
    files: Mapping[str, bytes]
    data: Mapping[str, str]
    alt: str = ""
    faults: tuple[Fault, ...] = ()
