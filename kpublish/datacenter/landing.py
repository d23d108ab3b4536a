"""What the server puts around the landing page of a release: banners, its history, or a tombstone in its place."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from kpublish.datacenter.addresses import page_address
from kpublish.datacenter.appearance import show
from kpublish.datacenter.catalogue import published
from kpublish.datacenter.models import Version
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.reviewing import changes
from kpublish.exports.names import identifier
from kpublish.exports.page.citing import citation
from kpublish.model.bundle import Release

#: In the footer of every page of a release.
FOOT = '<p><a href="/privacy">What is stored about people</a> · <a href="/kid">Find an identifier</a></p>'


def open_release(row: Version) -> Release:
    """The release as its page shows it; an embargo that is over is none."""
    return row.release.model_copy(update={"embargo": row.embargo if row.is_embargoed else None})


def around(row: Version, versions: list[Version]) -> str:
    """The name of the site, and the way to the newest version, or from it to the older ones."""
    last = versions[0]
    others = [{"version": other.version, "address": page_address(other)} for other in versions if other != row]
    facts = {"row": row, "is_last": row == last, "last": last, "newest": page_address(last), "others": others}
    return render_to_string("datacenter/around.html", facts)


def history(row: Version) -> str:
    """Where else the version is, and every amendment of its description, newest first."""
    amended = [event for event in row.events.all() if event.verb == "amended"][::-1]
    facts = {
        "places": [_place(json.loads(record.document)) for record in row.records.all()],
        "links": [_link(link) for link in json.loads(row.links)],
        "amendments": [
            {"event": event, "changes": [_change(change) for change in event.json["changes"]]} for event in amended[::-1]
        ],
    }
    return render_to_string("datacenter/history.html", facts)


def before_publication(row: Version, further: dict[str, Any], request: HttpRequest) -> tuple[str, str]:
    """What stands above and below the page of a version that is not published: its state, comments, and what changed."""
    compared = changes(row)
    events = [event for event in row.events.all() if event.verb in ("submitted", "returned", "commented")]
    facts = {
        **further,
        "row": row,
        "events": events[::-1],
        "compared": compared and {**compared, "fields": [_change(change) for change in compared["fields"]]},
    }
    above, below = (render_to_string(f"datacenter/review_{place}.html", facts, request) for place in ("above", "below"))
    return above, below


def tombstone(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page of a withdrawn version: what it was, and why it is gone."""
    told = problem.further
    row = Version.objects.get(kid=told["kid"], version=told["version"])
    release = row.release
    others = [{"version": other.version, "address": page_address(other)} for other in published().filter(kid=row.kid)]
    facts = {
        "resource": release.resource,
        "authors": "; ".join(author.display_name for author in release.resource.creators),
        "citation": citation(release),
        "others": others,
        **told,
    }
    return show(request, "datacenter/tombstone.html", facts, status=410)


def _place(record: dict[str, str]) -> dict[str, str]:
    address = f"https://doi.org/{record['doi']}" if record["doi"] else record["url"]
    return {"archive": record["archive"], "text": record["doi"] or record["url"] or record["id"], "address": _safe(address)}


def _link(link: dict[str, str]) -> dict[str, str]:
    words = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in link["relation"])
    found = identifier(link["identifier"])
    return {"relation": words, "text": link["identifier"], "address": _safe(found.address or "")}


def _safe(address: str) -> str:
    """Only addresses of the web are links."""
    return address if address.startswith(("https://", "http://")) else ""


def _change(change: dict[str, Any]) -> dict[str, str]:
    field = change["field"].removeprefix("members.").removeprefix("resource.").replace(".resource.", ": ")
    return {"field": field, "before": _shown(change["before"]), "after": _shown(change["after"])}


def _shown(value: Any) -> str:
    """A value of the metadata for people: what has a name is told by it, emptiness by a word."""
    if value is None or value in ([], ""):
        return "nothing"
    if isinstance(value, list):
        return "; ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(_said(key, item) for key, item in value.items() if item not in (None, [], "") and key not in _SILENT)
    return str(value)


#: Keys that tell people nothing, and keys whose value says enough by itself.
_SILENT, _CLEAR = ("type", "scheme"), ("name", "relation", "identifier", "id")


def _said(key: str, value: Any) -> str:
    return _shown(value) if key in _CLEAR else f"{key} {_shown(value)}"
