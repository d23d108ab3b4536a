"""Runs a processing step and records it: inputs and outputs with checksums, the command, software, commit and CI job.

Nothing personal is kept: of the environment only what decides about results, of paths only what lies below the folder, of addresses
no credentials.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kpublish import __version__
from kpublish.ci import surroundings
from kpublish.errors import KpublishError, MissingFile, UsageError
from kpublish.files import remove_file, sha256_of, write_bytes
from kpublish.files.looking import look
from kpublish.formats.ecsv import read
from kpublish.formats.personal import hidden_secrets
from kpublish.formats.step_records import FOLDER, SAFE, records_in
from kpublish.model.json_text import json_text
from kpublish.model.provenance import StepFile, StepRecord
from kpublish.repository import git_state

#: What differs from run to run of the same step with the same result.
_OF_A_RUN = {"refID", "started", "ended", "commit", "modified", "job"}


@dataclass(frozen=True, slots=True)
class Step:
    """A step to be run in a folder: its command, and what is declared of it."""

    command: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    name: str = ""
    settings: str = ""
    software: tuple[tuple[str, str], ...] = ()


def record(folder: Path, step: Step, now: Callable[[], str]) -> tuple[StepRecord, Path]:
    """Run a step, and write its record.

    Parameters
    ----------
    folder
        Where the command runs; declared files are relative to it.
    step
        The command, and what is declared of it.
    now
        Tells the time, ISO 8601 in UTC.

    Returns
    -------
    StepRecord, pathlib.Path
        The record, and its file.

    Raises
    ------
    MissingFile
        If a declared input is not there; then nothing is run.
    UsageError
        If there is no such program, or a declared file lies outside of the folder.
    StorageError
        If the record cannot be written.
    """
    folder = folder.resolve()
    program = shutil.which(step.command[0], path=os.environ.get("PATH")) or step.command[0]
    if not shutil.which(program):
        raise UsageError(f"There is no program {step.command[0]!r}.", remedy="Write the command after --, as in a shell.")
    inputs = tuple(_file(folder, path) for path in step.inputs)
    outputs = tuple(_inside(folder, path) for path in step.outputs)
    before, git, started = look(folder), git_state(folder), now()
    code = _run(program, step, folder)
    ended = now()
    changed = (path for path, seen in look(folder).items() if before.get(path) != seen)
    relative = sorted({Path(path).relative_to(folder).as_posix() for path in changed} - set(outputs))
    ci = surroundings()
    said = StepRecord(
        refID=str(uuid.uuid4()),
        name=step.name or Path(step.command[0]).name,
        settings=step.settings or None,
        command=(Path(program).name, *_told(step.command[1:], folder)),
        started=started,
        ended=ended,
        exitCode=code if code >= 0 else 128 - code,
        inputs=inputs,
        outputs=tuple(_left(folder, outputs)),
        undeclared=tuple(_left(folder, (path for path in relative if not path.startswith(f"{FOLDER}/")))),
        software={**dict(step.software), "Python": platform.python_version(), platform.system(): platform.machine()},
        environment={name: os.environ[name] for name in SAFE if os.environ.get(name)},
        commit=(git.commit if git else None) or ci.commit or None,
        modified=bool(git.dirty) if git else None,
        repository=git.remote if git else None,
        job=ci.job_url or None,
        container=os.environ.get("CI_JOB_IMAGE") or None,
    )
    return keep(folder, said)


def keep(folder: Path, record: StepRecord) -> tuple[StepRecord, Path]:
    """Write a record into ``provenance/`` of a folder, unless the same step is recorded with the same result already.

    A record of the same step whose results were overwritten gives way: what it describes is no longer there.

    Returns
    -------
    StepRecord, pathlib.Path
        The record that stands, and its file.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    before = {path: other for path, other in records_in(folder).items() if _is_rerun(record, other)}
    for path, other in before.items():
        if other.model_dump(exclude=_OF_A_RUN) == record.model_dump(exclude=_OF_A_RUN):
            return other, path
    place = folder / FOLDER / f"{record.refID}.json"
    write_bytes(place, json_text(record.model_dump(mode="json", exclude_none=True)))
    for path in before:
        if path != place:
            remove_file(path)
    return record, place


