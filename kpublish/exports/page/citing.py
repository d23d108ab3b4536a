"""How a release is cited: as text, and in BibTeX (https://ctan.org/pkg/bibtex)."""

from __future__ import annotations

import re
import unicodedata

from kpublish.exports.names import given_and_family, types_of
from kpublish.model.bundle import Release
from kpublish.model.people import Author

_SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: f"\\{sign}" for sign in "&%$#_"
}


def address(release: Release) -> str:
    """The address to cite: the DOI if the release states one, else its public landing page."""
    doi = release.resource.idDOI
    return f"https://doi.org/{doi}" if doi else release.landing


def citation(release: Release) -> str:
    """Return the citation as one line of text.

    ``KM3NeT Collaboration; Example, A. (2026). Effective area (version 1.0.0) [Data set]. KM3NeT Collaboration. https://…``
    """
    resource = release.resource
    authors = "; ".join(_short(author) for author in resource.creators) or resource.publisher
    word = types_of(resource)[2]
    year = resource.datePublication[:4]
    return f"{authors} ({year}). {resource.title} (version {release.version}) [{word}]. {resource.publisher}. {address(release)}"


def bibtex(release: Release) -> str:
    """Return the BibTeX entry."""
    resource = release.resource
    fields = {
        "author": " and ".join(_full(author) for author in resource.creators) or f"{{{_escaped(resource.publisher)}}}",
        "title": f"{{{_escaped(resource.title)}}}",
        "year": resource.datePublication[:4],
        "version": _escaped(release.version),
        "howpublished": _escaped(resource.publisher),
        "doi": resource.idDOI or "",
        "url": address(release),
    }
    lines = "".join(f"  {name:<12} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(release)},\n{lines}}}"


def _short(author: Author) -> str:
    if author.type == "collaboration":
        return author.display_name
    given, family = given_and_family(author)
    initials = " ".join(f"{name[0]}." for name in re.split(r"[\s-]+", given) if name)
    return f"{family}, {initials}" if initials else family


def _full(author: Author) -> str:
    if author.type == "collaboration":
        return f"{{{_escaped(author.display_name)}}}"
    given, family = given_and_family(author)
    return f"{_escaped(family)}, {_escaped(given)}" if given else _escaped(family)


def _key(release: Release) -> str:
    resource = release.resource
    first = resource.publisher
    if resource.creators:
        author = resource.creators[0]
        first = author.display_name if author.type == "collaboration" else given_and_family(author)[1]
    plain = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain)
    return f"{(words or ['release'])[0]}:{resource.datePublication[:4]}:{resource.kid[:8]}"


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(sign, sign) for sign in text)
