"""YAML as text: syntax, duplicate keys, limits (YAML 1.1 as PyYAML reads it, https://yaml.org/spec/1.1/)."""

from __future__ import annotations

from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.reading import told
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project

CODE = "YML"


class YML01(Rule):
    """The text is not YAML.

    Nothing behind this place can be read, so nothing behind it could be checked.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Mend the syntax at this place: indent with blanks, put text with ': ', '#' or a leading special character in quotes."""
        return told(project, "YML01")


class YML02(Rule):
    """A key stands twice in one mapping.

    YAML programs keep one of the two values without a word, and not all of them the same.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Keep one of the two lines; YAML programs would silently use the last."""
        return told(project, "YML02")


class YML03(Rule):
    """The text is too deep, too large or has too many aliases.

    Such a text can make a reader use all its memory: every reader has such limits, if at all.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the values out instead of nesting or aliasing them."""
        return told(project, "YML03")
