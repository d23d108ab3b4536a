"""The steps of workflows that a version records: JSON files in ``provenance/``, registered when it is published."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from kpublish.datacenter.models import Step, Version
from kpublish.datacenter.storage import store
from kpublish.formats.step_records import FOLDER, LARGEST, record_of
from kpublish.model.provenance import StepRecord

#: Records of one version that are read.
_MOST = 1000


def register(version: Version) -> None:
    """Write down the steps of a version, inside the transaction that publishes it; the same again changes nothing."""
    found = records(version.files.filter(arrived=True).values_list("path", "sha256"))
    Step.objects.bulk_create(
        (
            Step(
                version=version,
                kid=record.refID,
                name=record.name[:300],
                path=path,
                document=record.model_dump_json(exclude_none=True),
            )
            for path, record in found
        ),
        ignore_conflicts=True,
    )


def records(files: Iterable[tuple[str, str]]) -> Iterator[tuple[str, StepRecord]]:
    """The records among files (path, sha256), each step once; what is none, e.g. of another tool, is left out."""
    named = sorted((path, sha256) for path, sha256 in files if path.startswith(f"{FOLDER}/") and path.endswith(".json"))
    seen: set[str] = set()
    kept = store()
    for path, sha256 in named[:_MOST]:
        with kept.open(sha256) as stream:
            record = record_of(stream.read(LARGEST))
        if record and _is_uuid(record.refID) and record.refID not in seen:
            seen.add(record.refID)
            yield path, record


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
