"""One file that holds a whole data center: its rows as JSON, which any database takes, and every content, each with its checksum.

It is a stored zip: ``rows.jsonl`` (rows as Django serialises them), ``content/<two digits>/<sha256>``, ``datacenter.json`` (what it
is), and last ``manifest-sha256.txt``. Secrets are not in it: of tokens the database knows only checksums, and the secret key stays.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

ROWS, ABOUT = "rows.jsonl", "datacenter.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class About:
    """What an archive says of itself: kinds and numbers of rows, contents, and those that drafts had lost already."""

    made: str
    kpublish: str
    migrations: list[str]
    rows: dict[str, int]
    contents: int
    size: int
    absent: list[str] = field(default_factory=list)
    format: int = FORMAT

    def json(self) -> dict[str, Any]:
        """As it stands in the archive."""
        return asdict(self)


def content_path(sha256: str) -> str:
    """Name of a content in the archive."""
    return f"content/{sha256[:2]}/{sha256}"
