"""ANNOTATE: from a bare table to an annotated one; one recogniser per module.

A recogniser offers its ``ORDER``, its ``RULES``, each with an example, and ``recognise``.
"""

from __future__ import annotations

from typing import Protocol

from kpublish.annotate.rules import Rule
from kpublish.model.annotation import Draft
from kpublish.registry import Registry


class Recogniser(Protocol):
    """Understands one thing that files say about their columns."""

    #: Recognisers with smaller numbers come first.
    ORDER: int
    #: What it knows; each rule names an example.
    RULES: tuple[Rule, ...]

    def recognise(self, draft: Draft) -> Draft:
        """Return the draft with what was understood; what cannot be known becomes a question."""


RECOGNISERS: Registry[Recogniser] = Registry(
    "kpublish.annotate",
    "recogniser",
    machinery=("answering", "authors", "events", "literals", "outputs", "proposing", "rules", "sidecar", "writing"),
)
