"""Research Object Crate 1.2 (https://w3id.org/ro/crate/1.2): the package described as linked data at its root.

Where it holds recorded steps, it is a Process Run Crate, too (:mod:`kpublish.exports.runs`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from kpublish.exports.names import dataset, identifier, kid_value, licence_address, licence_name, organization, ror_address
from kpublish.exports.runs import CONTEXT, PROFILE, actions, program
from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.model.json_text import json_text
from kpublish.model.provenance import ProcessingStep

STANDARD = "RO-Crate"
VERSION = "1.2"
ADDRESS = "https://w3id.org/ro/crate/1.2"

_DESCRIPTOR = "ro-crate-metadata.json"
#: Where ECSV is defined: what an annotated table conforms to.
_ECSV = "https://github.com/astropy/astropy-APEs/blob/main/APE6.rst"


def documents(release: Release) -> Mapping[str, bytes]:
    """Return ``ro-crate-metadata.json``."""
    return {_DESCRIPTOR: json_text(crate(release))}


def crate(release: Release) -> dict[str, Any]:
    """Return the crate: one flat graph in which entities name one another by ``@id``."""
    graph = _Graph()
    graph.add({"@id": _DESCRIPTOR, "@type": "CreativeWork", "conformsTo": {"@id": ADDRESS}, "about": {"@id": "./"}})
    root = graph.add({"@id": "./", **dataset(release), "license": _licence(release.resource.license)})
    root["hasPart"] = [graph.reference(_file(release, entry)) for entry in release.files]
    if release.resource.contact:
        root["contactPoint"] = graph.reference(_contact(release))
    root |= {key: value for key, value in _relations(graph, release).items() if value}
    main = [path for member in release.members for path in member.files[:1]]
    if main:
        root["mainEntity"] = {"@id": quote(main[0])}
    told = [graph.reference(action) for action in actions(release)]
    for member in release.members:
        for step in member.origin.provenance:
            if step.refID not in {each.refID for each in release.steps}:
                told.append(graph.reference(_action(member, step, release.landing)))
    if release.steps:
        root |= {"conformsTo": [graph.reference(PROFILE)], "mentions": told}
    return {"@context": [f"{ADDRESS}/context", CONTEXT] if release.steps else f"{ADDRESS}/context", "@graph": graph.entities()}


class _Graph:
    """Collects entities; what is nested goes to the top and is named where it stood."""

    def __init__(self) -> None:
        self._entities: dict[str, dict[str, Any]] = {}

    def add(self, node: dict[str, Any]) -> dict[str, Any]:
        flat: dict[str, Any] = self._entities.setdefault(node["@id"], {"@id": node["@id"]})
        flat.update({key: self._flat(value) for key, value in node.items()})
        return flat

    def reference(self, node: dict[str, Any]) -> dict[str, str]:
        self.add(node)
        return {"@id": node["@id"]}

    def entities(self) -> list[dict[str, Any]]:
        return list(self._entities.values())

    def _flat(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._flat(item) for item in value]
        if isinstance(value, dict) and "@type" in value:
            return self.reference(value)
        return value


def _file(release: Release, entry: FileEntry) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": quote(entry.path),
        "@type": "File",
        "name": entry.path.rpartition("/")[2],
        "encodingFormat": entry.mediaType,
        "contentSize": str(entry.size),
        "sha256": entry.sha256,
    }
    if entry.path.endswith(".ecsv"):
        node["conformsTo"] = {
            "@id": _ECSV,
            "@type": "CreativeWork",
            "name": "Enhanced Character-Separated Values",
            "version": "1.0",
        }
    owner = next((member for member in release.members if entry.path in member.files), None)
    return node | (_member(release, owner) if owner else {})


def _member(release: Release, member: Member) -> dict[str, Any]:
    """What the file of a table or figure says beyond its bytes."""
    resource = member.resource
    node: dict[str, Any] = {"name": resource.title, "identifier": kid_value(resource.kid)}
    if member.kind == "figure":
        node["@type"] = ["File", "ImageObject"]
    if resource.description or member.alt:
        node["description"] = resource.description or member.alt
    if resource.license != release.resource.license:
        node["license"] = _licence(resource.license)
    if member.parameters:
        node["variableMeasured"] = [_variable(member, number) for number in range(len(member.parameters))]
    sources = [other for other in release.members if other.resource.kid in member.tables]
    if sources:
        node["isBasedOn"] = [{"@id": quote(path)} for other in sources for path in other.files]
    return node


def _variable(member: Member, number: int) -> dict[str, Any]:
    parameter = member.parameters[number]
    node: dict[str, Any] = {
        "@id": f"#{member.resource.kid}-{number + 1}",
        "@type": "PropertyValue",
        "name": parameter.columnname,
    }
    said = {
        "alternateName": parameter.name,
        "description": parameter.description,
        "unitText": parameter.unit,
        "propertyID": parameter.ucd,
    }
    return node | {key: value for key, value in said.items() if value}


def _action(member: Member, step: ProcessingStep, landing: str) -> dict[str, Any]:
    """A processing step as the action that made the table (section "Provenance of entities")."""
    node: dict[str, Any] = {
        "@id": f"#{quote(step.refID)}",
        "@type": "CreateAction",
        "name": step.name,
        "result": [{"@id": quote(path)} for path in member.files],
    }
    if step.settings is not None:
        node["description"] = _text(step.settings)
    node["instrument"] = program(step.name if step.software is None else _text(step.software), "", landing)
    return node


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _licence(licence: str) -> dict[str, Any]:
    name = licence_name(licence)
    return {"@id": licence_address(licence), "@type": "CreativeWork", "name": name, "description": f"{name} (SPDX: {licence})"}


def _contact(release: Release) -> dict[str, Any]:
    contact = release.resource.contact
    assert contact is not None
    node = {
        "@id": f"mailto:{contact.email}" if contact.email else "#contact",
        "@type": "ContactPoint",
        "contactType": "customer service",
        "name": contact.name or release.resource.publisher,
    }
    return node | ({"email": contact.email} if contact.email else {})


def _relations(graph: _Graph, release: Release) -> dict[str, Any]:
    """Where the release is described, what it belongs to and is related to, who paid."""
    resource = release.resource
    related = [identifier(relation.id) for relation in resource.relatedResources]
    return {
        "citation": [graph.reference(_work(resource.referenceURL))] if resource.referenceURL else [],
        "isPartOf": [graph.reference(_work(resource.parentResource))] if resource.parentResource else [],
        "relatedLink": [target.address for target in related if target.address],
        "funder": [
            graph.reference(organization(item.funder, ror_address(item.ror) if item.ror else None)) for item in resource.funding
        ],
    }


def _work(text: str) -> dict[str, Any]:
    found = identifier(text)
    return {"@id": found.address or found.value, "@type": "CreativeWork", "name": text}
