"""FAIR Signposting (https://signposting.org/FAIR/): typed links in HTTP headers (RFC 8288) and link sets (RFC 9264)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kpublish.datacenter.addresses import file_address, page_address
from kpublish.datacenter.documents import DOCUMENTS, address_of
from kpublish.datacenter.models import Version
from kpublish.exports.names import licence_address, orcid_address, types_of
from kpublish.exports.page.citing import address
from kpublish.model.bundle import Release

JSON, TEXT = "application/linkset+json", "application/linkset"
#: With more files than this, they stand in the link set only: headers must stay small.
MOST = 30
_ALLOWED = ":/?#[]@!$&'()*+,;=%~"


@dataclass(frozen=True, slots=True)
class Link:
    """One typed link."""

    rel: str
    href: str
    type: str = ""
    profile: str = ""

    @property
    def target(self) -> str:
        """The address with what RFC 3986 allows in one only: others write DOIs, and a header has one line."""
        return quote(self.href, safe=_ALLOWED)

    def __str__(self) -> str:
        stated = (("rel", self.rel), ("type", self.type), ("profile", self.profile))
        return "; ".join((f"<{self.target}>", *(f'{name}="{value}"' for name, value in stated if value)))


def of_page(row: Version, release: Release, base: str, *, all_files: bool = False) -> list[Link]:
    """The links of a landing page; under an embargo none to its files."""
    resource = release.resource
    page = page_address(row, base)
    files = () if release.embargo or (len(release.files) > MOST and not all_files) else release.files
    return [
        Link("cite-as", address(release)),
        Link("type", "https://schema.org/AboutPage"),
        Link("type", f"https://schema.org/{types_of(resource)[1]}"),
        Link("license", licence_address(resource.license)),
        *(Link("author", orcid_address(author.orcid)) for author in resource.creators if author.orcid),
        *(Link("describedby", address_of(item, row, base), item.media_type, item.profile) for item in DOCUMENTS),
        *(Link("item", file_address(row, entry.path, base), entry.mediaType.partition(";")[0]) for entry in files),
        Link("linkset", f"{page}/linkset.json", JSON),
        Link("linkset", f"{page}/linkset", TEXT),
    ]


def of_file(row: Version, base: str) -> list[Link]:
    """The links of a file: to the page of its release, and to all that is linked."""
    page = page_address(row, base)
    return [Link("collection", page, "text/html"), Link("linkset", f"{page}/linkset.json", JSON)]


def of_document(row: Version, base: str) -> list[Link]:
    """The links of a metadata document."""
    return [Link("describes", page_address(row, base), "text/html")]


def header(links: Iterable[Link]) -> str:
    """The value of the header Link."""
    return ", ".join(map(str, links))


def linkset(row: Version, release: Release, base: str) -> dict[str, Any]:
    """All links of a page, its files and documents, as JSON (RFC 9264 section 4.2)."""
    return {"linkset": [{"anchor": anchor, **_by_relation(links)} for anchor, links in _contexts(row, release, base)]}


def linkset_text(row: Version, release: Release, base: str) -> str:
    """The same in the format of the header, each link with its anchor (RFC 9264 section 4.1)."""
    each = (f'{link}; anchor="{anchor}"' for anchor, links in _contexts(row, release, base) for link in links)
    return ",\n".join(each) + "\n"


def json_text(row: Version, release: Release, base: str) -> str:
    """The link set as text."""
    return json.dumps(linkset(row, release, base), indent=1) + "\n"


def _contexts(row: Version, release: Release, base: str) -> list[tuple[str, list[Link]]]:
    page = page_address(row, base)
    own = of_page(row, release, base, all_files=True)
    files = [(link.href, [Link("collection", page, "text/html")]) for link in own if link.rel == "item"]
    documents = [(link.href, of_document(row, base)) for link in own if link.rel == "describedby"]
    return [(page, [link for link in own if link.rel != "linkset"]), *files, *documents]


def _by_relation(links: Iterable[Link]) -> dict[str, list[dict[str, str]]]:
    told: dict[str, list[dict[str, str]]] = {}
    for link in links:
        stated = {"href": link.target, "type": link.type, "profile": link.profile}
        told.setdefault(link.rel, []).append({name: value for name, value in stated.items() if value})
    return told
