"""The page of a version that is not published: as it will be, with findings, comments, what changed, and what one may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from kpublish.datacenter.appearance import FILES, styled
from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.inspection import reports
from kpublish.datacenter.landing import FOOT, before_publication
from kpublish.datacenter.models import Status, Version
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.serializers import review
from kpublish.exports.page import STYLE, Frame, html

#: What the pages of versions need beyond the style of landing pages.
FORMS = (FILES / "workbench.css").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version that is not published is looked at, and by whom."""

    address: str
    caller: Caller

    def allowed(self, row: Version) -> dict[str, bool]:
        """What may be done here now."""
        is_draft, is_review = row.status == Status.DRAFT, row.status == Status.REVIEW
        may_write, may_review, may_publish = (self.caller.may(right, row.kid) for right in ("write", "review", "publish"))
        return {
            "comment": is_review,
            "decide": is_review and may_review,
            "submit": is_draft and may_write and not may_publish,
            "publish": is_draft and may_publish,
        }


def shown(request: HttpRequest, row: Version, place: Place, fault: Problem | None = None) -> HttpResponse:
    """The page."""
    told = reports.found(row)
    release = row.release
    beside, others = reports.by_member(release, (told or {}).get("findings", ()))
    facts = {
        "row": row,
        "place": place,
        "allowed": place.allowed(row),
        "fault": fault,
        "told": told,
        "others": others,
        "errors": len(reports.errors(told)),
        "numbers": [number for number in (told or {}).get("numbers", ()) if _has_changed(number)],
        "name": place.caller.name if place.caller.may("read-drafts", row.kid) else "",
        "link": _link(request, row, place.caller),
    }
    above, below = before_publication(row, facts, request)
    frame = Frame(above, below, FOOT, {kid: _beside(findings) for kid, findings in beside.items()}, FORMS)
    text = html(release.model_copy(update={"embargo": None}), lambda path: f"{place.address}/files/{quote(path)}", frame)
    headers = {"X-Robots-Tag": "noindex", "Cache-Control": "private, no-store"}
    response = HttpResponse(text, status=fault.status_code if fault else 200, headers=headers)
    return styled(response, STYLE, FORMS, forms="'self'")


def _link(request: HttpRequest, row: Version, caller: Caller) -> str:
    """The reviewers' link, for the people of the project."""
    if row.status != Status.REVIEW or not caller.may("read-drafts", row.kid):
        return ""
    return str((review(row.events.all(), base_of(request)) or {}).get("link", ""))


def _beside(findings: list[dict[str, Any]]) -> str:
    return render_to_string("datacenter/findings.html", {"findings": findings})


def _has_changed(number: dict[str, Any]) -> bool:
    return bool(number["changed"] or number["added"] or number["removed"] or number["rows"][0] != number["rows"][1])
