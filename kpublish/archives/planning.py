"""What brings an archive from what it has to what a release says; pure functions of both."""

from __future__ import annotations

from kpublish.errors import IntegrityError, VersionTaken
from kpublish.model.archive import ArchiveStatus, State, Step
from kpublish.model.bundle import FileEntry, Release


def plan(release: Release, state: State) -> tuple[Step, ...]:
    """Return what brings an archive from ``state`` to the published release; nothing, if it is there already.

    Raises
    ------
    VersionTaken
        If this version was released from other inputs, or withdrawn.
    """
    if state.status is ArchiveStatus.WITHDRAWN:
        raise VersionTaken(
            f"Version {release.version} of {release.kid} was withdrawn: {state.note or state.url or state.id}",
            remedy="Raise version: in kpublish.yaml, commit, tag it, and release again.",
        )
    if state.ended:
        if state.digest != release.digest:
            raise VersionTaken(
                f"Version {release.version} of {release.kid} was already released from other inputs: {state.url or state.id}",
                remedy="Raise version: in kpublish.yaml, commit, tag it, and release again.",
            )
        return ()
    start = Step("draft" if state.status is ArchiveStatus.ABSENT else "describe")
    return (start, *file_steps(release, state), Step("publish"))


def file_steps(release: Release, state: State) -> tuple[Step, ...]:
    """Return the files to be removed, then those to be sent."""
    wanted = {entry.path for entry in release.files}
    superfluous = [Step("remove", path) for path in sorted(state.files) if path not in wanted]
    missing = [Step("send", entry.path, entry.size) for entry in release.files if not holds(state, entry)]
    return (*superfluous, *missing)


def holds(state: State, entry: FileEntry) -> bool:
    """Whether an archive has exactly these bytes, by the checksum that it tells."""
    stored = state.files.get(entry.path)
    if stored is None or stored.size != entry.size:
        return False
    return stored.sha256 == entry.sha256 if stored.sha256 else bool(entry.md5) and stored.md5 == entry.md5


def verify(release: Release, state: State) -> None:
    """Compare what an archive holds with the release.

    Raises
    ------
    VersionTaken
        If meanwhile another release of the same version took its place.
    IntegrityError
        If files are missing, superfluous, or differ.
    """
    if state.digest != release.digest:
        raise VersionTaken(
            f"Version {release.version} of {release.kid} was meanwhile changed by another release.",
            remedy="See who else releases it; then raise version: in kpublish.yaml or run the same command again.",
        )
    wrong = [step.path for step in file_steps(release, state)]
    if wrong:
        raise IntegrityError(
            f"The archive does not hold what was sent: {', '.join(wrong[:5])}{' …' if len(wrong) > 5 else ''}.",
            remedy="Nothing was published; run the same command again.",
        )
