"""DataCite Metadata Schema 4.5 as JSON (https://schema.datacite.org/meta/kernel-4.5/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpublish.exports.names import (
    ORCID,
    RELATIONS,
    ROR,
    SPDX,
    given_and_family,
    identifier,
    licence_address,
    licence_name,
    orcid_address,
    ror_address,
    types_of,
)
from kpublish.model.bundle import Release
from kpublish.model.json_text import json_text
from kpublish.model.people import Affiliation, Author, Funding
from kpublish.model.resource import KM3Resource

STANDARD = "DataCite Metadata Schema"
VERSION = "4.5"
ADDRESS = "https://schema.datacite.org/meta/kernel-4.5/"

_KERNEL = "http://datacite.org/schema/kernel-4"


def documents(release: Release) -> Mapping[str, bytes]:
    """Return ``datacite.json``."""
    return {"datacite.json": json_text(record(release))}


def record(release: Release) -> dict[str, Any]:
    """Return the record of a release; what the release does not say is left out."""
    resource = release.resource
    general, _, word = types_of(resource)
    said = {
        "schemaVersion": _KERNEL,
        "doi": resource.idDOI,
        "url": release.landing,
        "types": {"resourceTypeGeneral": general, "resourceType": resource.resourceType.value if resource.resourceType else word},
        "creators": [_creator(author) for author in resource.creators]
        or [{"name": resource.publisher, "nameType": "Organizational"}],
        "titles": [{"title": resource.title}],
        "publisher": {"name": resource.publisher},
        "publicationYear": resource.datePublication[:4],
        "subjects": [{"subject": keyword} for keyword in dict.fromkeys(resource.keywords)],
        "contributors": _contributors(resource),
        "dates": _dates(resource),
        "language": resource.language,
        "alternateIdentifiers": _alternate(resource),
        "relatedIdentifiers": _related(resource),
        "sizes": [f"{sum(entry.size for entry in release.files)} B"],
        "formats": sorted({entry.mediaType for entry in release.files}),
        "version": release.version,
        "rightsList": [_rights(resource.license)],
        "descriptions": _descriptions(resource),
        "fundingReferences": [_funding(item) for item in resource.funding],
    }
    return {key: value for key, value in said.items() if value not in (None, [])}


def _creator(author: Author) -> dict[str, Any]:
    if author.type == "collaboration":
        named: dict[str, Any] = {"name": author.display_name, "nameType": "Organizational"}
        return named | ({"nameIdentifiers": [_name_identifier(ror_address(author.ror), "ROR", ROR)]} if author.ror else {})
    given, family = given_and_family(author)
    named = {"name": ", ".join(part for part in (family, given) if part), "nameType": "Personal"}
    named |= {key: part for key, part in (("givenName", given), ("familyName", family)) if part}
    if author.orcid:
        named["nameIdentifiers"] = [_name_identifier(orcid_address(author.orcid), "ORCID", ORCID)]
    if author.affiliations:
        named["affiliation"] = [_affiliation(place) for place in author.affiliations]
    return named


def _name_identifier(address: str, scheme: str, home: str) -> dict[str, str]:
    return {"nameIdentifier": address, "nameIdentifierScheme": scheme, "schemeUri": home}


def _affiliation(place: Affiliation) -> dict[str, str]:
    if not place.ror:
        return {"name": place.name}
    return {
        "name": place.name,
        "affiliationIdentifier": ror_address(place.ror),
        "affiliationIdentifierScheme": "ROR",
        "schemeUri": ROR,
    }


def _contributors(resource: KM3Resource) -> list[dict[str, str]]:
    contact = resource.contact
    if contact is None or not contact.name:
        return []
    return [{"name": contact.name, "nameType": "Organizational", "contributorType": "ContactPerson"}]


def _dates(resource: KM3Resource) -> list[dict[str, str]]:
    dates = [{"date": resource.datePublication, "dateType": "Issued"}]
    if resource.dateCreation:
        dates.append({"date": resource.dateCreation, "dateType": "Created"})
    content = resource.content
    if content and content.startTime and content.stopTime:
        dates.append({"date": f"{content.startTime}/{content.stopTime}", "dateType": "Collected"})
    return dates


def _alternate(resource: KM3Resource) -> list[dict[str, str]]:
    stated = [("kid", resource.kid), ("IVOID", resource.idIVOA), ("other", resource.idALT)]
    return [{"alternateIdentifier": value, "alternateIdentifierType": scheme} for scheme, value in stated if value]


def _related(resource: KM3Resource) -> list[dict[str, str]]:
    stated = [
        (relation.id, RELATIONS.get(relation.relation) or _capital(relation.relation.value))
        for relation in resource.relatedResources
    ]
    if resource.referenceURL:
        stated.append((resource.referenceURL, "IsDocumentedBy"))
    if resource.parentResource:
        stated.append((resource.parentResource, "IsPartOf"))
    found = [(identifier(text), relation) for text, relation in dict.fromkeys(stated)]
    return [
        {"relatedIdentifier": target.value, "relatedIdentifierType": target.scheme, "relationType": relation}
        for target, relation in found
        if target.scheme
    ]


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _rights(licence: str) -> dict[str, str]:
    return {
        "rights": licence_name(licence),
        "rightsUri": licence_address(licence),
        "rightsIdentifier": licence,
        "rightsIdentifierScheme": "SPDX",
        "schemeUri": SPDX,
    }


def _descriptions(resource: KM3Resource) -> list[dict[str, str]]:
    described = [{"description": resource.description, "descriptionType": "Abstract"}] if resource.description else []
    if resource.content and resource.content.instrument:
        described.append({"description": f"Instrument: {resource.content.instrument}", "descriptionType": "TechnicalInfo"})
    return described


def _funding(item: Funding) -> dict[str, str]:
    said = {"funderName": item.funder, "awardNumber": item.award, "awardUri": item.awardURL, "awardTitle": item.title}
    if item.ror:
        said |= {"funderIdentifier": ror_address(item.ror), "funderIdentifierType": "ROR"}
    return {key: value for key, value in said.items() if value}
