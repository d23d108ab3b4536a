"""A finding: a fault in users' data, with file, line, column, code, severity and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error stops ``render``, ``bundle`` and ``release``."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file.

    ``path`` is relative to the repository with ``/``; ``line`` and ``column`` count from 1 (0: the file as a whole); ``length`` is
    the number of characters to underline (0: the line is not to be shown).
    """

    path: str
    line: int = 0
    column: int = 0
    length: int = 1


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that mends a finding: the ``length`` characters at ``where`` become ``replacement``.

    Lines and columns are those of the text with line feeds only and without byte order mark; at line 0, that text is the edit.
    With ``everywhere``, all places where the same characters stand in the file are meant.
    """

    where: Position
    replacement: str = ""
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What a reader or a rule saw: where, and a sentence. A reader names the code of the rule it speaks for."""

    where: Position
    message: str
    code: str = ""
    remedy: str = ""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault with the code, severity and remedy of its rule."""

    code: str
    severity: Severity
    where: Position
    message: str
    remedy: str
    fix: Fix | None = None

    def as_dict(self) -> dict[str, str | int]:
        """The finding as the JSON report writes it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": self.where.path,
            "line": self.where.line,
            "column": self.where.column,
            "message": self.message,
            "remedy": self.remedy,
        }
