"""Where an identifier leads: the kid of a release, table, figure or collection, a version, a step of a workflow, or a checksum."""

from __future__ import annotations

import re
from typing import Any

from kpublish.datacenter.addresses import collection_address, file_address, page_address
from kpublish.datacenter.catalogue import chosen
from kpublish.datacenter.collecting.telling import refuse_withdrawn
from kpublish.datacenter.models import ENDED, Collection, CollectionVersion, File, Status, Step, Version
from kpublish.datacenter.problems import Problem, not_found

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Places of one content or step that are told.
_MOST = 100


def identified(text: str, base: str) -> dict[str, Any]:
    """What is registered under an identifier; drafts are not.

    Raises
    ------
    Problem
        404 if nothing is, 410 if all of it was withdrawn.
    """
    name = text.strip().lower()
    if _SHA256.fullmatch(name):
        return _content(name, base)
    try:
        return _resource(name, base)
    except Problem as problem:
        if problem.status_code != 404:
            raise
    found = _version(name, base) or _collection(name, base) or _step(name, base)
    if found is None:
        raise not_found(f"published resource, version, file, step or collection {text[:100]}")
    return found


def _told(name: str, kind: str, title: str, places: list[dict[str, Any]], url: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "title": title, "url": url, "places": places, "record": None, "opens": "", **more}


def _resource(name: str, base: str) -> dict[str, Any]:
    """The kid of a release or of one of its members, the newest version first."""
    newest, found = chosen(name, None)
    kind = newest.kind or "release"
    places = []
    for row in found[:_MOST]:
        member = None if row.member is None else row.version.release.members[row.member]
        places.append(_place(row.version, base, path=member.path if member else "", anchor=name if member else ""))
    opens = newest.version.embargo.isoformat() if newest.version.is_embargoed and newest.version.embargo else ""
    return _told(name, kind, newest.title, places, places[0]["url"], opens=opens)


def _version(name: str, base: str) -> dict[str, Any] | None:
    """A version of a release or of a collection."""
    row = Version.objects.filter(uid=name, status__in=ENDED).first() if name else None
    if row is not None:
        place = _place(row, base)
        return _told(name, "version", f"{row.release.resource.title}, version {row.version}", [place], place["url"])
    frozen = CollectionVersion.objects.filter(uid=name).select_related("collection").first()
    if frozen is None:
        return None
    place = _frozen(frozen, base)
    return _told(name, "version", f"{place['title']}, version {frozen.version}", [place], place["url"])


def _collection(name: str, base: str) -> dict[str, Any] | None:
    """A collection, with its versions."""
    found = Collection.objects.filter(kid=name).first()
    if found is None:
        return None
    refuse_withdrawn(found)
    places = [_frozen(row, base) for row in found.versions.select_related("collection")[:_MOST]]
    return _told(name, "collection", found.title, places, collection_address(found, base))


def _frozen(row: CollectionVersion, base: str) -> dict[str, Any]:
    collection = row.collection
    status = Status.WITHDRAWN if collection.withdrawn else Status.PUBLISHED
    told = {"kid": collection.kid, "version": row.version, "status": status, "path": "", "title": row.json["title"]}
    return {**told, "url": collection_address(collection, base, row.version)}


def _step(name: str, base: str) -> dict[str, Any] | None:
    """A step; its record is as open as the file that holds it."""
    rows = list(Step.objects.filter(kid=name, version__status__in=ENDED).select_related("version")[:_MOST])
    if not rows:
        return None
    places = [_place(row.version, base, path=row.path) for row in rows]
    shown = next((row for row in rows if row.version.is_published and not row.version.is_embargoed), None)
    url = file_address(shown.version, shown.path, base) if shown else places[0]["url"]
    days = [row.version.embargo.isoformat() for row in rows if row.version.embargo]
    opens = "" if shown or not days else min(days)
    return _told(
        name, "step", shown.name if shown else "Step of a workflow", places, url, record=shown.json if shown else None, opens=opens
    )


def _content(name: str, base: str) -> dict[str, Any]:
    """Bytes by their checksum, wherever they were published."""
    rows = list(File.objects.filter(sha256=name, version__status=Status.PUBLISHED).select_related("version")[:_MOST])
    if not rows:
        raise not_found(f"published file with sha256 {name}")
    places = [_place(row.version, base, path=row.path) for row in rows]
    first = rows[0]
    opens = first.version.embargo.isoformat() if all(row.version.is_embargoed for row in rows) and first.version.embargo else ""
    url = places[0]["url"] if opens else f"{base}/api/v1/files/{name}"
    return _told(name, "file", first.path.rpartition("/")[2], places, url, opens=opens)


def _place(version: Version, base: str, path: str = "", anchor: str = "") -> dict[str, Any]:
    address = page_address(version, base) + (f"#{anchor}" if anchor else "")
    told = {"kid": version.kid, "version": version.version, "status": version.status, "path": path, "url": address}
    return {**told, "title": version.release.resource.title}
