"""Makes fixes: edits of a scalar in a YAML or JSON text, where it stands in one piece on one line."""

from __future__ import annotations

import re

from kpublish.formats.yaml_document.writing import scalar_text
from kpublish.model.document import Document
from kpublish.model.finding import Fix, Position

_QUOTED = re.compile(r"'(?:[^'\n]|'')*'|\"(?:[^\"\\\n]|\\.)*\"")


def replacing(document: Document, where: Position, old: str, new: str) -> Fix | None:
    """Return the fix that writes ``new`` for the scalar ``old`` at ``where``; None if it does not stand there as such."""
    found = literal(document, where, old)
    if found is None:
        return None
    written = f'"{new}"' if found[:1] == '"' and '"' not in new and "\\" not in new else scalar_text(str(new))
    return Fix(Position(where.path, where.line, where.column, len(found)), written)


def renaming(document: Document, where: Position, old: str, new: str) -> Fix | None:
    """Return the fix that renames the key ``old`` at ``where``; None if it does not stand there."""
    lines = document.text.split("\n")
    if not 0 < where.line <= len(lines) or not lines[where.line - 1][where.column - 1 :].startswith(f"{old}:"):
        return None
    return Fix(Position(where.path, where.line, where.column, len(old)), new)


def literal(document: Document, where: Position, value: str) -> str | None:
    """Return the scalar at ``where`` as it stands in the file, with its quotes; None if ``value`` does not stand there."""
    lines = document.text.split("\n")
    if not 0 < where.line <= len(lines) or not value or "\n" in value:
        return None
    rest = lines[where.line - 1][where.column - 1 :]
    if quoted := _QUOTED.match(rest):
        inner = quoted[0][1:-1].replace("''", "'") if rest[0] == "'" else quoted[0][1:-1]
        return quoted[0] if inner == value else None
    after = rest[len(value) :].lstrip(" ")
    ends = not after or after[0] in ",}]" or (after[0] == "#" and rest[len(value)] == " ")
    return value if rest.startswith(value) and ends else None
