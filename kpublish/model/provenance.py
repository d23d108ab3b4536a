"""Origin of a table: the range it is valid for and the processing steps it came through."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from kpublish.model.noun import Free, IsoDateTime, Noun

#: Packages that the short line of a step names.
_NAMED = 12


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


class StepFile(Noun):
    """A file that a step read or wrote."""

    path: str = Field(description="Relative to the folder of the record, with / between its parts.")
    sha256: str = Field(default="", description="Of its bytes; empty, if nobody told it.")
    size: int | None = Field(default=None, description="In bytes, if told.")
    kid: str | None = Field(default=None, description="Of an annotated table.")

    @property
    def key(self) -> str:
        """What tells it from others: its bytes or, as long as nobody told them, its place."""
        return self.sha256 or self.path

    def may_be(self, other: StepFile) -> bool:
        """Whether both are one file: the same bytes or, where nobody told those of one, the same place."""
        return self.sha256 == other.sha256 if self.sha256 and other.sha256 else self.path == other.path


class StepRecord(Noun):
    """The full record of a processing step, to which the short line in file headers points by ``refID``."""

    refID: str = Field(description="UUID of the step.")
    name: str = Field(description="Name of the program or step.")
    settings: str | None = Field(default=None, description="Its settings, in a short line.")
    command: tuple[str, ...] = Field(default=(), description="What was run, with paths relative to the folder.")
    started: IsoDateTime | None = Field(default=None, description="Begin, UTC, if told.")
    ended: IsoDateTime | None = Field(default=None, description="End, UTC, if told.")
    exitCode: int | None = Field(default=None, description="0, if it succeeded.")
    inputs: tuple[StepFile, ...] = Field(default=(), description="Declared inputs, as they were before.")
    outputs: tuple[StepFile, ...] = Field(default=(), description="Declared outputs, as they were afterwards.")
    undeclared: tuple[StepFile, ...] = Field(default=(), description="Other files of the folder that the step changed or made.")
    software: dict[str, str] = Field(default_factory=dict, description="Program → version.")
    environment: dict[str, str] = Field(default_factory=dict, description="Variables that decide about results; nothing personal.")
    commit: str | None = Field(default=None, description="Commit of the repository that the step ran in.")
    modified: bool | None = Field(default=None, description="Whether tracked files differed from that commit.")
    repository: str | None = Field(default=None, description="Address of that repository, without credentials.")
    job: str | None = Field(default=None, description="Address of the CI job.")
    container: str | None = Field(default=None, description="Image that the step ran in, if told.")
    imported: str | None = Field(default=None, description="The tool whose own record this was made of.")

    @property
    def line(self) -> ProcessingStep:
        """The short line for file headers; of many packages it names the first few."""
        named = [f"{name} {version}" for name, version in self.software.items()]
        more = [f"{len(named) - _NAMED} more"] if len(named) > _NAMED else []
        software = ", ".join([*named[:_NAMED], *more])
        return ProcessingStep(refID=self.refID, name=self.name, settings=self.settings or " ".join(self.command), software=software)


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
