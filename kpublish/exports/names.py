"""What the words and identifiers of KM3Resource are called elsewhere: DataCite 4.5, schema.org, CFF 1.2.0, SPDX."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kpublish.model.bundle import Release
from kpublish.model.people import Author
from kpublish.model.resource import KM3Resource
from kpublish.model.vocabularies import RelationType, ResourceType

#: resourceType → DataCite's resourceTypeGeneral, schema.org's type, and the word in a citation.
TYPES = {
    ResourceType.PLOTDATA: ("Dataset", "Dataset", "Data set"),
    ResourceType.DATASET: ("Dataset", "Dataset", "Data set"),
    ResourceType.EVENTLIST: ("Dataset", "Dataset", "Data set"),
    ResourceType.IRF: ("Dataset", "Dataset", "Data set"),
    ResourceType.PLOT: ("Image", "ImageObject", "Figure"),
    ResourceType.SOFTWARE: ("Software", "SoftwareSourceCode", "Computer software"),
    ResourceType.NOTEBOOK: ("ComputationalNotebook", "SoftwareSourceCode", "Computational notebook"),
    ResourceType.WORKFLOW: ("Workflow", "SoftwareSourceCode", "Workflow"),
    ResourceType.PAPER: ("JournalArticle", "ScholarlyArticle", "Article"),
    ResourceType.PREPRINT: ("Preprint", "ScholarlyArticle", "Preprint"),
    ResourceType.POSTER: ("Other", "Poster", "Poster"),
    ResourceType.PRESENTATION: ("Other", "PresentationDigitalDocument", "Presentation"),
    ResourceType.PACKAGE: ("Collection", "Dataset", "Data and figures"),
    ResourceType.ALERT: ("Event", "Event", "Alert"),
    ResourceType.SERVICE: ("Service", "WebAPI", "Service"),
    ResourceType.DETECTOR: ("Instrument", "Thing", "Instrument"),
}
#: How a sibling and others that DataCite 4.5 does not know are told there.
RELATIONS = {RelationType.SIBLING: "References", RelationType.IS_NEW_VERSION_OF: "IsNewVersionOf"}
#: Licences of data and code that people know by another name than their SPDX identifier (https://spdx.org/licenses).
LICENCES = {
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "CC-BY-SA-4.0": "Creative Commons Attribution Share Alike 4.0 International",
    "CC0-1.0": "Creative Commons Zero v1.0 Universal",
    "BSD-3-Clause": 'BSD 3-Clause "New" or "Revised" License',
    "MIT": "MIT License",
    "Apache-2.0": "Apache License 2.0",
    "GPL-3.0-or-later": "GNU General Public License v3.0 or later",
}
ORCID = "https://orcid.org"
ROR = "https://ror.org"
SPDX = "https://spdx.org/licenses"
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of another resource: its scheme in DataCite's words, its value there, and an address (empty: none)."""

    scheme: str
    value: str
    address: str


def identifier(text: str) -> Identifier:
    """Recognise DOI, URL and UUID; what is none of them keeps its text and has no address.

    >>> identifier("https://doi.org/10.5281/zenodo.1").value, identifier("arXiv:2402.08363").address
    ('10.5281/zenodo.1', 'https://arxiv.org/abs/2402.08363')
    """
    text = text.strip()
    if match := _DOI.fullmatch(text):
        return Identifier("DOI", match[1], f"https://doi.org/{quote(match[1], safe='/:;()._-')}")
    if re.match(r"https?://[^\s/]", text):
        return Identifier("URL", text, text)
    if match := re.fullmatch(r"arxiv:\s*(\S+)", text, re.IGNORECASE):
        return Identifier("arXiv", f"arXiv:{match[1]}", f"https://arxiv.org/abs/{quote(match[1], safe='/.')}")
    try:
        return Identifier("URN", uuid.UUID(text).urn, "")
    except ValueError:
        return Identifier("", text, "")


def types_of(resource: KM3Resource) -> tuple[str, str, str]:
    """DataCite's word, schema.org's type and the word in a citation for the type of a resource."""
    return TYPES[resource.resourceType or ResourceType.DATASET]


