"""What InvenioRDM calls the fields of a release (https://inveniordm.docs.cern.ch/reference/metadata/), and what it makes of them.

Normalisation that counts as equal: descriptions are cleaned HTML, identifiers of vocabularies come back with their titles, licences
and languages in small letters, and whatever was not sent is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any

from kpublish.exports.names import given_and_family, identifier
from kpublish.model.archive import Link
from kpublish.model.bundle import Release
from kpublish.model.people import Affiliation, Author, Funding
from kpublish.model.resource import KM3Resource
from kpublish.model.vocabularies import RelationType, ResourceType

#: Identifiers of the vocabulary resource_types.
RESOURCE_TYPES = {
    ResourceType.PLOT: "image-plot",
    ResourceType.SOFTWARE: "software",
    ResourceType.NOTEBOOK: "software-computationalnotebook",
    ResourceType.WORKFLOW: "workflow",
    ResourceType.PAPER: "publication-article",
    ResourceType.PREPRINT: "publication-preprint",
    ResourceType.POSTER: "poster",
    ResourceType.PRESENTATION: "presentation",
    ResourceType.ALERT: "event",
    ResourceType.SERVICE: "other",
    ResourceType.DETECTOR: "other",
}
#: ISO 639-1 → ISO 639-3, as the vocabulary languages has it.
_LANGUAGES = {"en": "eng", "de": "deu", "fr": "fra", "it": "ita", "es": "spa", "nl": "nld", "el": "ell"}
_MADE = "Made by kpublish from commit {commit}; sha256 of the inputs: {digest}."
_DIGEST = re.compile(r"sha256 of the inputs: ([0-9a-f]{64})")
_SCHEMES = {"DOI": "doi", "URL": "url", "arXiv": "arxiv", "URN": "urn"}


def metadata(release: Release, links: tuple[Link, ...] = (), *, vocabularies: bool = True) -> dict[str, Any]:
    """Return the metadata of a release, as a draft takes them.

    Parameters
    ----------
    release
        What to describe.
    links
        Cross-links, beyond the related resources of the release.
    vocabularies
        Whether affiliations and funders are named by their identifier; a server whose vocabularies lack one refuses it.
    """
    resource = release.resource
    said = {
        "title": resource.title,
        "description": f"<p>{escape(resource.description, quote=False)}</p>" if resource.description else None,
        "publisher": resource.publisher,
        "publication_date": resource.datePublication,
        "resource_type": {"id": RESOURCE_TYPES.get(resource.resourceType or ResourceType.DATASET, "dataset")},
        "creators": [_creator(author, vocabularies) for author in resource.creators]
        or [{"person_or_org": {"type": "organizational", "name": resource.publisher}}],
        "contributors": _contact(resource),
        "rights": [{"id": resource.license.lower()}],
        "subjects": [{"subject": keyword} for keyword in _keywords(resource)],
        "dates": _dates(resource),
        "languages": _languages(resource),
        "version": release.version,
        "identifiers": _identifiers(resource),
        "related_identifiers": _related(release, links),
        "funding": [_funding(item, vocabularies) for item in resource.funding],
        "additional_descriptions": [
            {"description": _MADE.format(commit=release.commit, digest=release.digest), "type": {"id": "technical-info"}}
        ],
    }
    return {key: value for key, value in said.items() if value not in (None, [], "")}


def digest_in(stored: Mapping[str, Any]) -> str:
    """The digest of the inputs that stored metadata state; empty, if none."""
    texts = [str(one.get("description", "")) for one in stored.get("additional_descriptions", ())]
    return next((found[1] for found in map(_DIGEST.search, texts) if found), "")


def names(stored: Mapping[str, Any], kid: str) -> bool:
    """Whether stored metadata state the kid as an identifier."""
    return any(one.get("identifier") == f"urn:uuid:{kid}" for one in stored.get("identifiers", ()))


def links_in(stored: Mapping[str, Any]) -> tuple[Link, ...]:
    """Every related identifier of stored metadata, as a link."""
    return tuple(
        Link(_RELATIONS_BACK.get(one["relation_type"]["id"], one["relation_type"]["id"]), one["identifier"], one.get("scheme", ""))
        for one in stored.get("related_identifiers", ())
    )


def normalised(value: Any) -> Any:
    """A value of stored or sent metadata, reduced to what counts."""
    if isinstance(value, Mapping):
        if "id" in value:  # of a vocabulary: titles come with the answer
            return str(value["id"]).lower()
        dropped = ("title_l10n", "description_l10n", "name") if "person_or_org" not in value and "type" in value else ()
        kept = {key: normalised(item) for key, item in value.items() if key not in dropped or value.get("type") == "organizational"}
        return {key: item for key, item in kept.items() if item not in (None, [], {}, "")}
    if isinstance(value, list | tuple):
        return [normalised(item) for item in value]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", value)).split()) if isinstance(value, str) else value


_RELATIONS_BACK = {relation.value.lower(): relation.value for relation in RelationType}


def _creator(author: Author, vocabularies: bool) -> dict[str, Any]:
    if author.type == "collaboration":
        who: dict[str, Any] = {"type": "organizational", "name": author.display_name}
        if author.ror:
            who["identifiers"] = [{"scheme": "ror", "identifier": _last(author.ror)}]
        return {"person_or_org": who}
    given, family = given_and_family(author)
    who = {"type": "personal", "family_name": family, "given_name": given}
    if author.orcid:
        who["identifiers"] = [{"scheme": "orcid", "identifier": _last(author.orcid)}]
    creator: dict[str, Any] = {"person_or_org": {key: value for key, value in who.items() if value}}
    if author.affiliations:
        creator["affiliations"] = [_affiliation(place, vocabularies) for place in author.affiliations]
    return creator


def _affiliation(place: Affiliation, vocabularies: bool) -> dict[str, str]:
    return {"id": _last(place.ror)} if place.ror and vocabularies else {"name": place.name}


def _contact(resource: KM3Resource) -> list[dict[str, Any]]:
    contact = resource.contact
    if contact is None or not contact.name:
        return []
    return [{"person_or_org": {"type": "organizational", "name": contact.name}, "role": {"id": "contactperson"}}]


def _keywords(resource: KM3Resource) -> list[str]:
    instrument = resource.content.instrument if resource.content else None
    return list(dict.fromkeys([*resource.keywords, *([instrument] if instrument else [])]))


def _dates(resource: KM3Resource) -> list[dict[str, Any]]:
    dates = [{"date": resource.dateCreation, "type": {"id": "created"}}] if resource.dateCreation else []
    content = resource.content
    if content and content.startTime and content.stopTime:  # datetimes and open intervals are refused
        dates.append({"date": f"{content.startTime[:10]}/{content.stopTime[:10]}", "type": {"id": "collected"}})
    return dates


def _languages(resource: KM3Resource) -> list[dict[str, str]]:
    code = (resource.language or "").lower()
    code = _LANGUAGES.get(code, code if len(code) == 3 else "")
    return [{"id": code}] if code else []


def _identifiers(resource: KM3Resource) -> list[dict[str, str]]:
    found = [{"identifier": f"urn:uuid:{resource.kid}", "scheme": "urn"}]
    if resource.idIVOA:
        found.append({"identifier": resource.idIVOA, "scheme": "url"})
    return found


def _related(release: Release, links: tuple[Link, ...]) -> list[dict[str, Any]]:
    resource = release.resource
    stated = [(relation.id, relation.relation.value) for relation in resource.relatedResources]
    stated += [(resource.referenceURL, "isDocumentedBy")] if resource.referenceURL else []
    stated += [(resource.parentResource, "isPartOf")] if resource.parentResource else []
    stated += [(release.repository, "isDerivedFrom")] if release.repository else []
    stated += [(link.identifier, link.relation) for link in links]
    related = []
    for text, relation in dict.fromkeys(stated):
        target = identifier(text.removeprefix("urn:uuid:"))
        if target.scheme in _SCHEMES:
            word = "references" if relation == RelationType.SIBLING else relation.lower()
            related.append({"identifier": target.value, "scheme": _SCHEMES[target.scheme], "relation_type": {"id": word}})
    return related


def _funding(item: Funding, vocabularies: bool) -> dict[str, Any]:
    funder = {"id": _last(item.ror)} if item.ror and vocabularies else {"name": item.funder}
    award: dict[str, Any] = {"number": item.award} if item.award else {}
    award |= {"title": {"en": item.title}} if item.title else {}
    award |= {"identifiers": [{"identifier": item.awardURL, "scheme": "url"}]} if item.awardURL else {}
    return {"funder": funder, **({"award": award} if award else {})}


def _last(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]
