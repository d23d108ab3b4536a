"""The landing page of a release: HTML with schema.org JSON-LD (https://schema.org/Dataset), no scripts, nothing of other hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from kpublish.exports.chain import implied, places_of
from kpublish.exports.page.linked_data import linked_data
from kpublish.exports.page.picture import steps
from kpublish.exports.page.sections import about, citing, details, downloads, figure, hero, table
from kpublish.exports.page.style import STYLE
from kpublish.model.bundle import Release

__all__ = ["ADDRESS", "STANDARD", "STYLE", "VERSION", "Frame", "documents", "html"]

STANDARD = "schema.org Dataset in HTML"
VERSION = "29.0"
ADDRESS = "https://schema.org/Dataset"


def documents(release: Release) -> Mapping[str, bytes]:
    """Return the page of a package, ``index.html``; its links lead to the files beside it."""
    return {"index.html": html(release).encode()}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a server puts around the page of a release, as HTML.

    Attributes
    ----------
    above
        Its name and banners. The style sheet knows the classes ``top`` (a bar with a link) and ``notice`` (a banner).
    below
        Sections at the end, e.g. what was amended.
    foot
        Links in the footer.
    beside
        What stands in the section of a table or figure, by kid.
    style
        A style sheet of its own.
    """

    above: str = ""
    below: str = ""
    foot: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    style: str = ""


def html(release: Release, href: Callable[[str], str] = quote, frame: Frame | None = None) -> str:
    """Return the landing page of a release.

    Parameters
    ----------
    release
        What is shown.
    href
        Path of a file in the package → its address.
    frame
        What a server puts around it.
    """
    frame = frame or Frame()
    if release.embargo:
        release = release.model_copy(update={"members": tuple(item.model_copy(update={"files": ()}) for item in release.members)})
    pictures = [
        figure(release, member, href, frame.beside.get(member.resource.kid, ""))
        for member in release.members
        if member.kind == "figure"
    ]
    tables = [
        table(release, member, href, frame.beside.get(member.resource.kid, ""))
        for member in release.members
        if member.kind == "table"
    ]
    recorded = (*release.steps, *implied(release)) if release.steps else ()
    chain = steps(recorded, places_of(release))
    body = "".join(
        (about(release, href), *pictures, *tables, chain, citing(release, href), downloads(release, href), details(release))
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(release.resource.language or "en")}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(release.resource.title)}</title>\n"
        f'<meta name="description" content="{escape((release.resource.description or release.resource.title)[:300])}">\n'
        f'<link rel="canonical" href="{escape(release.landing)}">\n'
        f"<style>{STYLE}</style>\n{f'<style>{frame.style}</style>' if frame.style else ''}"
        f'<script type="application/ld+json">\n{linked_data(release, href)}\n</script>\n</head>\n<body>\n'
        f"{frame.above}{hero(release)}\n<main>\n{body}{frame.below}\n</main>\n"
        f"<footer><p>{escape(release.resource.publisher)} · {escape(release.kid)} · {escape(release.version)}</p>"
        f"{frame.foot}</footer>\n"
        "</body>\n</html>\n"
    )
