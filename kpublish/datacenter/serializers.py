"""Versions as the JSON of the API; what a release may say is known by ``kpublish.model`` alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils import timezone

from kpublish.datacenter.addresses import file_address, page_address
from kpublish.datacenter.inspection import reports
from kpublish.datacenter.models import Event, File, Listing, Status, Version
from kpublish.datacenter.reviewing import link


def state(version: Version, base: str) -> dict[str, Any]:
    """What a data center has for (kid, version); the release stands there as it was sent.

    Parameters
    ----------
    version
        The row.
    base
        Address of this server, as the caller knows it.
    """
    return {**summary(version, base), "release": version.json, "files": _arrived(version.files.filter(arrived=True))}


def change(version: Version, base: str, sha256: str) -> dict[str, Any]:
    """What an upload changed in the state: a thousand uploads must not tell a thousand files a thousand times."""
    return {**summary(version, base), "files": _arrived(version.files.filter(arrived=True, sha256=sha256))}


def summary(version: Version, base: str) -> dict[str, Any]:
    """All of the state but the release and its files."""
    events = list(version.events.all())
    amendments = [event for event in events if event.verb == "amended"]
    return {
        "status": version.status,
        "kid": version.kid,
        "version": version.version,
        "digest": version.digest,
        "url": page_address(version, base),
        "revision": len(amendments),
        "embargo": version.embargo.isoformat() if version.embargo else "",
        "links": json.loads(version.links),
        "records": {record.archive: json.loads(record.document) for record in version.records.all()},
        "amendments": [amendment(event) for event in amendments],
        "review": _review(version, events, base),
        "withdrawal": withdrawal(events) if version.status == Status.WITHDRAWN else None,
    }


def amendment(event: Event) -> dict[str, Any]:
    """When, by whom, and every field with what it said before and after."""
    return {"date": _when(event), "by": event.by, "changes": event.json["changes"]}


def _review(version: Version, events: list[Event], base: str) -> dict[str, Any] | None:
    """How the review stands; comments and findings only as long as the version is not public."""
    told = review(events, base)
    if told is None or version.has_ended:
        return told
    comments = [{"comment": event.comment, "by": event.by, "date": _when(event)} for event in events if event.verb == "commented"]
    return {**told, "comments": comments, "findings": (reports.found(version) or {}).get("findings")}


def review(events: Iterable[Event], base: str) -> dict[str, Any] | None:
    """How the last review stands: submitted, with a link for reviewers, or what was decided."""
    steps = [event for event in events if event.verb in ("submitted", "returned", "published")]
    if not any(event.verb == "submitted" for event in steps):
        return None
    last = steps[-1]
    told = {"comment": last.comment, "by": last.by, "date": _when(last)}
    if last.verb == "submitted":
        return {"decision": "", **told, "link": link(last, base)}
    return {"decision": {"returned": "return", "published": "publish"}[last.verb], **told}


def withdrawal(events: Iterable[Event]) -> dict[str, Any] | None:
    """When a version was withdrawn, and why."""
    last = next((event for event in events if event.verb == "withdrawn"), None)
    return {"date": _when(last), "reason": last.comment} if last else None


def _when(event: Event) -> str:
    return event.made.isoformat(timespec="seconds").replace("+00:00", "Z")


def _arrived(files: Iterable[File]) -> dict[str, Any]:
    return {file.path: {"size": file.size, "sha256": file.sha256} for file in files}


def found(entry: Listing, base: str) -> dict[str, Any]:
    """An entry of the catalogue, as a search tells it."""
    told = entry.json
    image = told.pop("image")
    closed = told["embargo"] > timezone.now().date().isoformat()
    page = f"{base}/r/{entry.kid}/{quote(told['version'])}"
    return {**told, "image": f"{page}/files/{quote(image)}" if image and not closed else "", "url": page}


def for_readers(version: Version, base: str) -> dict[str, Any]:
    """The release with every relative ``accessURL`` made absolute."""
    document = version.json
    for resource in (document["resource"], *(member["resource"] for member in document.get("members", ()))):
        _absolute(resource, version, base)
    return document


def _absolute(resource: dict[str, Any], version: Version, base: str) -> None:
    source = resource["source"]
    for item in source if isinstance(source, list) else [source]:
        if not urlsplit(item["accessURL"]).scheme:
            item["accessURL"] = file_address(version, item["accessURL"], base)
