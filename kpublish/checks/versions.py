"""Where the files of a repository state a version: metadata files, and what packagers of Python and JavaScript read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpublish.checks.described import described
from kpublish.checks.plain import asked, meant
from kpublish.model.finding import Position
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
    (r"setup\.py", rf"\bversion\s*=\s*[\"']{_VERSION}"),
    (r"package\.json", rf'^(?:\t|  )"version"\s*:\s*"{_VERSION}'),
    (r"(?:src/)?[\w-]+/(?:__init__|_?version|__version__)\.py", rf"^__version__\s*=\s*[\"']{_VERSION}"),
)


def versions(project: Project) -> Iterator[tuple[Position, str]]:
    """Yield place and text of every version that is stated beside kpublish.yaml."""
    for each in described(project):
        for key in _KEYS[each.name]:
            if isinstance(version := each.data.get(key), str | int | float):
                yield each.at(key, value=version), str(version)
    for path in asked(project):
        for name, pattern in _PATTERNS:
            if re.fullmatch(name, path) and (
                match := re.search(pattern, text := (project.files[path].text or "")[:_FIRST], re.MULTILINE)
            ):
                yield meant(path, text, match, "version"), match["version"]
