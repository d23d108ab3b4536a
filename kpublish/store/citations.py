"""How the releases that were used are cited: as text and in BibTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from kpublish.exports.page.citing import bibtex, citation
from kpublish.http import plain
from kpublish.model.bundle import Release

#: The longest line that is told, in characters; author lists are long.
_LONGEST = 200_000


@dataclass(frozen=True, slots=True, repr=False)
class Citations:
    """The citations of some releases, each once; printed, it is the text followed by the BibTeX entries."""

    releases: tuple[Release, ...]

    @property
    def text(self) -> str:
        """One line for each release."""
        return "\n".join(plain(citation(release), _LONGEST) for release in self.releases)

    @property
    def bibtex(self) -> str:
        """One entry for each release; where two versions of one are cited, the keys differ by the version."""
        kids = [release.kid for release in self.releases]
        return "\n\n".join(_entry(release, alone=kids.count(release.kid) == 1) for release in self.releases)

    def __str__(self) -> str:
        return f"{self.text}\n\n{self.bibtex}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(line)}</li>" for line in self.text.splitlines())
        return f"<ul>{items}</ul><pre>{escape(self.bibtex)}</pre>"


def _entry(release: Release, *, alone: bool) -> str:
    lines = bibtex(release).splitlines()
    if not alone:
        lines[0] = f"{lines[0].removesuffix(',')}:{re.sub(r'[^0-9A-Za-z.+-]', '-', release.version)},"
    return "\n".join(line[:2] + plain(line[2:], _LONGEST) if line.startswith("  ") else plain(line) for line in lines)