def orcid_address(orcid: str) -> str:
    """The address of an ORCID (https://orcid.org), given with or without it."""
    return f"{ORCID}/{orcid.rstrip('/').rpartition('/')[2]}"


def ror_address(ror: str) -> str:
    """The address of a ROR identifier (https://ror.org), given with or without it."""
    return f"{ROR}/{ror.rstrip('/').rpartition('/')[2]}"


def licence_address(licence: str) -> str:
    """The address of a licence in SPDX's list.

    >>> licence_address("CC-BY-4.0")
    'https://spdx.org/licenses/CC-BY-4.0'
    """
    return f"{SPDX}/{quote(licence)}"


def licence_name(licence: str) -> str:
    """The name of a licence for people."""
    return LICENCES.get(licence, licence)


def given_and_family(author: Author) -> tuple[str, str]:
    """Given and family name of a person; a single ``name`` is split at its comma or last blank.

    >>> given_and_family(Author(name="Ada Example"))
    ('Ada', 'Example')
    """
    if author.familyName or author.givenName:
        return author.givenName or "", author.familyName or ""
    name = (author.name or author.orcid or "").strip()
    family, comma, given = (part.strip() for part in name.partition(","))
    if not comma:
        given, _, family = name.rpartition(" ")
    return given, family


def agent(author: Author) -> dict[str, Any]:
    """An author as schema.org describes people and organisations (https://schema.org/Person, https://schema.org/Organization)."""
    if author.type == "collaboration":
        return organization(author.display_name, author.ror)
    given, family = given_and_family(author)
    node: dict[str, Any] = {
        "@id": orcid_address(author.orcid) if author.orcid else _local(author.display_name),
        "@type": "Person",
        "name": " ".join(part for part in (given, family) if part),
    }
    if given:
        node["givenName"] = given
    if family:
        node["familyName"] = family
    if author.affiliations:
        node["affiliation"] = [organization(place.name, place.ror) for place in author.affiliations]
    return node


def organization(name: str, ror: str | None = None) -> dict[str, Any]:
    """An organisation as schema.org describes it."""
    return {"@id": ror_address(ror) if ror else _local(name), "@type": "Organization", "name": name}


def kid_value(kid: str) -> dict[str, str]:
    """A kid as schema.org describes identifiers of a kind of its own (https://schema.org/PropertyValue)."""
    return {"@id": f"urn:uuid:{kid}", "@type": "PropertyValue", "name": "kid", "propertyID": "kid", "value": kid}


def dataset(release: Release) -> dict[str, Any]:
    """What schema.org says of a release as a whole (https://schema.org/Dataset); agents are nested."""
    resource = release.resource
    node: dict[str, Any] = {
        "@type": "Dataset",
        "name": resource.title,
        "description": resource.description or resource.title,
        "url": release.landing,
        "identifier": kid_value(resource.kid),
        "version": release.version,
        "datePublished": resource.datePublication,
        "publisher": organization(resource.publisher, _publisher_ror(resource)),
    }
    if resource.creators:
        node["author"] = [agent(author) for author in resource.creators]
    optional = {
        "dateCreated": resource.dateCreation,
        "inLanguage": resource.language,
        "keywords": list(resource.keywords),
        "temporalCoverage": _coverage(resource),
        "sameAs": [f"https://doi.org/{resource.idDOI}"] if resource.idDOI else None,
        "creativeWorkStatus": resource.status.value if resource.status else None,
    }
    return node | {key: value for key, value in optional.items() if value}


def _publisher_ror(resource: KM3Resource) -> str | None:
    return next((author.ror for author in resource.creators if author.name == resource.publisher), None)


def _coverage(resource: KM3Resource) -> str | None:
    content = resource.content
    if content is None or not (content.startTime and content.stopTime):
        return None
    return f"{content.startTime}/{content.stopTime}"


def _local(name: str) -> str:
    return f"#{quote(name.replace(' ', '-'), safe='-')}"
