"""How a release comes into the catalogue: its summary, its facets and its words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

from kpublish.datacenter.models import Facet, Listing, Status, Version
from kpublish.datacenter.search import tallies
from kpublish.datacenter.search.engines import engine
from kpublish.exports.names import types_of
from kpublish.model.bundle import Release

#: By what is asked, in the order in which pages show it.
FACETS = ("type", "instrument", "level", "ktype", "keyword", "author", "year")
#: Releases of one transaction, where all are listed anew.
_AT_ONCE = 50


def list_anew(*kids: str) -> None:
    """List the newest published version of each release, if there is one; inside the transaction that changed them."""
    tallies.hold()
    counted, gone = _unlisted(kids)
    newest: dict[str, Version] = {}
    for version in Version.objects.filter(kid__in=kids, status=Status.PUBLISHED, published__isnull=False):
        newest.setdefault(version.kid, version)
    releases = {version: version.release for version in newest.values()}
    values = {version: _values(release) for version, release in releases.items()}
    Listing.objects.bulk_create(_entry(version, release, values[version]) for version, release in releases.items())
    facets = (Facet(listing_id=version.pk, name=name, value=value) for version, some in values.items() for name, value in some)
    Facet.objects.bulk_create(facets)
    engine().write([(version.pk, _texts(release)) for version, release in releases.items()])
    for some in values.values():
        counted.update(some)
    tallies.change(counted, len(newest) - gone)


def _unlisted(kids: Iterable[str]) -> tuple[Counter[tallies.Value], int]:
    """Take the entries of releases away; return which values of facets are to be counted less, and how many entries it were."""
    old = list(Listing.objects.filter(kid__in=kids).values_list("pk", flat=True))
    gone = Counter(Facet.objects.filter(listing__in=old).values_list("name", "value"))
    engine().remove(old)
    Listing.objects.filter(pk__in=old).delete()
    return Counter({value: -number for value, number in gone.items()}), len(old)


def _entry(version: Version, release: Release, values: Iterable[tallies.Value]) -> Listing:
    summary = json.dumps(_summary(version, release), ensure_ascii=False, separators=(",", ":"))
    told = "\n".join(f"{name}={value}" for name, value in values)
    return Listing(version=version, kid=version.kid, published=version.published, summary=summary, told=told)


def _values(release: Release) -> list[tallies.Value]:
    """Each value of its facets once, on one line."""
    return list(dict.fromkeys((name, " ".join(value.split())[:200]) for name, value in _facets(release) if value.strip()))


def list_all() -> int:
    """Make the whole catalogue anew; return how many entries it has."""
    for kids in _batches():
        with transaction.atomic():
            list_anew(*kids)
    return Listing.objects.count()


def reindex() -> int:
    """Make the whole catalogue anew while the server runs, some releases at a time; forget words without an entry, count anew.

    Returns
    -------
    int
        How many entries it has.
    """
    with transaction.atomic():
        engine().tidy()
    for kids in _batches():
        with transaction.atomic():
            list(Version.objects.select_for_update().filter(kid__in=kids).order_by("pk").values_list("pk", flat=True))
            list_anew(*kids)
    with transaction.atomic():
        tallies.recount()
    return Listing.objects.count()


def _batches() -> Iterator[list[str]]:
    """The kids of all releases, some at a time."""
    kids = list(Version.objects.order_by().values_list("kid", flat=True).distinct())
    for start in range(0, len(kids), _AT_ONCE):
        yield kids[start : start + _AT_ONCE]


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
