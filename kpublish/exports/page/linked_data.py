"""The release as schema.org JSON-LD (https://schema.org/Dataset), with the context inline so that no reader has to fetch one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic_core import to_json

from kpublish.exports.names import dataset, identifier, licence_address, types_of
from kpublish.model.bundle import Member, Release
from kpublish.model.parameter import Parameter
from kpublish.model.resource import KM3Resource

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
    node["keywords"] = _keywords((resource,), _parameters(release))
    node["variableMeasured"] = [
        {"@type": "PropertyValue", "name": item.columnname}
        | {key: text for key, text in (("description", item.description or item.name), ("unitText", item.unit)) if text}
        for item in _parameters(release)
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
    """A table or figure, described so that it can be understood by itself."""
    own = member.resource
    return {
        "@id": f"{release.landing}#{own.kid}",
        "@type": types_of(own)[1],
        "name": own.title,
        "description": own.description or member.alt or release.resource.description or own.title,
        "url": f"{release.landing}#{own.kid}",
        "identifier": own.kid,
        "version": release.version,
        "keywords": _keywords((own, release.resource), member.parameters or _parameters(release)),
        "license": licence_address(own.license),
        "isAccessibleForFree": release.embargo is None,
    }


def _parameters(release: Release) -> list[Parameter]:
    return [parameter for member in release.members for parameter in member.parameters]


def _keywords(resources: Iterable[KM3Resource], parameters: Iterable[Parameter]) -> list[str]:
    """The keywords that are given first; else what the tables hold."""
    given = next((list(resource.keywords) for resource in resources if resource.keywords), [])
    return given or list(dict.fromkeys(parameter.name or parameter.description or parameter.columnname for parameter in parameters))
