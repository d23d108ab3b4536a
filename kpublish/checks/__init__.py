"""VALIDATE: one module per subject, one class per rule.

The class is named by its code (three letters of its module and a number), its docstring is the title, the docstring of its
method ``check`` is the remedy. A code is never used again for something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import ClassVar, Protocol

from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.registry import Registry


class Rule(Protocol):
    """A rule: ``severity`` holds while drafting, ``public`` on tags and for a release (the same, if not said).

    A ``severity`` of None means that the rule is silent while drafting.
    """

    severity: ClassVar[Severity | None]
    public: ClassVar[Severity | None] = None

    def check(self, project: Project) -> Iterator[Fault]:
        """Yield every fault; the docstring is the remedy where a fault does not name a better one."""
        ...


#: A check module offers its ``CODE`` (three capital letters) and its rule classes.
CHECKS: Registry[ModuleType] = Registry(
    "kpublish.checks",
    "check",
    machinery=(
        "calendar",
        "described",
        "elsewhere",
        "engine",
        "explaining",
        "mending",
        "places",
        "plain",
        "reading",
        "subjects",
        "trees",
        "versions",
        "vounits",
        "wording",
    ),
)
