"""Findings as JSON (RFC 8259): ``{"findings": […], "summary": {errors, warnings, notes, files}}``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from kpublish.model.finding import Finding, Severity


def render(findings: Sequence[Finding], texts: Mapping[str, str], *, color: bool = False, files: int | None = None) -> str:
    """Return the findings for programs, all characters beyond ASCII escaped."""
    del texts, color
    counts = {f"{severity.value}s": sum(finding.severity is severity for finding in findings) for severity in Severity}
    counts["files"] = len({finding.where.path for finding in findings}) if files is None else files
    return json.dumps({"findings": [finding.as_dict() for finding in findings], "summary": counts}, indent=2) + "\n"
