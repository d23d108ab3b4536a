"""Kinds of object as API and pages tell them, with examples from what is published."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kpublish.datacenter.addresses import page_address
from kpublish.datacenter.models import Resource, Status
from kpublish.datacenter.problems import Problem
from kpublish.model.ktypes import KINDS, Kind, kind
from kpublish.registry import did_you_mean

_EXAMPLES = 10


def all_kinds(base: str) -> list[dict[str, Any]]:
    """Every kind, without examples."""
    return [
        {"ktype": one.name, "title": one.title, "definition": one.definition, "url": f"{base}/ktype/{one.name}"} for one in KINDS
    ]


def described(name: str, base: str) -> dict[str, Any]:
    """One kind, with its fields, its reader, and what is published of it.

    Raises
    ------
    Problem
        404 if there is no such kind.
    """
    found = kind(name)
    if found is None:
        hint = did_you_mean(name[:100], [one.name for one in KINDS])
        raise Problem(404, "not-found", f"There is no kind of object {name[:100]}.", hint or "See /ktype for all of them.")
    told = asdict(found)
    return {
        "ktype": told.pop("name"),
        **told,
        "fields": [{"where": where, "says": says} for where, says in found.fields],
        "offers": list(found.offers),
        "url": f"{base}/ktype/{found.name}",
        "published": _published(found, base),
    }


def _published(found: Kind, base: str) -> list[dict[str, str]]:
    """Some resources of this kind, the newest first, each once."""
    rows = Resource.objects.filter(ktype=found.name, version__status=Status.PUBLISHED).select_related("version")
    newest: dict[str, dict[str, str]] = {}
    for row in rows.order_by("-version__published", "-version__id", "id")[: 10 * _EXAMPLES]:
        anchor = "" if row.member is None else f"#{row.kid}"
        newest.setdefault(row.kid, {"kid": row.kid, "title": row.title, "url": page_address(row.version, base) + anchor})
    return list(newest.values())[:_EXAMPLES]
