"""What records of provenance have in common: times, identifiers, JSON, and files named by a path."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kpublish.errors import UnreadableFile
from kpublish.files import read_bytes
from kpublish.model.provenance import StepFile

#: The largest record that is read, in bytes: reports may hold results.
_LARGEST = 512 * 1024**2
#: Names of our own identifiers: of what a tool does not give one.
_OURS = uuid.UUID("5d7a0a55-4a0f-5a5e-9b6f-6f2f3f7a8c10")


def instant(value: object) -> str | None:
    """Return a time as records tell it, UTC to the second; None of what is no time. Without a zone it is taken for UTC.

    >>> instant("2021-02-02T21:06:31.233+01:00"), instant(0), instant("-")
    ('2021-02-02T20:06:31Z', '1970-01-01T00:00:00Z', None)
    """
    try:
        time = datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def identifier(said: object, *otherwise: object) -> str:
    """Return the UUID that a tool gave a step; where it gave none, one that follows from the rest.

    A UUID of version 1 tells the computer's network card, so another takes its place.
    """
    try:
        found = uuid.UUID(str(said))
    except ValueError:
        return str(uuid.uuid5(_OURS, "\n".join(map(str, (said, *otherwise)))))
    return str(uuid.uuid5(_OURS, str(found)) if found.version == 1 else found)


def json_of(place: Path) -> Any:
    """Return the JSON of a file.

    Raises
    ------
    MissingFile, UnreadableFile
        If it cannot be read, or is none.
    """
    try:
        return json.loads(read_bytes(place, limit=_LARGEST))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{place} is no JSON.", remedy="Let the tool write it again.") from error


def text_of(place: Path) -> str:
    """Return the text of a file; bytes that are no UTF-8 become marks.

    Raises
    ------
    MissingFile, UnreadableFile
        If it cannot be read.
    """
    return read_bytes(place, limit=_LARGEST).decode("utf-8", "replace")


def short(value: Any, longest: int = 2000) -> str | None:
    """Return settings as a short line; None of none.

    >>> short({"events": 5}), short({})
    ('{"events": 5}', None)
    """
    text = value.strip() if isinstance(value, str) else json.dumps(value or "", ensure_ascii=False, sort_keys=True, default=str)
    if text in ("", '""'):
        return None
    return text if len(text) <= longest else f"{text[:longest]}…"


def named(paths: Iterable[object]) -> tuple[StepFile, ...]:
    """Return files of which only the paths are told, each once."""
    return tuple(StepFile(path=path) for path in dict.fromkeys(str(path) for path in paths if path))


def listed(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings in what may be one of them, several or none."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield each
