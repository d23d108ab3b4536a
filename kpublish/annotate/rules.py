"""A rule: a pattern of what people write, what it says, and an example of both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """What a text says, if it has this form.

    Attributes
    ----------
    name
        By which the rule is told in previews and headers.
    pattern
        Of the whole text, without regard to capitals; its named groups belong to what is said.
    says
        Further fields.
    example
        A text, and what the pattern takes from it.
    """

    name: str
    pattern: str
    says: Mapping[str, Any]
    example: tuple[str, Mapping[str, Any]]

    def read(self, text: str) -> dict[str, Any] | None:
        """Return what the text says; None, if it does not have this form."""
        match = re.fullmatch(self.pattern, text, re.IGNORECASE)
        return {**self.says, **{key: value for key, value in match.groupdict().items() if value is not None}} if match else None


def first(rules: Sequence[Rule], text: str) -> tuple[str, dict[str, Any]] | None:
    """Return the first rule that a text has the form of, and what it says."""
    for rule in rules:
        said = rule.read(text)
        if said is not None:
            return rule.name, said
    return None
