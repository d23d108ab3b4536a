"""The release as schema.org JSON-LD (https://schema.org/Dataset), with the context inline so that no reader has to fetch one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import to_json

from kpublish.exports.names import dataset, identifier, licence_address, types_of
from kpublish.model.bundle import Member, Release

#: http, not https: the shapes of Science on Schema.org (https://github.com/ESIPFed/science-on-schema.org) expect it.
CONTEXT = {"@vocab": "http://schema.org/"}


def linked_data(release: Release, href: Callable[[str], str]) -> str:
    """Return the JSON-LD text, safe inside a script element."""
    resource = release.resource
    node: dict[str, Any] = {"@context": CONTEXT, "@id": release.landing, **dataset(release)}
    node["license"] = licence_address(resource.license)
    node["isAccessibleForFree"] = release.embargo is None
    node["conditionsOfAccess"] = f"embargoed until {release.embargo}" if release.embargo else "open access"
    offered = () if release.embargo else release.files
    downloads = [entry for entry in offered if entry.role in ("data", "figure", "package")]
    node["distribution"] = [
        {
            "@type": "DataDownload",
            "name": entry.path,
            "contentUrl": public_address(release, entry.path, href),
            "encodingFormat": entry.mediaType,
            "contentSize": f"{entry.size} B",
            "sha256": entry.sha256,
        }
        for entry in downloads
    ]
    node["hasPart"] = [_part(release, member) for member in release.members]
    variables = [parameter for member in release.members for parameter in member.parameters]
    node["variableMeasured"] = [
        {"@type": "PropertyValue", "name": item.columnname}
        | {key: text for key, text in (("description", item.description or item.name), ("unitText", item.unit)) if text}
        for item in variables
    ]
    node["citation"] = [identifier(resource.referenceURL).address or resource.referenceURL] if resource.referenceURL else []
    said = {key: value for key, value in node.items() if value not in ([], None)}
    return to_json(said, indent=1).decode().replace("<", "\\u003c")


def public_address(release: Release, path: str, href: Callable[[str], str]) -> str:
    """The absolute address of a file: as the server says, else below the public landing page."""
    link = href(path)
    if "://" in link:
        return link
    from urllib.parse import quote

    return f"{release.landing}/{quote(release.version)}/files/{quote(path)}"


def _part(release: Release, member: Member) -> dict[str, Any]:
    return {
        "@id": f"{release.landing}#{member.resource.kid}",
        "@type": types_of(member.resource)[1],
        "name": member.resource.title,
        "identifier": member.resource.kid,
    }
