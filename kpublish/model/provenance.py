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


class Origin(Noun):
    """Where the numbers come from."""

    range: dict[str, Range] = Field(default_factory=dict, description="Quantity → the range that the table is valid for.")
    provenance: tuple[ProcessingStep, ...] = Field(default=(), description="Processing steps, the first one first.")
