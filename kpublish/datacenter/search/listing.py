"""How a release comes into the catalogue: its summary, its facets and its words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

from kpublish.datacenter.models import Facet, Listing, Status, Version
from kpublish.datacenter.search.engines import engine
from kpublish.exports.names import types_of
from kpublish.model.bundle import Release

#: By what is asked, in the order in which pages show it.
FACETS = ("type", "instrument", "level", "ktype", "keyword", "author", "year")


def list_anew(kid: str) -> None:
    """List the newest published version of a release, or nothing if there is none; inside the transaction that changed it."""
    words = engine()
    for old in Listing.objects.filter(kid=kid):
        words.remove(old.pk)
        old.delete()
    version = Version.objects.filter(kid=kid, status=Status.PUBLISHED).first()
    if version is None or version.published is None:
        return
    release = version.release
    summary = json.dumps(_summary(version, release), ensure_ascii=False, separators=(",", ":"))
    entry = Listing.objects.create(version=version, kid=kid, published=version.published, summary=summary)
    facets = dict.fromkeys((name, value[:200]) for name, value in _facets(release) if value)
    Facet.objects.bulk_create(Facet(listing=entry, name=name, value=value) for name, value in facets)
    words.write(entry.pk, _texts(release))


def list_all() -> int:
    """Make the whole catalogue anew; return how many entries it has."""
    kids = Version.objects.order_by().values_list("kid", flat=True).distinct()
    for kid in list(kids):
        with transaction.atomic():
            list_anew(kid)
    return Listing.objects.count()


def reindex() -> int:
    """Make the whole catalogue anew while the server runs, release by release; forget words without an entry.

    Returns
    -------
    int
        How many entries it has.
    """
    with transaction.atomic():
        engine().tidy()
    kids = Version.objects.order_by().values_list("kid", flat=True).distinct()
    for kid in list(kids):
        with transaction.atomic():
            list(Version.objects.select_for_update().filter(kid=kid).order_by("pk").values_list("pk", flat=True))
            list_anew(kid)
    return Listing.objects.count()


def is_complete() -> bool:
    """Whether every published release is listed."""
    published = Version.objects.filter(status=Status.PUBLISHED).order_by().values("kid").distinct()
    return published.count() == Listing.objects.count()


def _summary(version: Version, release: Release) -> dict[str, Any]:
    resource = release.resource
    figure = _thumbnail(release)
    return {
        "kid": version.kid,
        "version": version.version,
        "title": resource.title,
        "description": (resource.description or "")[:1000],
        "authors": [author.display_name for author in resource.creators],
        "date": resource.datePublication,
        "license": resource.license,
        "type": resource.resourceType.value if resource.resourceType else "",
        "status": resource.status.value if resource.status else "",
        "embargo": version.embargo.isoformat() if version.embargo else "",
        "tables": sum(member.kind == "table" for member in release.members),
        "figures": sum(member.kind == "figure" for member in release.members),
        "image": figure[0] if figure else "",
        "alt": figure[1] if figure else "",
    }


def _thumbnail(release: Release) -> tuple[str, str] | None:
    """Path and alternative text of the first figure that browsers show."""
    types = {entry.path: entry.mediaType for entry in release.files}
    for member in release.members:
        for path in member.files:
            if member.kind == "figure" and types.get(path) == "image/png":
                return path, member.alt or member.resource.title
    return None


def _facets(release: Release) -> Iterator[tuple[str, str]]:
    resource = release.resource
    yield "type", resource.resourceType.value if resource.resourceType else types_of(resource)[2].lower()
    yield "year", resource.datePublication[:4]
    yield from (("author", author.display_name) for author in resource.creators)
    for item in (resource, *(member.resource for member in release.members)):
        yield "ktype", item.ktype or ""
        yield from (("keyword", keyword) for keyword in item.keywords)
        if item.content:
            yield "instrument", item.content.instrument or ""
            yield "level", "" if item.content.processingLevel is None else str(item.content.processingLevel)
    yield from (("type", member.kind) for member in release.members)


def _texts(release: Release) -> tuple[str, str, str]:
    """Title; names by which one looks for it; all other words."""
    names = (value for name, value in _facets(release) if name not in ("year", "level", "type"))
    return release.resource.title, " ".join(dict.fromkeys(names)), " ".join(_said(release))


def _said(release: Release) -> Iterable[str]:
    yield release.resource.description or ""
    for member in release.members:
        yield from (member.name, member.resource.title, member.resource.description or "", member.alt or "")
        for column in member.parameters:
            yield from (column.columnname, column.name or "", column.description or "")
