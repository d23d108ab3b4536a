"""The formats in which records are harvested: Dublin Core, and DataCite in the envelope of harvesters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from kpublish.datacenter.documents import datacite_tree
from kpublish.datacenter.landing import open_release
from kpublish.datacenter.models import Version
from kpublish.datacenter.xml import clean
from kpublish.exports.datacite import VERSION
from kpublish.exports.names import identifier, licence_address, licence_name
from kpublish.model.bundle import Release

DC, OAI_DC = "http://purl.org/dc/elements/1.1/", "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DATACITE = "http://schema.datacite.org/oai/oai-1.1/"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
#: Whose records these are, in the words of DataCite's harvesters.
SYMBOL = "KM3NET.ODC"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its prefix, schema and namespace, and how a version is written below an element."""

    prefix: str
    schema: str
    namespace: str
    write: Callable[[Any, Version], None]


def _dublin_core(element: Any, row: Version) -> None:
    """Simple Dublin Core, http://www.openarchives.org/OAI/2.0/oai_dc.xsd."""
    root = etree.SubElement(element, f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC})
    root.set(_XSI, f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    for name, value in _statements(open_release(row)):
        if value:
            etree.SubElement(root, f"{{{DC}}}{name}").text = clean(value)


def _statements(release: Release) -> Iterator[tuple[str, str]]:
    resource = release.resource
    yield "title", resource.title
    yield from (("creator", author.display_name) for author in resource.creators)
    yield from (("subject", keyword) for keyword in dict.fromkeys(resource.keywords))
    yield "description", resource.description or ""
    yield "publisher", resource.publisher
    yield from (("date", day) for day in dict.fromkeys((resource.datePublication, resource.dateCreation or "")))
    yield "type", resource.resourceType.value if resource.resourceType else "dataset"
    yield from (("format", kind) for kind in sorted({entry.mediaType for entry in release.files}))
    yield "identifier", release.landing
    yield "identifier", f"https://doi.org/{resource.idDOI}" if resource.idDOI else ""
    yield from (("identifier", text) for text in (f"urn:uuid:{release.kid}", resource.idIVOA or "", resource.idALT or ""))
    yield "language", resource.language or ""
    yield "relation", resource.referenceURL or ""
    related = dict.fromkeys((resource.parentResource or "", *(relation.id for relation in resource.relatedResources)))
    yield from (("relation", identifier(text).address or text) for text in related if text)
    if resource.content and resource.content.startTime and resource.content.stopTime:
        yield "coverage", f"{resource.content.startTime}/{resource.content.stopTime}"
    yield "rights", licence_name(resource.license)
    yield "rights", licence_address(resource.license)


def _datacite(element: Any, row: Version) -> None:
    """The record of DataCite in its envelope, http://schema.datacite.org/oai/oai-1.1/oai.xsd."""
    root = etree.SubElement(element, f"{{{OAI_DATACITE}}}oai_datacite", nsmap={None: OAI_DATACITE})
    root.set(_XSI, f"{OAI_DATACITE} {OAI_DATACITE}oai.xsd")
    etree.SubElement(root, f"{{{OAI_DATACITE}}}schemaVersion").text = VERSION
    etree.SubElement(root, f"{{{OAI_DATACITE}}}datacentreSymbol").text = SYMBOL
    etree.SubElement(root, f"{{{OAI_DATACITE}}}payload").append(datacite_tree(open_release(row)))


FORMATS = (
    Format("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC, _dublin_core),
    Format("oai_datacite", f"{OAI_DATACITE}oai.xsd", OAI_DATACITE, _datacite),
)
