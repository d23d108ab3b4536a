"""What of a repository may change in a version that is published: its description, and nothing that the numbers depend on."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from kpublish.model.archive import State
from kpublish.model.bundle import Release
from kpublish.model.resource import KM3Resource

#: Fields of a resource that its bytes depend on.
_FIXED = ("kid", "version", "source", "ktype", "resourceType")


def amended(present: Release, state: State) -> Release:
    """Return the published release with the description that the repository has now.

    Parameters
    ----------
    present
        As the repository would be released now.
    state
        What the archive has; where it keeps no release document, the present one with what was published.
    """
    try:
        published = Release.model_validate(dict(state.metadata))
    except ValidationError:  # archives with metadata of their own
        return present.model_copy(update={"digest": state.digest or present.digest})
    members = {member.resource.kid: member for member in present.members}
    new = [
        member.model_copy(update={"resource": _described(member.resource, members[member.resource.kid].resource)})
        if member.resource.kid in members
        else member
        for member in published.members
    ]
    resource = _described(published.resource, present.resource)
    return published.model_copy(update={"resource": resource, "members": tuple(new)})


def _described(published: KM3Resource, present: KM3Resource) -> KM3Resource:
    fixed: dict[str, Any] = {name: getattr(published, name) for name in _FIXED}
    return present.model_copy(update=fixed)
