"""The page of a rule: title, why, severities, remedy, and what it says about a made-up bad example."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from kpublish.checks.engine import PROFILES, Entry

#: What each rule says about its bad example: made by ``docs/make_reference.py`` from ``tests/examples/bad``.
EXAMPLES = Path(__file__).with_name("examples.json")


@cache
def examples() -> dict[str, str]:
    """Return the example of every code: place and message, the line with a mark below."""
    told: dict[str, str] = json.loads(EXAMPLES.read_text("utf-8"))
    return told


def severities(entry: Entry) -> dict[str, str]:
    """Return how much a finding weighs in each profile, in words."""
    return {profile: str(entry.severity(profile) or "silent") for profile in PROFILES}


def page(entry: Entry, example: str) -> str:
    """Return the page of a rule in Markdown."""
    weights = severities(entry)
    parts = [
        f"### {entry.code}",
        f"**{entry.title}**",
        entry.why,
        f"Draft: {weights['draft']}. Public: {weights['public']}.",
        f"```text\n{example}\n```" if example else "",
        f"Remedy: {entry.remedy}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
