"""Marks of states (ETag), and requests that hold only for one (If-Match): RFC 9110 sections 8.8.3 and 13.1.1."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request

from kpublish.datacenter.problems import Problem


def mark(told: dict[str, Any]) -> str:
    """What tells this state from any other one."""
    return f'"{hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]}"'


def refuse_changed(request: Request, told: dict[str, Any] | None, what: str) -> None:
    """Go on only if the state is still the one that the caller has seen.

    Raises
    ------
    Problem
        412.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or (told is not None and wanted.strip() == "*"):
        return
    if told is None or mark(told) not in parse_etags(wanted):
        raise Problem(412, "changed", f"The {what} is not any more as it was when it was asked for.", "Ask again, then decide.")
