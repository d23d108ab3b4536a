"""The trail about accounts, tokens, projects and collections."""

from __future__ import annotations

import json
from typing import Any

from kpublish.datacenter.models import Act, Project

#: Who acts where nobody has signed in: whoever runs the data center.
COMMAND_LINE = "command line"


def tell(about: str, subject: str, verb: str, by: str = COMMAND_LINE, **details: Any) -> Act:
    """Write a line, inside the transaction of what it tells."""
    text = json.dumps(details, ensure_ascii=False, separators=(",", ":"))
    return Act.objects.create(about=about, subject=subject, verb=verb, by=by, details=text)


def name_of(project: Project) -> str:
    """What a project is called in the trail: its number at its issuer stays, whatever its path becomes."""
    return f"{project.number} at {project.issuer}"
