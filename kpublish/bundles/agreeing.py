"""Whether a release says of itself what the files of its package say: those are what the checks have seen."""

from __future__ import annotations

from kpublish.bundles.describing import completed, named
from kpublish.errors import UsageError
from kpublish.model.bundle import Release
from kpublish.model.project import PROJECT_FILE, Project
from kpublish.model.resource import KM3Resource, ResourceHeader, inherit


def refuse_contradictions(project: Project, release: Release) -> None:
    """Compare all metadata but where the bytes are.

    Raises
    ------
    UsageError
        With the first field in which they differ, or the first table or figure that is not there.
    """
    whole = named(project, release.digest).resource
    _compare(PROJECT_FILE, whole, release.resource)
    headers = {table.path: table.resource for table in project.tables}
    headers |= {figure.path: figure.resource for figure in project.figures}
    for member in release.members:
        own = headers.get(member.path)
        if own is None:
            message = f"The release names the {member.kind} {member.path}, which its package does not hold."
            raise UsageError(message, remedy="Send what kpublish bundle makes of these files.")
        places = {"source": member.resource.source, "parentResource": release.kid}
        _compare(member.path, completed(member.path, inherit(own, whole), **places), member.resource)


def _compare(path: str, held: KM3Resource, told: KM3Resource) -> None:
    for name in ResourceHeader.model_fields:
        if name != "source" and getattr(held, name) != getattr(told, name):
            message = f"The release says another {name} than {path} in its package."
            raise UsageError(message, remedy="Send what kpublish bundle makes of these files.")
