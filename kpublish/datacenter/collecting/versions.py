"""Versions of collections: what one says and holds at a moment, each member in its newest version of then, frozen for good."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.collecting.changing import hold
from kpublish.datacenter.collecting.rights import owns, refused
from kpublish.datacenter.collecting.telling import SAID, newest
from kpublish.datacenter.models import Collection, CollectionVersion
from kpublish.datacenter.people import acts
from kpublish.datacenter.problems import Problem
from kpublish.model.identifiers import version_uuid


@transaction.atomic
def publish(collection: Collection, caller: Caller, version: str, comment: str) -> tuple[CollectionVersion, bool]:
    """Publish a version of a collection as it is now; return it, and whether it is new: the same again changes nothing.

    Raises
    ------
    Problem
        403 if the caller may not publish in the name of its owner; 409 if the version was published with other content, if
        there are no members, or one of them was withdrawn; 410 if the collection was withdrawn.
    """
    hold(collection)
    if not owns(caller, collection, "publish"):
        raise refused(caller, "publish a version of this collection")
    now = _content(collection)
    found = collection.versions.filter(version=version).first()
    if found:
        if found.json != now:
            detail = f"Version {version} of this collection was published with other content."
            raise Problem(409, "version-taken", detail, "Publish what it is now as another version.")
        return found, False
    _refuse_incomplete(now)
    made = CollectionVersion.objects.create(
        collection=collection,
        version=version,
        uid=version_uuid(collection.kid, version),
        document=json.dumps(now, ensure_ascii=False, separators=(",", ":")),
        comment=comment,
    )
    acts.tell("collection", collection.kid, "published", caller.name, version=version, comment=comment)
    return made, True


def _content(collection: Collection) -> dict[str, Any]:
    """What it says, and its members; of what is not published any more there is no version."""
    rows = newest([member.kid for member in collection.members.all()])
    pinned = [{"kid": kid, "version": row.version.version if row.version.is_published else None} for kid, row in rows.items()]
    return {**{name: getattr(collection, name) for name in SAID}, "members": pinned}


def _refuse_incomplete(content: dict[str, Any]) -> None:
    if not content["members"]:
        raise Problem(409, "incomplete", "The collection has no members.", "Add what belongs to it, then publish the version.")
    gone = next((member["kid"] for member in content["members"] if member["version"] is None), None)
    if gone:
        raise Problem(
            409, "member-withdrawn", f"The member {gone} was withdrawn.", "Take it out, then publish the version.", member=gone
        )
