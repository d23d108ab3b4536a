"""The chain of a release: its recorded steps, the files between them, and how deep each stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.model.provenance import StepFile, StepRecord


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps and files.

    Attributes
    ----------
    steps
        As recorded, each once.
    files
        Key → the file; one whose bytes nobody told stands for that of its path.
    reads, makes
        Step → keys of the files.
    """

    steps: tuple[StepRecord, ...]
    files: dict[str, StepFile] = field(default_factory=dict)
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    makes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def chain_of(release: Release) -> Chain:
    """Return the chain of a release; a file that is part of it goes by its path there."""
    return chain(release.steps, places_of(release))


def implied(release: Release) -> Iterator[StepRecord]:
    """Yield what nobody had to record, since headers and descriptions say it: tables made of others, figures drawn of tables."""
    made = {file.sha256 for step in release.steps for file in step.outputs}
    for member in release.members:
        files = _entries(release, member)
        if member.original and member.original.sha256 and not made & {entry.sha256 for entry in files}:
            source = StepFile(path=member.original.file, sha256=member.original.sha256)
            yield _step("kpublish annotate", member, [source], files)
        tables = [entry for other in release.members if other.resource.kid in member.tables for entry in _entries(release, other)]
        if tables and files:
            yield _step("kpublish render", member, map(_known, tables), files[:1])


def _step(name: str, member: Member, inputs: Iterable[StepFile], outputs: Iterable[FileEntry]) -> StepRecord:
    return StepRecord(refID=f"{name} {member.resource.kid}", name=name, inputs=tuple(inputs), outputs=tuple(map(_known, outputs)))


def _entries(release: Release, member: Member) -> list[FileEntry]:
    return [entry for path in member.files if (entry := release.file(path))]


def _known(entry: FileEntry) -> StepFile:
    return StepFile(path=entry.path, sha256=entry.sha256, size=entry.size, kid=entry.kid)


def places_of(release: Release) -> dict[str, list[str]]:
    """Return sha256 → paths of the files of a release."""
    places: dict[str, list[str]] = {}
    for entry in release.files:
        if entry.sha256 and entry.role != "package":
            places.setdefault(entry.sha256, []).append(entry.path)
    return places


def chain(steps: tuple[StepRecord, ...], places: Mapping[str, Sequence[str]]) -> Chain:
    """Return the chain of steps; ``places`` says sha256 → paths of files that are known."""
    unique = tuple({step.refID: step for step in steps}.values())
    told = {file.path: file.sha256 for step in unique for file in _files(step) if file.sha256}
    made = Chain(unique)
    for step in unique:
        made.reads[step.refID] = tuple(dict.fromkeys(_keys(made, step.inputs, told, places)))
        made.makes[step.refID] = tuple(dict.fromkeys(_keys(made, (*step.outputs, *step.undeclared), told, places)))
    return made


def _files(step: StepRecord) -> tuple[StepFile, ...]:
    return (*step.inputs, *step.outputs, *step.undeclared)


def _keys(chain: Chain, files: tuple[StepFile, ...], told: Mapping[str, str], places: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The key of each file, which is put into the chain."""
    for file in files:
        known = file if file.sha256 else file.model_copy(update={"sha256": told.get(file.path, "")})
        there = places.get(known.sha256, ())
        place = known.path if known.path in there or not there else there[0]
        chain.files.setdefault(known.key, known.model_copy(update={"path": place}))
        yield known.key
