"""Papers: how they are cited, and where they are read."""

from __future__ import annotations

import webbrowser
from html import escape

from kpublish.errors import NotFound
from kpublish.exports.page.citing import citation
from kpublish.http import plain
from kpublish.model.resource import KM3Resource
from kpublish.store.holding import Holding
from kpublish.store.products.described import Published

KTYPES = ("km3.paper",)
WHOLE = None


class Paper(Published):
    """A paper or preprint: published here as a file, or elsewhere and only named."""

    @property
    def citation(self) -> str:
        """One line of text."""
        return plain(citation(self.release.model_copy(update={"resource": self.metadata})), 20_000)

    @property
    def link(self) -> str:
        """Where to read it: its DOI, else the address that it refers to, else its landing page."""
        return address_of(self.metadata) or self.release.landing

    def open(self) -> None:
        """Open :attr:`link` in the web browser.

        Raises
        ------
        NotFound
            If there is no browser.
        """
        if not webbrowser.open(self.link):
            raise NotFound("There is no web browser here.", remedy=f"Open {self.link} elsewhere.")

    def _inside(self) -> str:
        link = escape(self.link)
        return f'<p>{escape(self.citation)} <a href="{link}" rel="noopener">{link}</a></p>'


def load(holding: Holding) -> Paper:
    """Return the paper that a holding is."""
    return Paper(holding)


def address_of(resource: KM3Resource) -> str | None:
    """The address of what a resource describes, where it states a DOI or a reference on the web."""
    if resource.idDOI:
        return f"https://doi.org/{resource.idDOI.removeprefix('https://doi.org/').removeprefix('doi:')}"
    return resource.referenceURL if (resource.referenceURL or "").startswith(("http://", "https://")) else None
