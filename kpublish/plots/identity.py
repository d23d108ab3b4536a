"""The identity that a figure carries: who it is, of which version, by whom, under which licence, drawn from which data."""

from __future__ import annotations

from typing import Any

from kpublish.formats.xmp import packet
from kpublish.model.figure import Figure
from kpublish.model.identifiers import PUBLIC_ADDRESS, landing_address
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader, inherit


def resource_of(figure: Figure, project: Project) -> ResourceHeader:
    """Return the figure's own fields, completed by those of the release."""
    return inherit(figure.resource or ResourceHeader(), project.release or ResourceHeader())


def identity(figure: Figure, project: Project, alt: str) -> dict[str, Any]:
    """Return the fields of the XMP packet: a pure function of the repository, without clock or DOI."""
    resource = resource_of(figure, project)
    release = project.release.kid if project.release else None
    return {
        "title": resource.title,
        "authors": [author.display_name for author in resource.creators],
        "description": resource.description,
        "publisher": [resource.publisher] if resource.publisher else [],
        "license": resource.license,
        "statement": f"https://spdx.org/licenses/{resource.license}.html" if resource.license else None,
        "landing": landing_address(resource.kid, project.landing or PUBLIC_ADDRESS) if resource.kid else None,
        "alt": alt,
        "kid": resource.kid,
        "version": resource.version,
        "release": release,
        "data": [_data(project, path) for path in figure.tables],
    }


def _data(project: Project, path: str) -> dict[str, str]:
    table = project.table(path)
    return {"path": path, "sha256": table.sha256 if table else "", "kid": (table.kid if table else None) or ""}


def packet_of(figure: Figure, project: Project, alt: str) -> str:
    """Return the XMP packet of a figure, the same for all its formats."""
    return packet(identity(figure, project, alt))
