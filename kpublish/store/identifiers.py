"""The forms in which readers name a resource: kid, URN (RFC 9562), landing page, DOI, name or path, each with a version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from kpublish.errors import NotFound, UsageError
from kpublish.exports.names import identifier as recognised
from kpublish.http import plain
from kpublish.model.bundle import Release
from kpublish.store.catalogue import Found

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
#: A landing page may stand on any host: the store asks its own source for what is meant.
_LANDING = re.compile(rf"https?://[^?#]+/r/({_UUID})(?:/([^/?#]+))?/?(?:[?#].*)?", re.IGNORECASE)
_KID = re.compile(rf"(?:urn:uuid:)?({_UUID})", re.IGNORECASE)
#: A version begins with a number, so that other names may hold the sign.
_VERSIONED = re.compile(r"(.+)@(\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.+-]+)?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an identifier says: one of kid, DOI and name, and perhaps a version."""

    kid: str | None = None
    doi: str | None = None
    name: str | None = None
    version: str | None = None


def understood(identifier: str, version: str | None = None) -> Asked:
    """Return what is asked for by an identifier, and by a version beside it.

    Raises
    ------
    UsageError
        If the identifier names another version than the one beside it.

    Examples
    --------
    >>> understood("effective_area@1.2.0")
    Asked(kid=None, doi=None, name='effective_area', version='1.2.0')
    >>> understood("https://opendata.km3net.de/r/6e4a8a33-5c6a-4f0e-9d3c-0c4b1d3c2a10/1.0.0").version
    '1.0.0'
    """
    text, inside = identifier.strip(), None
    if landing := _LANDING.fullmatch(text):
        text, inside = landing[1], landing[2] and unquote(landing[2])
    elif versioned := _VERSIONED.fullmatch(text):
        text, inside = versioned[1], versioned[2]
    if inside and version not in (None, inside):
        raise UsageError(f"{plain(identifier)} names version {plain(inside)}, not {version}.", remedy="Name one version.")
    version = inside or version
    if kid := _KID.fullmatch(text):
        return Asked(kid=kid[1].lower(), version=version)
    doi = _doi(text)
    return Asked(doi=doi, version=version) if doi else Asked(name=text, version=version)


def find_by_doi(doi: str, releases: Iterable[Release]) -> Found:
    """Return the release, or the member of one, that states the DOI.

    Raises
    ------
    NotFound
        If none does.
    """
    for release in releases:
        for member in (None, *release.members):
            resource = member.resource if member else release.resource
            if resource.idDOI and _doi(resource.idDOI) == doi:
                return release, member
    raise NotFound(f"Nothing here states the DOI {plain(doi)}.", remedy="kpublish ls lists what is published; ask for it by name.")


def _doi(text: str) -> str | None:
    """The DOI in small letters, which are the same as capital ones (ISO 26324), without address or prefix."""
    found = recognised(text)
    return found.value.lower() if found.scheme == "DOI" else None
