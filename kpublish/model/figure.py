"""A figure as described in YAML: tables, layers and axes, no code; and a figure as drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, FiniteFloat, WithJsonSchema

from kpublish.model.document import Document
from kpublish.model.finding import Fault
from kpublish.model.noun import Free, Noun
from kpublish.model.resource import ResourceHeader

#: From a thumbnail to a poster; beyond, a typing error fills the memory.
Inches = Annotated[float, Field(ge=2, le=60)]

#: Where ``render`` writes; not tracked by git.
RENDERED = "rendered"


class FigureAxis(Noun):
    """One axis: scale and range; the label comes from the columns unless it is said here."""

    scale: Literal["linear", "log"] = Field(default="linear", description="Linear or logarithmic.")
    range: tuple[FiniteFloat, FiniteFloat] | None = Field(default=None, description="From and to; else what the data need.")
    label: str | None = Field(default=None, description="Text along the axis; else symbol and unit of the columns.")


class Layer(Noun):
    """One layer: a mark drawn from one table; keys beyond these belong to the mark and are checked by it."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    __pydantic_extra__: dict[str, Free]

    mark: str = Field(
        description="How the rows are drawn: line, points, steps, band, mesh, contour, or a mark of another distribution."
    )
    table: str = Field(description="Path of the table, relative to the repository.")
    y: str = Field(description="Column drawn along y.")
    x: str | None = Field(default=None, description="Column drawn along x; else the column whose axis is x.")
    where: dict[str, Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]] = Field(
        default_factory=dict, description="Rows to draw: column and the literal or number it must equal."
    )
    label: str | None = Field(default=None, description="Text in the legend.")
    color: str | None = Field(default=None, description="Colour; else the next one of the palette.")

    @property
    def options(self) -> dict[str, Any]:
        """The keys that belong to the mark."""
        return dict(self.model_extra or {})


class FigureDescription(Noun):
    """What ``figures/<name>.yaml`` says under ``figure``."""

    layers: tuple[Layer, ...] = Field(min_length=1)
    x: FigureAxis = Field(default=FigureAxis(), description="Horizontal axis.")
    y: FigureAxis = Field(default=FigureAxis(), description="Vertical axis.")
    size: tuple[Inches, Inches] = Field(default=(8.0, 5.5), description="Width and height in inches.")
    heading: str | None = Field(default=None, description="Text above the axes.")
    legend: str | None = Field(default=None, description="Title of the legend.")
    alt: str | None = Field(default=None, description="Alternative text.")


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
    """

    path: str
    document: Document
    resource: ResourceHeader | None = None
    description: FigureDescription | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def name(self) -> str:
        """The file's name without folder and suffix."""
        return self.path.rpartition("/")[2].rpartition(".")[0]

    @property
    def rendered(self) -> str:
        """Path of the drawn figure without suffix: as below ``figures/``, but below ``rendered/``."""
        return f"{RENDERED}/{self.path.removeprefix('figures/').rpartition('.')[0]}"

    @property
    def tables(self) -> tuple[str, ...]:
        """Paths of the tables it draws, each once, in order."""
        layers = self.description.layers if self.description else ()
        return tuple(dict.fromkeys(layer.table for layer in layers))


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
