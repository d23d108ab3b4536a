"""The pages of collections and of their versions, for everyone."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from kpublish.datacenter import signposting
from kpublish.datacenter.addresses import collection_address
from kpublish.datacenter.appearance import show
from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.collecting import linking
from kpublish.datacenter.collecting.listing import part
from kpublish.datacenter.collecting.telling import (
    PUBLISHER,
    any_collection,
    collection_of,
    members,
    newest,
    shown,
    shown_version,
    state,
    summary,
    version_of,
    version_state,
    versions_of,
)
from kpublish.datacenter.pages import page
from kpublish.datacenter.problems import Problem

_PAGE = 100
Page = Callable[..., HttpResponseBase]


def _or_tombstone(view: Page) -> Page:
    """In place of what was withdrawn stands what it was, and why it is gone."""

    @functools.wraps(view)
    def answered(request: HttpRequest, **names: str) -> HttpResponseBase:
        try:
            return view(request, **names)
        except Problem as problem:
            if problem.status_code != 410:
                raise
            return _tombstone(request, problem)

    return answered


@page
def collections(request: HttpRequest) -> HttpResponseBase:
    """All collections, or those that answer a question."""
    text = request.GET.get("q", "")[:1000]
    found = part(text, _PAGE, request.GET.get("cursor", ""))
    facts: dict[str, object] = {
        "collections": [summary(one, "") for one in found.collections],
        "text": text,
        "after": f"/collections?{urlencode({'q': text, 'cursor': found.cursor})}" if found.cursor else "",
    }
    return show(request, "datacenter/collections.html", facts)


@page
@_or_tombstone
def collection(request: HttpRequest, kid: str) -> HttpResponseBase:
    """One collection with its members, as it is now."""
    found, base = collection_of(kid), base_of(request)
    told, whole = shown(found, base), collection_address(found, base)
    facts: dict[str, object] = {"collection": told, "linked": linking.linked_data(told, whole)}
    return _signposted(show(request, "datacenter/collection.html", facts), told, whole, told["versions"])


@page
@_or_tombstone
def version(request: HttpRequest, kid: str, version: str) -> HttpResponseBase:
    """A version of a collection, with its members as they are pinned."""
    row, base = version_of(kid, version), base_of(request)
    told, whole = shown_version(row, base), collection_address(row.collection, base)
    facts: dict[str, object] = {
        "version": told,
        "whole": whole,
        "newest": collection_address(row.collection, base, told["newest"]),
        "linked": linking.linked_data(told, whole),
        "cited": f"{PUBLISHER} ({told['published'][:4]}): {told['title']}, version {told['version']}. {told['url']}",
    }
    response = show(request, "datacenter/collection_version.html", facts)
    return _signposted(response, told, whole, versions_of(row.collection, base))


def _signposted(response: HttpResponse, told: Mapping[str, Any], whole: str, versions: list[dict[str, Any]]) -> HttpResponse:
    links = linking.links(told, whole, [item["url"] for item in versions])
    response.headers["Link"] = signposting.header(links)
    return response


@page
def collection_resource(request: HttpRequest, kid: str) -> HttpResponseBase:
    """The KM3ResourceCollection alone."""
    return _resource(state(collection_of(kid), base_of(request)))


@page
def version_resource(request: HttpRequest, kid: str, version: str) -> HttpResponseBase:
    """The KM3ResourceCollection of a version."""
    return _resource(version_state(version_of(kid, version), base_of(request)))


def _resource(told: Mapping[str, Any]) -> HttpResponse:
    text = json.dumps(told["resource"], ensure_ascii=False, indent=1) + "\n"
    response = HttpResponse(text, content_type="application/json")
    response.headers["Link"] = signposting.header([signposting.Link("describes", told["url"], "text/html")])
    return response


def _tombstone(request: HttpRequest, problem: Problem) -> HttpResponse:
    found = any_collection(problem.further["kid"])
    facts = {
        "collection": summary(found, ""),
        "members": members(newest([member.kid for member in found.members.all()]), ""),
        "versions": versions_of(found, ""),
        **problem.further,
    }
    return show(request, "datacenter/collection_tombstone.html", facts, status=410)
