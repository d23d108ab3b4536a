"""Collections as JSON: their state, and as a KM3ResourceCollection."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from kpublish.datacenter.addresses import page_address
from kpublish.datacenter.catalogue import holding
from kpublish.datacenter.models import Collection, Resource, Status
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.serializers import for_readers
from kpublish.model.resource import KM3Resource, KM3ResourceCollection, Source
from kpublish.model.vocabularies import ResourceType

_PUBLISHER = "KM3NeT Collaboration"


def collection_of(kid: str) -> Collection:
    """The collection with that kid.

    Raises
    ------
    Problem
        404.
    """
    found = Collection.objects.filter(kid=kid).select_related("owner").first()
    if found is None:
        raise not_found(f"collection {kid}")
    return found


def summary(collection: Collection, base: str) -> dict[str, Any]:
    """What a list shows."""
    return {
        "kid": collection.kid,
        "kind": collection.kind,
        "title": collection.title,
        "description": collection.description,
        "license": collection.license,
        "url": f"{base}/collections/{quote(collection.kid)}",
    }


def state(collection: Collection, base: str) -> dict[str, Any]:
    """All that is known of a collection; ``resource`` is the KM3ResourceCollection."""
    rows = {member.kid: _newest(member.kid) for member in collection.members.all()}
    return {
        **summary(collection, base),
        "owner": collection.owner.pk if collection.owner else None,
        "contributors": sorted(collection.contributors.values_list("pk", flat=True)),
        "members": [_member(kid, row, base) for kid, row in rows.items()],
        "resource": resource(collection, [row for row in rows.values() if row and row.version.is_published], base),
    }


def resource(collection: Collection, rows: list[Resource], base: str) -> dict[str, Any]:
    """The collection as the founding document has it, with each member's metadata in full."""
    told = KM3ResourceCollection(
        title=collection.title,
        description=collection.description or None,
        publisher=_PUBLISHER,
        datePublication=collection.created.isoformat(),
        license=collection.license,
        kid=collection.kid,
        ktype="km3.collection",
        resourceType=ResourceType.DATASET if collection.kind == "dataset" else ResourceType.PACKAGE,
        source=(Source(accessURL=f"{base}/collections/{collection.kid}", accessFormat="text/html"),),
        resources=tuple(KM3Resource.model_validate(_metadata(row, base)) for row in rows),
    )
    said: dict[str, Any] = told.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {**said, "resources": said.get("resources", [])}


def _metadata(row: Resource, base: str) -> Any:
    document = for_readers(row.version, base)
    return document["resource"] if row.member is None else document["members"][row.member]["resource"]


def _newest(kid: str) -> Resource | None:
    return holding(kid).first() or holding(kid, Status.WITHDRAWN).first()


def _member(kid: str, row: Resource | None, base: str) -> dict[str, Any]:
    if row is None:
        raise Problem(404, "not-found", f"The member {kid} is not there any more.", "Tell who runs the data center.")
    anchor = "" if row.member is None else f"#{kid}"
    return {
        "kid": kid,
        "title": row.title,
        "kind": row.kind or "release",
        "ktype": row.ktype,
        "version": row.version.version,
        "status": row.version.status,
        "url": page_address(row.version, base) + anchor,
    }
