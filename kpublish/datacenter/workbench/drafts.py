"""The pages of versions that are not published: for who has the reviewer's link, and for the people of their project."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from kpublish.datacenter import deposit, downloads
from kpublish.datacenter.addresses import page_address
from kpublish.datacenter.authentication import Caller, person_of
from kpublish.datacenter.inspection import reports
from kpublish.datacenter.models import Status, Version
from kpublish.datacenter.pages import page
from kpublish.datacenter.people.entrance import form, signed_in
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.reviewing import opened
from kpublish.datacenter.workbench.showing import Place, shown


@form
def review(request: HttpRequest, signed: str) -> HttpResponseBase:
    """What is in review, for who has the link: look, and comment; who may more, does more."""
    return _page(request, opened(signed), Place(f"/review/{signed}", person_of(request)))


@page
def review_file(request: HttpRequest, signed: str, name: str) -> HttpResponseBase:
    """A file of what is in review."""
    return _file(request, opened(signed), name)


@signed_in
def draft(request: HttpRequest, kid: str, version: str) -> HttpResponseBase:
    """What is not published yet, for the people of its project."""
    return _page(request, _own(request, kid, version), Place(request.path, person_of(request)))


@page
def draft_file(request: HttpRequest, kid: str, version: str, name: str) -> HttpResponseBase:
    """A file of what is not published yet."""
    return _file(request, _own(request, kid, version), name)


def _own(request: HttpRequest, kid: str, version: str) -> Version:
    """What is not there, and what is not for the caller, are the same, also in headers and in the work they cost."""
    may_see = person_of(request).may("read-drafts", kid)
    row = Version.objects.filter(kid=kid, version=version).first()
    if row is None or not (row.has_ended or may_see):
        raise not_found(f"version {version} of {kid}")
    return row


def _file(request: HttpRequest, row: Version, name: str) -> HttpResponseBase:
    file = row.files.filter(path=name, arrived=True).first()
    if file is None or row.status == Status.WITHDRAWN:
        raise not_found(f"file {name} in this version")
    return downloads.send(request, file, downloads.FOR_OWNERS)


def _page(request: HttpRequest, row: Version, place: Place) -> HttpResponseBase:
    if row.has_ended:
        return HttpResponseRedirect(page_address(row))
    if request.method != "POST":
        return shown(request, row, place)
    try:
        _act(request, row, place.caller)
    except Problem as problem:
        row.refresh_from_db()
        return shown(request, row, place, problem)
    row.refresh_from_db()
    return HttpResponseRedirect(page_address(row) if row.has_ended else f"{place.address}#review")


def _act(request: HttpRequest, row: Version, caller: Caller) -> None:
    """Do what a button of the page says, if the caller may.

    Raises
    ------
    Problem
        What stands in the way.
    """
    text, action = request.POST.get("comment", "")[:5000], request.POST.get("action", "")
    if action == "comment":
        deposit.comment(row, _name(request, caller, row), text)
    elif action in ("publish", "return") and row.status == Status.REVIEW:
        caller.require("review", row.kid)
        deposit.decide(row, caller, action, text.strip())
    elif action == "forward":
        caller.require("write", row.kid)
        forward(row, caller)
    else:
        raise Problem(409, "changed", "The version is not any more as this page showed it.", "Look at it again, then decide.")


def forward(row: Version, caller: Caller) -> None:
    """Submit or publish a draft that the checks find right.

    Raises
    ------
    Problem
        409 if the checks find errors, or could not be done; as ``deposit.publish``.
    """
    deposit.refuse_errors(reports.inspect(row).json)
    deposit.publish(row, caller)


def _name(request: HttpRequest, caller: Caller, row: Version) -> Caller | str:
    """Who comments: the account, if it may see the version; else the name that was typed in."""
    if caller.may("read-drafts", row.kid):
        return caller
    name = " ".join(request.POST.get("name", "").split())[:100]
    if not name:
        raise Problem(422, "invalid", "The comment has no name.", "Say who you are.")
    return f"{name} (by the link)"
