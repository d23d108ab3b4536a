"""Findings as a Code Quality report, which GitLab shows inside a merge request (https://docs.gitlab.com/ci/testing/code_quality/)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence

from kpublish.model.finding import Finding, Severity
from kpublish.reports.text import printable

#: GitLab's words for severities.
_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(findings: Sequence[Finding], texts: Mapping[str, str], *, color: bool = False, files: int | None = None) -> str:
    """Return the findings as a JSON array; a finding keeps its fingerprint when lines above it are added or removed."""
    del texts, color, files
    seen: Counter[tuple[str, ...]] = Counter()
    entries = []
    for finding in findings:
        identity = (finding.code, finding.where.path, finding.message)
        seen[identity] += 1
        entries.append(_entry(finding, "\0".join((*identity, str(seen[identity])))))
    return json.dumps(entries, indent=2) + "\n"


def _entry(finding: Finding, identity: str) -> dict[str, object]:
    return {
        "check_name": finding.code,
        "description": printable(f"{finding.message} {finding.remedy}".strip()),
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "location": {"path": finding.where.path, "lines": {"begin": max(1, finding.where.line)}},
    }
