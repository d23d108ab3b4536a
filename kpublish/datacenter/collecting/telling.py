"""Collections and their versions as JSON: their state, and as a KM3ResourceCollection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from kpublish.datacenter.addresses import collection_address, page_address
from kpublish.datacenter.models import ENDED, Act, Collection, CollectionVersion, Resource
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.serializers import for_readers
from kpublish.model.resource import KM3Resource, KM3ResourceCollection, Relation, Source
from kpublish.model.vocabularies import RelationType, ResourceType

PUBLISHER = "KM3NeT Collaboration"
#: What a collection says of itself.
SAID = ("title", "kind", "description", "license")

Rows = Mapping[str, Resource]


def any_collection(kid: str) -> Collection:
    """The collection with that kid, also a withdrawn one.

    Raises
    ------
    Problem
        404.
    """
    found = Collection.objects.filter(kid=kid).select_related("owner").first()
    if found is None:
        raise not_found(f"collection {kid}")
    return found


def collection_of(kid: str) -> Collection:
    """The collection with that kid.

    Raises
    ------
    Problem
        404, or 410 with the reason why it was withdrawn.
    """
    found = any_collection(kid)
    refuse_withdrawn(found)
    return found


def version_of(kid: str, version: str) -> CollectionVersion:
    """A version of a collection.

    Raises
    ------
    Problem
        404, or 410 with the reason why the collection was withdrawn.
    """
    found = collection_of(kid).versions.filter(version=version).first()
    if found is None:
        raise not_found(f"version {version} of the collection {kid}")
    return found


def refuse_withdrawn(collection: Collection) -> None:
    """Go on only if the collection was not withdrawn.

    Raises
    ------
    Problem
        410 with date and reason.
    """
    told = withdrawal(collection)
    if told:
        detail = f"The collection {collection.kid} was withdrawn on {told['date']}: {told['reason']}"
        raise Problem(410, "withdrawn", detail, "What it held is still there.", kid=collection.kid, **told)


def withdrawal(collection: Collection) -> dict[str, str] | None:
    """When it was withdrawn, and why."""
    if collection.withdrawn is None:
        return None
    return {"date": collection.withdrawn.date().isoformat(), "reason": collection.reason}


def summary(collection: Collection, base: str) -> dict[str, Any]:
    """What a list shows."""
    said = {name: getattr(collection, name) for name in SAID}
    return {"kid": collection.kid, **said, "created": collection.created.isoformat(), "url": collection_address(collection, base)}


def state(collection: Collection, base: str) -> dict[str, Any]:
    """All that is known of a collection; ``resource`` is the KM3ResourceCollection, with the newest version of each member."""
    told, rows = _now(collection, base)
    return {**told, "resource": resource(told, rows, base)}


def shown(collection: Collection, base: str) -> dict[str, Any]:
    """The state without ``resource``, which is long."""
    return _now(collection, base)[0]


def _now(collection: Collection, base: str) -> tuple[dict[str, Any], Rows]:
    rows = newest([member.kid for member in collection.members.all()])
    told = {
        **summary(collection, base),
        "owner": collection.owner.pk if collection.owner else None,
        "contributors": sorted(collection.contributors.values_list("pk", flat=True)),
        "members": members(rows, base),
        "versions": versions_of(collection, base),
        "amendments": amendments(collection),
        "withdrawal": withdrawal(collection),
    }
    return told, rows


def versions_of(collection: Collection, base: str) -> list[dict[str, Any]]:
    """The versions of a collection, the newest first."""
    return [_version_summary(row, base) for row in collection.versions.all()]


def version_state(row: CollectionVersion, base: str) -> dict[str, Any]:
    """All that is known of a version; ``resource`` is the KM3ResourceCollection, with the members as they are pinned."""
    told, rows = _then(row, base)
    return {**told, "resource": resource(told, rows, base)}


def shown_version(row: CollectionVersion, base: str) -> dict[str, Any]:
    """The state of a version without ``resource``."""
    return _then(row, base)[0]


def _then(row: CollectionVersion, base: str) -> tuple[dict[str, Any], Rows]:
    frozen = row.json
    rows = at(frozen["members"])
    told = {
        "kid": row.collection.kid,
        **frozen,
        "created": row.collection.created.isoformat(),
        **_version_summary(row, base),
        "newest": row.collection.versions.all()[:1].get().version,
        "members": members(rows, base),
    }
    return told, rows


def _version_summary(row: CollectionVersion, base: str) -> dict[str, Any]:
    url = collection_address(row.collection, base, row.version)
    return {"version": row.version, "published": _when(row.published), "comment": row.comment, "url": url}


def amendments(collection: Collection) -> list[dict[str, Any]]:
    """Every change of what the collection says, in order: when, by whom, and each field before and after."""
    changed = [act for act in Act.objects.filter(about="collection", subject=collection.kid, verb="changed") if _said(act)]
    following = {name: getattr(collection, name) for name in SAID}
    told = []
    for act in reversed(changed):
        before = _said(act)
        changes = [{"field": name, "before": value, "after": following[name]} for name, value in before.items()]
        told.append({"date": _when(act.made), "by": act.by, "changes": changes})
        following |= before
    return told[::-1]


def _said(act: Act) -> dict[str, Any]:
    return {name: value for name, value in act.json.get("before", {}).items() if name in SAID}


def resource(told: Mapping[str, Any], rows: Rows, base: str) -> dict[str, Any]:
    """The collection as the founding document has it, with each published member's metadata in full."""
    whole = KM3ResourceCollection(
        title=told["title"],
        description=told["description"] or None,
        publisher=PUBLISHER,
        datePublication=published_on(told),
        license=told["license"],
        kid=told["kid"],
        version=told.get("version"),
        ktype="km3.collection",
        resourceType=ResourceType.DATASET if told["kind"] == "dataset" else ResourceType.PACKAGE,
        source=(Source(accessURL=told["url"], accessFormat="text/html"),),
        relatedResources=_related(told, base),
        resources=tuple(_metadata(row, base) for row in rows.values() if row.version.is_published),
    )
    said: dict[str, Any] = whole.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {**said, "resources": said.get("resources", [])}


