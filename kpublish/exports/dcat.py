"""The release in DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/) as JSON-LD with an inline context; the data center serves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kpublish.exports.names import licence_address, orcid_address, ror_address
from kpublish.exports.page.citing import address
from kpublish.model.bundle import FileEntry, Release
from kpublish.model.people import Author

#: What JSON-LD of this profile is recognised by.
PROFILE = "http://www.w3.org/ns/dcat#"
CONTEXT = {
    "dcat": PROFILE,
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def record(release: Release, href: Callable[[str], str]) -> dict[str, Any]:
    """Return the release as a dcat:Dataset with a distribution for each file; what it does not say is left out.

    Parameters
    ----------
    release
        What is described; under an embargo without its files.
    href
        Path of a file → its absolute address.
    """
    resource = release.resource
    said = {
        "@context": CONTEXT,
        "@id": release.landing,
        "@type": "dcat:Dataset",
        "dcterms:title": _text(resource.title, resource.language),
        "dcterms:description": _text(resource.description, resource.language),
        "dcterms:identifier": resource.kid,
        "dcterms:issued": {"@type": "xsd:date", "@value": resource.datePublication},
        "dcterms:publisher": {"@type": "foaf:Organization", "foaf:name": resource.publisher},
        "dcterms:creator": [_agent(author) for author in resource.creators],
        "dcterms:license": {"@id": licence_address(resource.license)},
        "dcterms:accessRights": {"@id": f"http://publications.europa.eu/resource/authority/access-right/{_access(release)}"},
        "dcterms:bibliographicCitation": address(release),
        "dcat:version": release.version,
        "dcat:keyword": list(dict.fromkeys(resource.keywords)),
        "dcat:landingPage": {"@id": release.landing},
        "dcat:distribution": [_distribution(release, entry, href) for entry in ([] if release.embargo else release.files)],
    }
    return {key: value for key, value in said.items() if value not in (None, [])}


def _access(release: Release) -> str:
    return "RESTRICTED" if release.embargo else "PUBLIC"


def _text(text: str | None, language: str | None) -> dict[str, str] | None:
    return {"@value": text, "@language": language or "en"} if text else None


def _agent(author: Author) -> dict[str, Any]:
    kind = "foaf:Organization" if author.type == "collaboration" else "foaf:Person"
    address = orcid_address(author.orcid) if author.orcid else ror_address(author.ror) if author.ror else ""
    return ({"@id": address} if address else {}) | {"@type": kind, "foaf:name": author.display_name}


def _distribution(release: Release, entry: FileEntry, href: Callable[[str], str]) -> dict[str, Any]:
    checksum = {
        "@type": "spdx:Checksum",
        "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
        "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": entry.sha256},
    }
    return {
        "@id": href(entry.path),
        "@type": "dcat:Distribution",
        "dcterms:title": entry.path,
        "dcterms:license": {"@id": licence_address(release.resource.license)},
        "dcat:accessURL": {"@id": release.landing},
        "dcat:downloadURL": {"@id": href(entry.path)},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{entry.mediaType.partition(';')[0]}"},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(entry.size)},
        "spdx:checksum": checksum,
    }
