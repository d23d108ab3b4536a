"""Answers that come page by page."""

from __future__ import annotations

import re

from rest_framework.request import Request

from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.problems import Problem


def number(request: Request, name: str, default: int, least: int, most: int) -> int:
    """A number of the query.

    Raises
    ------
    Problem
        400 if it is none of these.
    """
    text = request.query_params.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        raise Problem(400, "invalid", f"{name} is not a number from {least} to {most}.", "Change the query.")
    return int(text)


def following(request: Request, cursor: str) -> str | None:
    """The address of the same question, one page on; None without a cursor."""
    if not cursor:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    return f"{base_of(request)}{request.path}?{query.urlencode()}"
