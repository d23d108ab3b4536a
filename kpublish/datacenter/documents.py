"""The metadata of a published version in the languages of others, each at an address of its own and by content negotiation."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kpublish.datacenter.addresses import file_address, page_address
from kpublish.datacenter.landing import open_release
from kpublish.datacenter.models import Version
from kpublish.datacenter.xml import clean, cleaned
from kpublish.exports import citation_cff, datacite, dcat
from kpublish.exports.page.citing import bibtex
from kpublish.exports.page.linked_data import linked_data
from kpublish.model.bundle import Release

Href = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Document:
    """One language: file name, media type, the profile that tells it from others of that type, and how it is written."""

    name: str
    media_type: str
    write: Callable[[Release, Href], str]
    profile: str = ""

    @property
    def content_type(self) -> str:
        """As it stands in a header."""
        return f'{self.media_type}; profile="{self.profile}"' if self.profile else self.media_type


def written(document: Document, row: Version, base: str) -> str:
    """The document of a version."""
    return document.write(open_release(row), functools.partial(file_address, row, base=base))


def address_of(document: Document, row: Version, base: str) -> str:
    """Where it stands."""
    return f"{page_address(row, base)}/metadata/{document.name}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def datacite_tree(release: Release) -> Any:
    """DataCite's XML asks for an identifier: a version without a DOI is known by its landing page."""
    from datacite import schema45
    from lxml import etree

    tree = schema45.dump_etree(cleaned(datacite.record(release)))
    if not release.resource.idDOI:
        identifier = etree.Element(f"{{{schema45.ns[None]}}}identifier", identifierType="URL")
        identifier.text = clean(release.landing)
        tree.insert(0, identifier)
    return tree


def _datacite_xml(release: Release, _: Href) -> str:
    from lxml import etree

    text = etree.tostring(datacite_tree(release), pretty_print=True, xml_declaration=True, encoding="utf-8")
    return str(text.decode())


def _turtle(release: Release, href: Href) -> str:
    from rdflib import Graph

    return Graph().parse(data=json.dumps(dcat.record(release, href)), format="json-ld").serialize(format="turtle")


#: The first of a media type is what is given to who does not state a profile.
DOCUMENTS = (
    Document("schema.jsonld", "application/ld+json", lambda release, href: linked_data(release, href) + "\n", "http://schema.org/"),
    Document("dcat.jsonld", "application/ld+json", lambda release, href: _json(dcat.record(release, href)), dcat.PROFILE),
    Document("dcat.ttl", "text/turtle", _turtle, dcat.PROFILE),
    Document("datacite.json", "application/vnd.datacite.datacite+json", lambda release, _: _json(datacite.record(release))),
    Document("datacite.xml", "application/vnd.datacite.datacite+xml", _datacite_xml, "http://datacite.org/schema/kernel-4"),
    Document("citation.cff", "application/yaml", lambda release, _: citation_cff.documents(release)["CITATION.cff"].decode()),
    Document("citation.bib", "application/x-bibtex", lambda release, _: bibtex(release) + "\n"),
)
