"""Origin of a table: the range it is valid for and the processing steps it came through."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from kpublish.model.resource import Free, IsoDateTime, Noun


class Range(Noun):
    """A range of a quantity (``min``, ``max``) or of time (``measurement_start``, ``measurement_stop``)."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    __pydantic_extra__: dict[str, Free]

    min: float | None = None
    max: float | None = None
    unit: str | None = None
    measurement_start: IsoDateTime | None = None
    measurement_stop: IsoDateTime | None = None
    ktype: str | None = None


class ProcessingStep(Noun):
    """One step of the provenance: who did what with which settings."""

    refID: str
    name: str
    settings: Free = None
    software: Free = None


class Origin(Noun):
    """Where the numbers come from."""

    range: dict[str, Range] = Field(default_factory=dict)
    provenance: tuple[ProcessingStep, ...] = ()
