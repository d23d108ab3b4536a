"""Metadata files of other standards that a repository may hold, as read: CITATION.cff, codemeta.json and .zenodo.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kpublish.checks.plain import asked, place
from kpublish.formats.yaml_document import read_text
from kpublish.model.document import Document, NodePath
from kpublish.model.finding import Fault, Position
from kpublish.model.project import Project

#: The files by the name that their standard gives them.
NAMES = ("CITATION.cff", "codemeta.json", ".zenodo.json")


@dataclass(frozen=True, slots=True)
class Described:
    """A metadata file: ``data`` are its values, with their places in ``document``."""

    name: str
    document: Document
    data: Mapping[str, Any]

    def at(self, *node: str | int, value: object = "") -> Position:
        """Position of a value; ``value`` tells how much to underline."""
        where = self.document.at(*node, length=max(1, len(str(value))))
        return where if where.line else Position(self.document.path, 1, 1)

    def listed(self, key: str) -> Iterator[tuple[NodePath, Any]]:
        """Yield what stands under a key that holds one or several, each with its path."""
        found = self.data.get(key)
        if isinstance(found, list):
            yield from (((key, number), each) for number, each in enumerate(found))
        elif found is not None:
            yield (key,), found


def described(project: Project) -> Iterator[Described]:
    """Yield each metadata file that could be read."""
    for document in documents(project):
        if isinstance(document.data, Mapping):
            yield Described(document.path.rpartition("/")[2], document, document.data)


def documents(project: Project) -> Iterator[Document]:
    """Yield each metadata file at the top of the repository; one that cannot be read has faults and no data."""
    for path in asked(project):
        if path in NAMES and (text := project.files[path].text) is not None:
            yield _read(path, text)


@lru_cache(maxsize=8)
def _read(path: str, text: str) -> Document:
    placed = read_text(text, path)
    if path.endswith(".cff"):
        return placed
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = place(path, text, min(error.pos, max(0, len(text) - 1)))
        message = f"This is not JSON: {error.msg[:1].lower()}{error.msg[1:]}."
        return Document(path, faults=(Fault(where, message, remedy=_remedy(text, error)),), text=text)
    except (ValueError, RecursionError):
        return Document(path, faults=(Fault(Position(path, 1, 1), "This is not JSON that can be read."),), text=text)
    return Document(path, data, placed.marks, (), text)


def _remedy(text: str, error: json.JSONDecodeError) -> str:
    before = text[: error.pos].rstrip()
    if before.endswith(",") and text[error.pos : error.pos + 1] in ("}", "]"):
        return "Take out the comma before the bracket."
    if before.endswith('"') and text[error.pos : error.pos + 1] == '"':
        return 'Take out the quote that is too many, or write it as \\" inside of text.'
    return ""
