"""What machines find on pages of collections: schema.org JSON-LD, and typed links (FAIR Signposting, RFC 5829 for versions)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import to_json

from kpublish.datacenter.collecting.telling import PUBLISHER, published_on
from kpublish.datacenter.signposting import MOST, Link
from kpublish.exports.names import kid_value, licence_address, organization
from kpublish.exports.page.linked_data import CONTEXT

_TERMS = "http://purl.org/dc/terms/"


def linked_data(told: Mapping[str, Any], whole: str) -> str:
    """Return JSON-LD of the state of a collection or of a version, safe inside a script element.

    Parameters
    ----------
    told
        ``telling.shown`` or ``telling.shown_version``, with absolute addresses.
    whole
        Address of the collection.
    """
    node: dict[str, Any] = {
        "@context": {**CONTEXT, "dcterms": _TERMS},
        "@id": told["url"],
        "@type": "Dataset",
        "name": told["title"],
        "description": told["description"] or told["title"],
        "url": told["url"],
        "identifier": kid_value(told["kid"]),
        "datePublished": published_on(told),
        "publisher": organization(PUBLISHER),
        "license": licence_address(told["license"]),
        "isAccessibleForFree": True,
        "hasPart": [_part(member) for member in told["members"]],
    }
    if "version" in told:
        node |= {"version": told["version"], "dcterms:isVersionOf": {"@id": whole}}
    else:
        node |= {"dcterms:hasVersion": [{"@id": version["url"]} for version in told["versions"]]}
    return to_json(node, indent=1).decode().replace("<", "\\u003c")


def _part(member: Mapping[str, Any]) -> dict[str, Any]:
    stated = {"name": member["title"], "identifier": member["kid"], "version": member["version"]}
    return {"@id": member["url"], "@type": "ImageObject" if member["kind"] == "figure" else "Dataset", **stated}


def links(told: Mapping[str, Any], whole: str, versions: list[str]) -> list[Link]:
    """The typed links of a page.

    Parameters
    ----------
    told, whole
        As for :func:`linked_data`.
    versions
        Addresses of the versions of the collection, the newest first.
    """
    return [
        Link("cite-as", told["url"]),
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Dataset"),
        Link("license", licence_address(told["license"])),
        Link("describedby", f"{told['url']}/km3resource.json", "application/json"),
        *(Link("item", member["url"], "text/html") for member in told["members"][:MOST] if member["status"] == "published"),
        *_versions(told, whole, versions),
    ]


def _versions(told: Mapping[str, Any], whole: str, versions: list[str]) -> Iterator[Link]:
    """Where other versions are."""
    if versions:
        yield Link("latest-version", versions[0], "text/html")
    if "version" not in told:
        return
    place = versions.index(told["url"])
    yield Link("version-history", whole, "text/html")
    yield Link(f"{_TERMS}isVersionOf", whole, "text/html")
    yield from (Link("predecessor-version", address, "text/html") for address in versions[place + 1 : place + 2])
    yield from (Link("successor-version", address, "text/html") for address in versions[max(place - 1, 0) : place])
