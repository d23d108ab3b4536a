"""What has changed at an archive since a release: each drift named."""

from __future__ import annotations

from collections.abc import Iterator

from kpublish.archives.planning import file_steps
from kpublish.archives.targets import Target
from kpublish.model.archive import ArchiveStatus, State


def drifts(target: Target, state: State) -> Iterator[str]:
    """Yield every way in which an archive differs from what the repository would release now."""
    release = target.bundle.release
    if state.status is ArchiveStatus.ABSENT:
        yield f"version {release.version} is not there"
        return
    if state.status is not ArchiveStatus.PUBLISHED:
        yield f"it is {state.status}{f': {state.note}' if state.note else ''}"
        if state.status is ArchiveStatus.WITHDRAWN:
            return
    if state.digest != release.digest:
        yield "it was made from other inputs"
        return
    for step in file_steps(release, state):
        if step.verb == "remove":
            yield f"{step.path} is there, but not in the package"
        elif step.path in state.files:
            yield f"{step.path} has other bytes"
        else:
            yield f"{step.path} is missing"
    for difference in target.archive.differences(release, state):
        yield f"{difference.field} is {_short(difference.stored)}, not {_short(difference.sent)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