def own_step(folder: Path, name: str, kid: str, source: Path) -> StepRecord:
    """Return the beginning of the record of what kpublish itself makes of a file, for the resource ``kid``.

    Its ``refID`` follows from the resource, the checksum of the file and the version of kpublish: who repeats it gets the same one.

    Raises
    ------
    UsageError
        If the file lies outside of the folder.
    MissingFile, UnreadableFile
        If it cannot be read.
    """
    given = _file(folder.resolve(), str(source.resolve()))
    return StepRecord(
        refID=str(uuid.uuid5(uuid.UUID(kid), f"{name} {given.sha256} {__version__}")),
        name=name,
        command=(*name.split(), given.path),
        started="1970-01-01T00:00:00Z",
        ended="1970-01-01T00:00:00Z",
        exitCode=0,
        inputs=(given,),
        software={"kpublish": __version__},
    )


def keep_own(folder: Path, step: StepRecord, output: Path, now: str) -> Path:
    """Complete the record of what kpublish itself did by what it made, and write it; return its file."""
    made = _file(folder.resolve(), str(output.resolve()))
    return keep(folder, step.model_copy(update={"outputs": (made,), "started": now, "ended": now}))[1]


def _is_rerun(record: StepRecord, other: StepRecord) -> bool:
    made = {file.path for file in record.outputs}
    return bool(made) and record.name == other.name and made == {file.path for file in other.outputs}


def missing(folder: Path, record: StepRecord, outputs: Iterable[str]) -> tuple[str, ...]:
    """Return the declared outputs that the step did not make."""
    made = {file.path for file in record.outputs}
    return tuple(path for path in outputs if _inside(folder.resolve(), path) not in made)


def _run(program: str, step: Step, folder: Path) -> int:
    try:
        return subprocess.run([program, *step.command[1:]], cwd=folder, check=False).returncode  # noqa: S603 - the user's own command
    except OSError as error:
        raise UsageError(
            f"{step.command[0]} cannot be run: {error.strerror}.", remedy="Name a program, or begin the script with #!."
        ) from error


def _left(folder: Path, paths: Iterable[str]) -> Iterator[StepFile]:
    """The regular files among what the step left: links, pipes and what cannot be read have no content of their own."""
    for path in paths:
        if (folder / path).is_file() and not (folder / path).is_symlink():
            with suppress(KpublishError):
                yield _file(folder, path)


def _inside(folder: Path, path: str) -> str:
    place = Path(os.path.normpath(folder / path))
    if not place.is_relative_to(folder):
        raise UsageError(
            f"{path} lies outside of {folder}.", remedy="Run kpublish record in a folder that holds all files of the step."
        )
    return place.relative_to(folder).as_posix()


def _file(folder: Path, path: str) -> StepFile:
    name = _inside(folder, path)
    place = folder / name
    if not place.is_file():
        raise MissingFile(f"The input {path} is not there.", remedy="Name files that the step reads with --input.")
    digest, size = sha256_of(place)
    return StepFile(path=name, sha256=digest, size=size, kid=kid_of(place, name))


def kid_of(place: Path, name: str) -> str | None:
    """Return the kid of an annotated table; None of every other file."""
    if place.suffix != ".ecsv":
        return None
    try:
        return read(place, name).kid
    except KpublishError:
        return None


def _told(words: Iterable[str], folder: Path) -> Iterator[str]:
    """The words of a command, without what is personal or secret."""
    return (_without_places(word, folder) for word in hidden_secrets(words))


def _without_places(word: str, folder: Path) -> str:
    """A word of the command without home and folder.

    >>> _without_places("/data/a.csv", Path("/data"))
    'a.csv'
    """
    word = word.replace(f"{folder}/", "").replace(str(folder), ".")
    home = str(Path.home())
    return word.replace(f"{home}/", "~/") if home != "/" else word
