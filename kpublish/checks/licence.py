"""Licences: identifiers of the SPDX License List (https://spdx.org/licenses/)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kpublish.checks import Rule
from kpublish.checks.subjects import subjects
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.registry import did_you_mean

CODE = "LIC"

_LIST = Path(__file__).with_name("spdx-licenses.txt")
#: What people write, in small letters and without blanks, and what they most probably mean.
_MEANT = {
    "creativecommons4.0international": "CC-BY-4.0 (or CC-BY-SA-4.0, CC0-1.0, …: say which)",
    "creativecommons": "CC-BY-4.0",
    "creativecommonsattribution4.0international": "CC-BY-4.0",
    "creativecommonsattribution4.0": "CC-BY-4.0",
    "creativecommonszero": "CC0-1.0",
    "cc-by": "CC-BY-4.0",
    "ccby": "CC-BY-4.0",
    "cc-by-sa": "CC-BY-SA-4.0",
    "cc0": "CC0-1.0",
    "publicdomain": "CC0-1.0",
    "bsd": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "bsd3": "BSD-3-Clause",
    "newbsd": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache2": "Apache-2.0",
    "gpl": "GPL-3.0-or-later",
    "gplv3": "GPL-3.0-or-later",
    "gplv2": "GPL-2.0-or-later",
}


@cache
def identifiers() -> dict[str, bool]:
    """Return every SPDX identifier and whether it is deprecated."""
    lines = (line for line in _LIST.read_text("ascii").splitlines() if not line.startswith("#"))
    return {line.partition(" ")[0]: line.endswith(" deprecated") for line in lines}


def suggestion(text: str) -> str:
    """Return what to write instead of ``text``, as a sentence; an empty string if nothing is near.

    >>> suggestion("cc-by-4.0")
    'Write CC-BY-4.0.'
    """
    small = {name.lower(): name for name in identifiers()}
    address = text.lower().rstrip("/").rpartition("/")[2].removesuffix(".html")
    plain = text.lower().replace("license", "").replace("licence", "").replace(" ", "")
    meant = small.get(address) or small.get(text.lower().replace(" ", "-")) or _MEANT.get(plain)
    return f"Write {meant}." if meant else did_you_mean(text, list(identifiers()))


class LIC01(Rule):
    """The licence is no SPDX identifier."""

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write an identifier of https://spdx.org/licenses: CC-BY-4.0 for data and figures, BSD-3-Clause for code."""
        for subject in subjects(project):
            text = subject.own.license
            if text and text not in identifiers():
                yield Fault(subject.at("license", value=text), f"{text!r} is no SPDX identifier.", remedy=suggestion(text))


class LIC02(Rule):
    """The licence's identifier is deprecated."""

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the identifier that took its place, see https://spdx.org/licenses."""
        for subject in subjects(project):
            text = subject.own.license
            if text and identifiers().get(text):
                stem = text.removesuffix("+")
                newer = [name for name in (f"{stem}-only", f"{stem}-or-later") if name in identifiers()]
                remedy = f"Write {' or '.join(newer)}." if newer else ""
                yield Fault(subject.at("license", value=text), f"The identifier {text} is deprecated.", remedy=remedy)
