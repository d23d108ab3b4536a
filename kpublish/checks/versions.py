"""Where the files of a repository state a version: metadata files, and what packagers of Python and JavaScript read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kpublish.checks.described import described
from kpublish.checks.plain import asked, meant
from kpublish.formats.yaml_document import replacing
from kpublish.model.document import Document
from kpublish.model.finding import Fix, Position
from kpublish.model.project import Project

#: Keys of the metadata files.
_KEYS = {"CITATION.cff": ("version",), "codemeta.json": ("version", "softwareVersion"), ".zenodo.json": ("version",)}
_VERSION = r"(?P<version>v?\d+(?:\.\d+)+[\w.+-]*)"
#: Characters in which a version is looked for.
_FIRST = 50_000
_TABLE = r"\]\s*\n(?:(?!\[).*\n)*?version\s*=\s*"
#: File → how it states the version.
_PATTERNS = (
    (r"pyproject\.toml", rf"^\[(?:project|tool\.poetry){_TABLE}[\"']{_VERSION}"),
    (r"setup\.cfg", rf"^\[metadata{_TABLE}{_VERSION}"),
    (r"(?i:readme)(?:\.(?:md|rst|txt))?", rf"^[\W_]{{0,5}}[Vv]ersion[*_]{{0,2}}:[*_ \t]{{1,4}}{_VERSION}[ \t]*$"),
    (r"setup\.py", rf"\bversion\s*=\s*[\"']{_VERSION}"),
    (r"package\.json", rf'^(?:\t|  )"version"\s*:\s*"{_VERSION}'),
    (r"(?:src/)?[\w-]+/(?:__init__|_?version|__version__)\.py", rf"^__version__\s*=\s*[\"']{_VERSION}"),
)


class Versioned(NamedTuple):
    """A version as a file states it; ``document`` is None where it stands as such, not as a value of YAML or JSON."""

    where: Position
    text: str
    document: Document | None = None

    def fix(self, version: str) -> Fix | None:
        """The edit that writes another version here."""
        return replacing(self.document, self.where, self.text, version) if self.document else Fix(self.where, version)


def versions(project: Project) -> Iterator[Versioned]:
    """Yield every version that is stated beside kpublish.yaml."""
    for each in described(project):
        for key in _KEYS[each.name]:
            if isinstance(version := each.data.get(key), str | int | float):
                yield Versioned(each.at(key, value=version), str(version), each.document)
    for path in asked(project):
        for name, pattern in _PATTERNS:
            if re.fullmatch(name, path) and (
                match := re.search(pattern, text := (project.files[path].text or "")[:_FIRST], re.MULTILINE)
            ):
                yield Versioned(meant(path, text, match, "version"), match["version"])
