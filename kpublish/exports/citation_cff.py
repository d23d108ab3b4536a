"""Citation File Format 1.2.0 (https://github.com/citation-file-format/citation-file-format, doi:10.5281/zenodo.5171937)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpublish.exports.names import given_and_family, orcid_address
from kpublish.model.bundle import Release
from kpublish.model.people import Author
from kpublish.model.resource import KM3Resource
from kpublish.model.vocabularies import ResourceType

STANDARD = "Citation File Format"
VERSION = "1.2.0"
ADDRESS = "https://github.com/citation-file-format/citation-file-format"

#: The name that the format gives to the file.
NAME = "CITATION.cff"
_SOFTWARE = (ResourceType.SOFTWARE, ResourceType.NOTEBOOK, ResourceType.WORKFLOW)


def documents(release: Release) -> Mapping[str, bytes]:
    """Return ``CITATION.cff``."""
    import yaml

    text = yaml.dump(record(release), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=100)
    return {NAME: str(text).encode()}


def may_be_brought(kind: ResourceType | None) -> bool:
    """Whether a repository of this kind may hold a citation of its own: forges show the one of software, and installers read it."""
    return kind in _SOFTWARE


def record(release: Release) -> dict[str, Any]:
    """Return what the file says; dates and version are strings, as the format wants them."""
    resource = release.resource
    publisher = {"name": resource.publisher}
    said = {
        "cff-version": VERSION,
        "message": "If you use these data or figures, please cite them as below.",
        "type": "software" if resource.resourceType in _SOFTWARE else "dataset",
        "title": resource.title,
        "abstract": resource.description,
        "authors": [_author(author) for author in resource.creators] or [publisher],
        "contact": _contact(resource),
        "version": release.version,
        "date-released": resource.datePublication,
        "license": resource.license if not resource.license.startswith("LicenseRef-") else None,
        "doi": resource.idDOI,
        "identifiers": [
            {"type": "other", "value": f"urn:uuid:{resource.kid}", "description": "kid, the identifier of all versions"}
        ],
        "url": release.landing,
        "commit": release.commit,
        "keywords": list(dict.fromkeys(resource.keywords)),
    }
    return {key: value for key, value in said.items() if value}


def _author(author: Author) -> dict[str, str]:
    if author.type == "collaboration":
        return {"name": author.display_name}
    given, family = given_and_family(author)
    said = {
        "family-names": family,
        "given-names": given,
        "orcid": orcid_address(author.orcid) if author.orcid else "",
        "affiliation": "; ".join(place.name for place in author.affiliations),
    }
    return {key: value for key, value in said.items() if value}


def _contact(resource: KM3Resource) -> list[dict[str, str]]:
    contact = resource.contact
    if contact is None or not (contact.name or contact.email):
        return []
    said = {"name": contact.name or resource.publisher, "email": contact.email or ""}
    return [{key: value for key, value in said.items() if value}]
