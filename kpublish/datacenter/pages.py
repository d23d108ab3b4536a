"""Pages for people: the catalogue, landing pages, and the files that these lead to."""

# ruff: noqa: ARG001 - the framework calls with these arguments, used or not

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from kpublish.datacenter import downloads, signposting
from kpublish.datacenter.addresses import file_address, page_address
from kpublish.datacenter.appearance import FILES, show, styled
from kpublish.datacenter.catalogue import base_of, chosen, refuse_closed
from kpublish.datacenter.collecting.listing import part
from kpublish.datacenter.collecting.telling import summary
from kpublish.datacenter.documents import DOCUMENTS, Document, address_of, written
from kpublish.datacenter.landing import FOOT, around, history, open_release, tombstone
from kpublish.datacenter.models import ENDED, File, Listing
from kpublish.datacenter.problems import Problem, missing_page, not_found
from kpublish.datacenter.rows import Order, previews
from kpublish.datacenter.search.asking import Question, overview, read
from kpublish.datacenter.search.asking import page as found_page
from kpublish.datacenter.serializers import found
from kpublish.exports.page import STYLE, Frame, html

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
    """The newest version of every release: all, the newest first, or what is asked for, the best first."""
    question = read(request.GET, _CARDS)
    chosen = question.chosen
    shown = found_page(question)
    told = overview(question)
    facts = {
        "cards": [_card(entry) for entry in shown.entries],
        "count": told.count,
        "counted": told.counted,
        "text": question.text,
        "collections": [] if question.cursor or not question.by_relevance else _collections(question.text),
        "is_asked": bool(question.text or chosen),
        "facets": _choices(question, told.facets),
        "chosen": [{"name": name, "value": value} for name, values in chosen.items() for value in values],
        "first": f"/?{_query(question)}" if question.cursor else "",
        "after": f"/?{_query(question, cursor=shown.cursor)}" if shown.cursor else "",
    }
    return show(request, "datacenter/catalogue.html", facts)


def _collections(text: str) -> list[dict[str, Any]]:
    """The newest collections that answer, too; one more stands for all others."""
    return [summary(one, "") for one in part(text, 4).collections]


def _choices(question: Question, counted: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Every facet that tells something apart, with links that choose a value or leave it."""
    told = []
    for name, values in counted.items():
        mine = question.chosen.get(name, ())
        links = [{**item, "chosen": item["value"] in mine, "address": _toggled(question, name, item["value"])} for item in values]
        if links:
            told.append({"name": name, "values": links, "is_open": bool(mine)})
    return told


def _toggled(question: Question, name: str, value: str) -> str:
    chosen = {key: tuple(values) for key, values in question.chosen.items()}
    mine = chosen.get(name, ())
    chosen[name] = tuple(item for item in mine if item != value) if value in mine else (*mine, value)
    return f"/?{_query(replace(question, chosen=chosen))}"


def _query(question: Question, cursor: str = "") -> str:
    """The question as it stands in an address."""
    pairs = [("q", question.text)] if question.text else []
    pairs += [(name, value) for name, values in question.chosen.items() for value in values]
    return urlencode([*pairs, ("cursor", cursor)] if cursor else pairs)


def _card(entry: Listing) -> dict[str, Any]:
    told = found(entry, "")
    closed = told["embargo"] if not told["image"] and told["embargo"] > timezone.now().date().isoformat() else ""
    return {**told, "authors": "; ".join(told["authors"]), "embargo": closed}


@page
def landing(request: HttpRequest, kid: str, version: str | None = None) -> HttpResponseBase:
    """The page of a release; the kid of a member leads to its place on that page, a withdrawn version to its tombstone."""
    try:
        place, places = chosen(kid, version)
    except Problem as problem:
        if problem.status_code != 410:
            raise
        return tombstone(request, problem)
    row = place.version
    if place.member is not None:
        return HttpResponseRedirect(f"{page_address(row)}#{quote(kid)}")
    asked = request.get_preferred_type(["text/html", *(document.content_type for document in DOCUMENTS), signposting.JSON])
    document = next((item for item in DOCUMENTS if item.content_type == asked), None)
    if document or asked == signposting.JSON:
        return _varying(metadata(request, kid=row.kid, version=row.version, name=document.name if document else "linkset.json"))
    base, release = base_of(request), open_release(row)
    shown = {} if release.embargo else previews(row, release, Order.of(request))
    text = html(
        release,
        href=functools.partial(file_address, row, base=base),
        frame=Frame(around(row, [other.version for other in places]), history(row), FOOT, shown),
    )
    response = styled(HttpResponse(text), STYLE)
    response.headers["Link"] = signposting.header(signposting.of_page(row, release, base))
    return _varying(response)


def _varying(response: HttpResponseBase) -> HttpResponseBase:
    """Caches must know that the answer depends on what was asked for."""
    patch_vary_headers(response, ["Accept"])
    return response


@page
def metadata(request: HttpRequest, kid: str, version: str, name: str) -> HttpResponseBase:
    """One document of metadata, or the link set."""
    place, _ = chosen(kid, version)
    row, base = place.version, base_of(request)
    release = open_release(row)
    document = next((item for item in DOCUMENTS if item.name == name), None)
    if place.member is not None or not (document or name in _LINKSETS):
        raise not_found(f"document {name} of version {version} of {kid}")
    if document is None:
        kind, write = _LINKSETS[name]
        return HttpResponse(write(row, release, base), content_type=kind)
    response = HttpResponse(written(document, row, base), content_type=_typed(document))
    response.headers["Content-Location"] = address_of(document, row, base)
    response.headers["Link"] = signposting.header(signposting.of_document(row, base))
    return response


_LINKSETS = {"linkset.json": (signposting.JSON, signposting.json_text), "linkset": (signposting.TEXT, signposting.linkset_text)}


def _typed(document: Document) -> str:
    return f"{document.media_type}; charset=utf-8" if document.media_type.startswith("text/") else document.content_type


@page
def download(request: HttpRequest, kid: str, version: str, name: str) -> HttpResponseBase:
    """A file of a published version, under its path in the package."""
    ended = File.objects.filter(version__kid=kid, version__version=version, version__status__in=ENDED, path=name)
    file = ended.select_related("version").first()
    if file is None:
        raise not_found(f"file {name} in version {version} of {kid}")
    refuse_closed(file)
    response = downloads.send(request, file)
    response.headers["Link"] = signposting.header(signposting.of_file(file.version, base_of(request)))
    return response


@page
def favicon(request: HttpRequest) -> HttpResponseBase:
    """The sign of the data center in the browser's tab."""
    response = FileResponse((FILES / "favicon.svg").open("rb"), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
