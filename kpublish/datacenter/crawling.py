"""What search engines ask for: robots.txt (RFC 9309) and site maps (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from kpublish.datacenter.addresses import collection_address, page_address
from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.models import Collection, Listing
from kpublish.datacenter.problems import missing_page, not_found

#: Entries of one site map; the protocol allows 50,000.
SIZE = 10_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    """Everything that is published may be found; questions to the catalogue and links of reviewers are no places."""
    lines = ("User-agent: *", "Disallow: /api/", "Disallow: /review/", "Disallow: /?", f"Sitemap: {base_of(request)}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemaps(request: HttpRequest) -> HttpResponseBase:
    """The index of the site maps; those of releases are cut by number, so that a new one changes only the last."""
    last = Listing.objects.aggregate(last=Max("pk"))["last"] or 0
    names = ("collections", *range(last // SIZE + 1))
    maps = "".join(f"<sitemap><loc>{escape(base_of(request))}/sitemap-{name}.xml</loc></sitemap>\n" for name in names)
    return _xml(f'<sitemapindex xmlns="{_NAMESPACE}">\n{maps}</sitemapindex>\n')


@require_safe
def sitemap(request: HttpRequest, number: int) -> HttpResponseBase:
    """The landing pages of a part of the catalogue."""
    if number > 10**9:
        return missing_page(request, not_found("site map of that number"))
    rows = Listing.objects.filter(pk__gte=number * SIZE, pk__lt=(number + 1) * SIZE).select_related("version").order_by("pk")
    return _map(request, ((page_address(row.version), row.published) for row in rows.iterator(chunk_size=1000)))


@require_safe
def collections_map(request: HttpRequest) -> HttpResponseBase:
    """The pages of collections."""
    rows = Collection.objects.filter(withdrawn=None).values("kid", "created").annotate(last=Max("versions__published"))
    return _map(
        request, ((collection_address(Collection(kid=row["kid"])), row["last"] or row["created"]) for row in rows[: 5 * SIZE])
    )


def _map(request: HttpRequest, pages: Iterable[tuple[str, date]]) -> HttpResponse:
    places = "".join(
        f"<url><loc>{escape(base_of(request) + address)}</loc><lastmod>{changed:%Y-%m-%d}</lastmod></url>\n"
        for address, changed in pages
    )
    return _xml(f'<urlset xmlns="{_NAMESPACE}">\n{places}</urlset>\n')


def _xml(body: str) -> HttpResponse:
    return HttpResponse(_HEAD + body, content_type="application/xml; charset=utf-8")
