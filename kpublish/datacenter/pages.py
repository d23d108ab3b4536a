"""Pages for people: the catalogue, landing pages, and the files that these lead to."""

# ruff: noqa: ARG001 - the framework calls with these arguments, used or not

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from kpublish.datacenter import downloads
from kpublish.datacenter.addresses import file_address, page_address
from kpublish.datacenter.appearance import FILES, show, styled
from kpublish.datacenter.catalogue import base_of, chosen, newest, refuse_closed
from kpublish.datacenter.landing import around, before_publication, history, open_release, tombstone
from kpublish.datacenter.models import ENDED, File, Version
from kpublish.datacenter.problems import Problem, missing_page, not_found
from kpublish.datacenter.reviewing import opened
from kpublish.exports.page import STYLE, html
from kpublish.model.bundle import Release

_CARDS = 24

Page = Callable[..., HttpResponseBase]


def page(view: Page) -> Page:
    """Answer reading requests only; a problem becomes a page."""

    @functools.wraps(view)
    def answered(request: HttpRequest, **names: str) -> HttpResponseBase:
        try:
            return view(request, **names)
        except Problem as problem:
            return missing_page(request, problem)

    return require_safe(answered)


@page
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """The newest version of every release, newest first."""
    text = request.GET.get("page", "1")
    number = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    rows = list(newest()[(number - 1) * _CARDS : number * _CARDS + 1])
    facts = {
        "cards": [_card(row) for row in rows[:_CARDS]],
        "count": newest().count(),
        "before": number - 1,
        "after": number + 1 if len(rows) > _CARDS else 0,
    }
    return show(request, "datacenter/catalogue.html", facts)


def _card(row: Version) -> dict[str, Any]:
    release = row.release
    resource = release.resource
    figure = None if row.is_embargoed else _thumbnail(release)
    return {
        "address": page_address(row),
        "image": file_address(row, figure[0]) if figure else "",
        "alt": figure[1] if figure else "",
        "title": resource.title,
        "description": resource.description or "",
        "authors": "; ".join(author.display_name for author in resource.creators),
        "date": resource.datePublication,
        "version": row.version,
        "license": resource.license,
        "embargo": row.embargo if row.is_embargoed else None,
        "status": resource.status.value if resource.status else "",
        "tables": sum(member.kind == "table" for member in release.members),
        "figures": sum(member.kind == "figure" for member in release.members),
    }


def _thumbnail(release: Release) -> tuple[str, str] | None:
    """Path and alternative text of the first figure that browsers show."""
    types = {entry.path: entry.mediaType for entry in release.files}
    for member in release.members:
        for path in member.files:
            if member.kind == "figure" and types.get(path) == "image/png":
                return path, member.alt or member.resource.title
    return None


@page
def landing(request: HttpRequest, kid: str, version: str | None = None) -> HttpResponseBase:
    """The page of a release; the kid of a member leads to its place on that page, a withdrawn version to its tombstone."""
    try:
        place, found = chosen(kid, version)
    except Problem as problem:
        if problem.status_code != 410:
            raise
        return tombstone(request, problem)
    row = place.version
    if place.member is not None:
        return HttpResponseRedirect(f"{page_address(row)}#{quote(kid)}")
    text = html(
        open_release(row),
        href=functools.partial(file_address, row, base=base_of(request)),
        chrome=around(row, [other.version for other in found]),
        further=history(row),
    )
    return styled(HttpResponse(text), STYLE)


@page
def download(request: HttpRequest, kid: str, version: str, name: str) -> HttpResponseBase:
    """A file of a published version, under its path in the package."""
    ended = File.objects.filter(version__kid=kid, version__version=version, version__status__in=ENDED, path=name)
    file = ended.select_related("version").first()
    if file is None:
        raise not_found(f"file {name} in version {version} of {kid}")
    refuse_closed(file)
    return downloads.send(request, file)


@page
def review(request: HttpRequest, signed: str) -> HttpResponseBase:
    """What is in review, for who has the link; once it is published, its page."""
    row = opened(signed)
    if row.has_ended:
        return HttpResponseRedirect(page_address(row))
    above, below = before_publication(row)
    address = f"{base_of(request)}/review/{signed}/files"
    text = html(row.release.model_copy(update={"embargo": None}), lambda path: f"{address}/{quote(path)}", above, below)
    return styled(HttpResponse(text, headers={"X-Robots-Tag": "noindex", "Cache-Control": "private, no-store"}), STYLE)


@page
def review_file(request: HttpRequest, signed: str, name: str) -> HttpResponseBase:
    """A file of what is in review."""
    file = opened(signed).files.filter(path=name, arrived=True).first()
    if file is None:
        raise not_found(f"file {name} in this version")
    return downloads.send(request, file, downloads.FOR_OWNERS)


@page
def favicon(request: HttpRequest) -> HttpResponseBase:
    """The sign of the data center in the browser's tab."""
    response = FileResponse((FILES / "favicon.svg").open("rb"), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
