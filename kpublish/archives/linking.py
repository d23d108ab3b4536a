"""Cross-links between archives that hold the same version, and to the version before."""

from __future__ import annotations

from collections.abc import Mapping

from kpublish.model.archive import ArchiveStatus, Link, State
from kpublish.model.bundle import Release


def links(release: Release, mine: str, states: Mapping[str, State], before: str) -> tuple[Link, ...]:
    """Return what the archive ``mine`` shall say of the others.

    Parameters
    ----------
    release
        What was released.
    mine
        Name of the archive.
    states
        What every archive has, by name.
    before
        DOI of the version before at an archive; empty, if none is known.
    """
    published = {name: state for name, state in states.items() if name != mine and state.status is ArchiveStatus.PUBLISHED}
    found = [Link("isIdenticalTo", state.doi, "doi") for state in published.values() if state.doi]
    if states[mine].doi and any(not state.doi for state in published.values()):
        found.append(Link("isIdenticalTo", release.landing, "url"))
    if before and not states[mine].doi:  # an archive that mints DOIs knows its own versions
        found.append(Link("isNewVersionOf", before, "doi"))
    return tuple(dict.fromkeys(found))


def missing(wanted: tuple[Link, ...], state: State) -> bool:
    """Whether an archive lacks one of the links."""
    there = {(link.relation.lower(), link.identifier.lower()) for link in state.links}
    return any((link.relation.lower(), link.identifier.lower()) not in there for link in wanted)
