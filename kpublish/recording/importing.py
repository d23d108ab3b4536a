"""Brings what other tools recorded into ``provenance/``, without what tells a person or a computer."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kpublish.files import sha256_of, write_bytes
from kpublish.formats.personal import hidden_secrets, without_personal
from kpublish.formats.provenance.finding import read_foreign
from kpublish.formats.step_records import FOLDER
from kpublish.model.json_text import json_text
from kpublish.model.provenance import StepFile, StepRecord
from kpublish.recording.running import kid_of


@dataclass(frozen=True, slots=True)
class Brought:
    """What was made of a tool's record.

    Attributes
    ----------
    tool
        Its name.
    records
        File → record, the first step first.
    names
        Names of persons and computers that the tool told, and that were taken out.
    """

    tool: str
    records: dict[Path, StepRecord]
    names: tuple[str, ...]


def bring(folder: Path, place: Path) -> Brought:
    """Write a record in ``provenance/`` for each step that another tool recorded; a second time, the same ones.

    Parameters
    ----------
    folder
        The repository; paths of files in it become relative to it, and their checksums are told as they are now.
    place
        The file or folder that the tool wrote.

    Raises
    ------
    MissingFile, UnreadableFile
        If it is not there, or no tool is known to write it so.
    StorageError
        If a record cannot be written.
    """
    folder = folder.resolve()
    tool, told = read_foreign(place)
    cleaner = _Cleaner(folder, told.base.resolve(), (*told.names, *_own_names()))
    records = {folder / FOLDER / f"{step.refID}.json": cleaner.step(step) for step in told.steps}
    for file, step in records.items():
        write_bytes(file, json_text(step.model_dump(mode="json", exclude_none=True)))
    return Brought(tool, records, told.names)


def _own_names() -> Iterator[str]:
    """Names of who imports, who is often who ran the tool, and of this computer."""
    home = Path.home()
    if home.parent != home:
        yield str(home)
    yield from (name for variable in ("USER", "LOGNAME") if (name := os.environ.get(variable)))
    yield platform.node()


class _Cleaner:
    """Takes out what is personal, and completes paths and checksums."""

    def __init__(self, folder: Path, base: Path, names: tuple[str, ...]) -> None:
        self._folder, self._base, self._names = folder, base, names

    def step(self, step: StepRecord) -> StepRecord:
        """A step without names of persons and computers, with the files as they are."""
        return step.model_copy(
            update={
                "name": self._text(step.name),
                "settings": self._text(step.settings) if step.settings else None,
                "command": tuple(self._text(word) for word in hidden_secrets(step.command)),
                "inputs": tuple(map(self._file, step.inputs)),
                "outputs": tuple(map(self._file, step.outputs)),
                "software": {self._version(name): self._version(version) for name, version in step.software.items()},
                "environment": {name: self._text(value) for name, value in step.environment.items()},
                "container": self._version(step.container) if step.container else None,
            }
        )

    def _text(self, text: str) -> str:
        for place in {self._folder, self._base}:
            text = text.replace(f"{place}/", "")
        return without_personal(text, self._names)

    def _version(self, text: str) -> str:
        return without_personal(text, self._names, networks=False)

    def _file(self, file: StepFile) -> StepFile:
        """A file with its path in the folder and, if it is there and nobody told it, its checksum."""
        if "://" in file.path:
            return file.model_copy(update={"path": self._text(file.path)})
        place = Path(os.path.normpath(self._base / file.path))
        there = self._is_there(place)
        path = file.path
        if place.is_relative_to(self._folder) and (there or not file.sha256):
            path = place.relative_to(self._folder).as_posix()
        elif path.startswith(("/", "~")) or ".." in path.split("/"):
            path = place.name
        said = file.model_copy(update={"path": without_personal(path, self._names)})
        if not there or (file.sha256 and file.size is not None):
            return said
        digest, size = sha256_of(place)
        if file.sha256 and file.sha256 != digest:
            return said
        return said.model_copy(update={"sha256": digest, "size": size, "kid": kid_of(place, path)})

    def _is_there(self, place: Path) -> bool:
        """Whether it is a file of the repository or beside the record; others are none of ours."""
        real = place.resolve()
        return real.is_file() and (real.is_relative_to(self._folder) or real.is_relative_to(self._base))
