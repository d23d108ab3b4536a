"""Records of processing steps: the JSON files of ``provenance/``, and the chain of steps that leads to a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from kpublish.errors import KpublishError
from kpublish.files import read_bytes
from kpublish.model.provenance import StepRecord

#: Where records lie, below the folder of a repository and in a package.
FOLDER = "provenance"
_LARGEST = 4_000_000
#: Steps after which a chain is long enough for the header of a file.
_LONGEST = 100


def read_record(path: Path) -> StepRecord | None:
    """Return the record in a file; None, if it is none, e.g. of another tool."""
    try:
        return StepRecord.model_validate(json.loads(read_bytes(path, limit=_LARGEST)))
    except (KpublishError, ValueError):
        return None


def records_in(folder: Path) -> dict[Path, StepRecord]:
    """Return the records in ``provenance/`` of a folder by their files, the newest first."""
    read = ((path, read_record(path)) for path in sorted((folder / FOLDER).glob("*.json")))
    found = [(path, record) for path, record in read if record]
    return dict(sorted(found, key=lambda item: item[1].ended, reverse=True))


def place_of(file: Path) -> Path | None:
    """Return the nearest folder around a file that holds records."""
    return next((folder for folder in file.resolve().parents if (folder / FOLDER).is_dir()), None)


def with_output(records: Iterable[StepRecord], sha256: str) -> StepRecord | None:
    """Return the first record of a step that made the file with this checksum, declared or not."""
    made = ((record, {file.sha256 for file in (*record.outputs, *record.undeclared)}) for record in records)
    return next((record for record, digests in made if sha256 in digests), None)


def chain_to(records: tuple[StepRecord, ...], sha256: str) -> tuple[StepRecord, ...]:
    """Return the steps that lead to the file with this checksum, the first one first, each once."""
    return tuple(reversed(list(_back(records, sha256))))


def _back(records: tuple[StepRecord, ...], sha256: str) -> Iterator[StepRecord]:
    waiting, seen = [sha256], set[str]()
    while waiting and len(seen) < _LONGEST:
        step = with_output(records, waiting.pop(0))
        if step and step.refID not in seen:
            seen.add(step.refID)
            yield step
            waiting += [file.sha256 for file in step.inputs]
