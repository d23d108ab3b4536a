"""Which of the published resources a query means: words, and filters as the data center's search has them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from kpublish.errors import UsageError
from kpublish.http import plain
from kpublish.model.bundle import Member, Release
from kpublish.model.resource import KM3Resource
from kpublish.registry import did_you_mean
from kpublish.store.catalogue import Found


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: every word of ``text`` in title, description, keywords, authors, columns or kid, and every filter.

    Attributes
    ----------
    text
        Words, in any order; case and accents do not matter.
    type, instrument, keyword, author, ktype
        ``resourceType``, detector, one keyword, part of an author's name or an ORCID, kind of object.
    year
        Of publication.
    level
        ``content.processingLevel``.
    """

    text: str = ""
    type: str | None = None
    instrument: str | None = None
    keyword: str | None = None
    year: int | None = None
    author: str | None = None
    ktype: str | None = None
    level: int | None = None

    @classmethod
    def of(cls, text: str, filters: Mapping[str, Any]) -> Query:
        """Make a query of filters by name; those that are None say nothing.

        Raises
        ------
        UsageError
            If there is no such filter.
        """
        unknown = next((name for name in filters if name not in FILTERS), None)
        if unknown:
            remedy = did_you_mean(unknown, FILTERS) or f"Known: {', '.join(FILTERS)}."
            raise UsageError(f"There is no filter {plain(unknown)!r}.", remedy=remedy)
        return cls(text, **filters)


#: The filters, as options and parameters are named.
FILTERS = tuple(field.name for field in fields(Query) if field.name != "text")


def matching(releases: Iterable[Release], query: Query) -> Iterator[Found]:
    """Yield the releases, and the tables and figures in them, that a query means, in the order of the source."""
    words = folded(query.text).split()
    for release in releases:
        for member in (None, *release.members):
            resource = member.resource if member else release.resource
            if _fits(resource, query) and all(word in _text(release, member) for word in words):
                yield release, member


def folded(text: str) -> str:
    """Return text for comparing: small letters without accents.

    >>> folded("Universität Erlangen")
    'universitat erlangen'
    """
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def _fits(resource: KM3Resource, query: Query) -> bool:
    content = resource.content
    return (
        query.type in (None, resource.resourceType)
        and _same(query.instrument, [(content.instrument if content else None) or ""])
        and _same(query.keyword, resource.keywords)
        and query.year in (None, int(resource.datePublication[:4]))
        and (query.author is None or any(folded(query.author) in folded(name) for name in _people(resource)))
        and query.ktype in (None, resource.ktype)
        and query.level in (None, content.processingLevel if content else None)
    )


def _same(wanted: str | None, found: Iterable[str]) -> bool:
    return wanted is None or folded(wanted) in map(folded, found)


def _people(resource: KM3Resource) -> list[str]:
    return [f"{author.display_name} {author.orcid or ''}" for author in resource.creators]


def _text(release: Release, member: Member | None) -> str:
    resource = member.resource if member else release.resource
    columns = [f"{one.columnname} {one.name or ''} {one.description or ''}" for one in member.parameters] if member else []
    name = member.name if member else ""
    said = [name, resource.title, resource.description or "", *resource.keywords, *_people(resource), *columns]
    return folded(" ".join([*said, resource.kid, resource.idDOI or ""]))
