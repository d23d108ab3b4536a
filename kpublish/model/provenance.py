"""Origin of a table: the range it is valid for and the processing steps it came through."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from kpublish.model.noun import Free, IsoDateTime, Noun


class Range(Noun):
    """A range of a quantity (``min``, ``max``) or of time (``measurement_start``, ``measurement_stop``)."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    __pydantic_extra__: dict[str, Free]

    min: float | None = Field(default=None, description="Least value.")
    max: float | None = Field(default=None, description="Greatest value.")
    unit: str | None = Field(default=None, description="Unit of both.")
    measurement_start: IsoDateTime | None = Field(default=None, description="Start of data taking.")
    measurement_stop: IsoDateTime | None = Field(default=None, description="Stop of data taking.")
    ktype: str | None = Field(default=None, description="Kind of quantity.")


class ProcessingStep(Noun):
    """One step of the provenance: who did what with which settings."""

    refID: str = Field(description="UUID of the step, under which the full record is found.")
    name: str = Field(description="Name of the program or step.")
    settings: Free = Field(default=None, description="Its settings, in a short line or a mapping.")
    software: Free = Field(default=None, description="Software and version.")


class OriginalColumn(Noun):
    """What the original file calls a column, where that is something else."""

    name: str | None = Field(default=None, description="Its name there.")
    unit: str | None = Field(default=None, description="Its unit, as written there.")


class Original(Noun):
    """The file that an annotated table was made of by ``kpublish annotate``."""

    file: str = Field(description="Its name.")
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$", description="Of its bytes.")
    table: str | None = Field(default=None, description="The table in it, where it holds several.")
    columns: dict[str, OriginalColumn] = Field(default_factory=dict, description="Column → what it was called there.")
    rewritten: tuple[str, ...] = Field(default=(), description="Cells that are not written as there: rule, number, column.")


class Origin(Noun):
    """Where the numbers come from."""

    range: dict[str, Range] = Field(default_factory=dict, description="Quantity → the range that the table is valid for.")
    provenance: tuple[ProcessingStep, ...] = Field(default=(), description="Processing steps, the first one first.")
