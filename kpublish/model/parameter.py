"""A parameter: what a column of an annotated table means."""

from __future__ import annotations

from pydantic import Field

from kpublish.model.noun import Noun
from kpublish.model.vocabularies import Axis, Role, Scale


class ColumnMeta(Noun):
    """The part of a parameter that stands under ``meta`` of an ECSV column."""

    symbol: str | None = Field(default=None, description="LaTeX without dollar signs, e.g. E_{\\nu}.")
    name: str | None = Field(default=None, description="Name of the quantity in words, e.g. Energy.")
    ucd: str | None = Field(default=None, description="IVOA Unified Content Descriptor, e.g. em.energy.")
    ktype: str | None = Field(default=None, description="Kind of quantity.")
    role: Role | None = Field(default=None, description="What the numbers are.")
    axis: Axis | None = Field(default=None, description="Axis of the table; x is the first one.")
    scale: Scale | None = Field(default=None, description="How the bins were chosen.")
    source: str | None = Field(default=None, description="Of errors: statistical, systematic, …")
    level: float | None = Field(default=None, gt=0, lt=1, description="Of errors and limits: confidence level.")
    frame: str | None = Field(default=None, description="Of coordinates: icrs, galactic, horizontal, …")
    timescale: str | None = Field(default=None, description="Of times: utc, tai, tt, …")
    quantity: str | None = Field(default=None, description="What the number is: true, reconstructed, per flavour, …")


class Parameter(ColumnMeta):
    """A column described in full: its name in the file, unit, description and meaning."""

    columnname: str = Field(description="Name in the file.")
    datatype: str = Field(default="float64", description="ECSV datatype.")
    unit: str | None = Field(default=None, description="Unit in VOUnits, e.g. GeV-1 m-2 s-1 sr-1.")
    description: str | None = Field(default=None, description="What the column holds.")

    @property
    def label(self) -> str:
        """Axis label in KM3NeT's way: quantity, then unit in square brackets."""
        text = f"${self.symbol}$" if self.symbol else (self.name or self.columnname)
        return f"{text} [{self.unit}]" if self.unit else text
