"""Records of processing steps: the JSON files of ``provenance/``, and the chain of steps that leads to a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from kpublish.errors import KpublishError
from kpublish.files import read_bytes
from kpublish.model.provenance import StepFile, StepRecord

#: Where records lie, below the folder of a repository and in a package.
FOLDER = "provenance"
#: Variables that may decide about results and say nothing about a person or a machine.
SAFE = ("LANG", "LC_ALL", "TZ", "PYTHONHASHSEED", "OMP_NUM_THREADS", "ROOT_VERSION", "JPP_VERSION", "CONDA_DEFAULT_ENV")
#: The largest record that is read, in bytes.
LARGEST = 4_000_000
#: Steps after which a chain is long enough for the header of a file.
_LONGEST = 100


def read_record(path: Path) -> StepRecord | None:
    """Return the record in a file; None, if it is none, e.g. of another tool."""
    try:
        return record_of(read_bytes(path, limit=LARGEST))
    except KpublishError:
        return None


def record_of(content: bytes | str) -> StepRecord | None:
    """Return the record that a text is; None, if it is none."""
    try:
        return StepRecord.model_validate(json.loads(content))
    except (ValueError, RecursionError):
        return None


def records_in(folder: Path) -> dict[Path, StepRecord]:
    """Return the records in ``provenance/`` of a folder by their files, the newest first."""
    read = ((path, read_record(path)) for path in sorted((folder / FOLDER).glob("*.json")))
    found = [(path, record) for path, record in read if record]
    return dict(sorted(found, key=lambda item: item[1].ended or "", reverse=True))


def place_of(file: Path) -> Path | None:
    """Return the nearest folder around a file that holds records."""
    return next((folder for folder in file.resolve().parents if (folder / FOLDER).is_dir()), None)


def with_output(records: Iterable[StepRecord], file: StepFile) -> StepRecord | None:
    """Return the first record of a step that made a file, declared or not."""
    return next((record for record in records if any(file.may_be(made) for made in (*record.outputs, *record.undeclared))), None)


def chain_to(records: tuple[StepRecord, ...], file: StepFile) -> tuple[StepRecord, ...]:
    """Return the steps that lead to a file, the first one first, each once."""
    return tuple(reversed(list(_back(records, file))))


def _back(records: tuple[StepRecord, ...], file: StepFile) -> Iterator[StepRecord]:
    waiting, seen = [file], set[str]()
    while waiting and len(seen) < _LONGEST:
        step = with_output(records, waiting.pop(0))
        if step and step.refID not in seen:
            seen.add(step.refID)
            yield step
            waiting += step.inputs