def published_on(told: Mapping[str, Any]) -> str:
    """The day on which a version was published, or a collection made."""
    return str(told.get("published", told["created"]))[:10]


def _related(told: Mapping[str, Any], base: str) -> tuple[Relation, ...]:
    """A version is one of the collection, and the collection has them."""
    if "version" in told:
        return (Relation(id=f"{base}/collections/{told['kid']}", relation=RelationType.IS_VERSION_OF),)
    return tuple(Relation(id=version["url"], relation=RelationType.HAS_VERSION) for version in told["versions"])


def _metadata(row: Resource, base: str) -> KM3Resource:
    document = for_readers(row.version, base)
    said = document["resource"] if row.member is None else document["members"][row.member]["resource"]
    return KM3Resource.model_validate(said)


def newest(kids: Iterable[str]) -> dict[str, Resource]:
    """Where each kid stands: in its newest published version, else in the newest that was withdrawn; in this order.

    Raises
    ------
    Problem
        404 if one never was published.
    """
    wanted = list(kids)
    found: dict[str, Resource] = {}
    for row in _rows(wanted).order_by("-version__published", "-version__id"):
        best = found.setdefault(row.kid, row)
        if row.version.is_published and not best.version.is_published:
            found[row.kid] = row
    return dict(_in_order(wanted, found))


def at(pinned: Iterable[Mapping[str, str]]) -> dict[str, Resource]:
    """Where each kid stands in a certain version, published or withdrawn since; in this order.

    Raises
    ------
    Problem
        404 if one is not there.
    """
    wanted = {pin["kid"]: pin["version"] for pin in pinned}
    found = {row.kid: row for row in _rows(wanted) if row.version.version == wanted[row.kid]}
    return dict(_in_order(wanted, found))


def _rows(kids: Iterable[str]) -> Any:
    return Resource.objects.filter(kid__in=list(kids), version__status__in=ENDED).select_related("version")


def _in_order(kids: Iterable[str], found: Rows) -> Iterator[tuple[str, Resource]]:
    for kid in kids:
        if kid not in found:
            raise Problem(404, "not-found", f"The member {kid} is not there any more.", "Tell who runs the data center.")
        yield kid, found[kid]


def members(rows: Rows, base: str) -> list[dict[str, Any]]:
    """What is told of each member: its version, and where that is."""
    return [
        {
            "kid": kid,
            "title": row.title,
            "kind": row.kind or "release",
            "ktype": row.ktype,
            "version": row.version.version,
            "status": row.version.status,
            "url": page_address(row.version, base) + ("" if row.member is None else f"#{kid}"),
        }
        for kid, row in rows.items()
    ]


def _when(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
