"""The page of who looks after the data center: projects and roles, accounts, tokens, and the newest lines of the trail."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from kpublish.datacenter.appearance import show
from kpublish.datacenter.granting import remove_token
from kpublish.datacenter.models import ROLES, Act, Event, Project, Token
from kpublish.datacenter.people.accounts import set_role
from kpublish.datacenter.people.entrance import signed_in
from kpublish.datacenter.people.projects import allow_publishing
from kpublish.datacenter.problems import Problem
from kpublish.errors import KpublishError, UsageError

#: Lines of the trail that are shown.
_LINES = 50


@signed_in
def admin(request: HttpRequest) -> HttpResponseBase:
    """Show what there is, and do what a form asks for; only for stewards."""
    user = request.user
    if not (isinstance(user, User) and user.is_superuser):
        raise Problem(403, "forbidden", "This page is for who looks after the data center.", "Ask a steward for what you need.")
    fault = None
    if request.method == "POST":
        try:
            _do(request, user.get_username())
            return HttpResponseRedirect("/admin")
        except KpublishError as error:
            fault = Problem(422, "invalid", error.message, error.remedy)
    facts: dict[str, object] = {
        "fault": fault,
        "roles": (*ROLES, "none"),
        "projects": Project.objects.select_related("namespace").prefetch_related("people__user").order_by("path", "pk"),
        "accounts": User.objects.order_by("username"),
        "tokens": Token.objects.filter(commit="").select_related("project", "namespace").order_by("name"),
        "acts": Act.objects.order_by("-pk")[:_LINES],
        "events": Event.objects.select_related("version").order_by("-pk")[:_LINES],
    }
    return show(request, "datacenter/admin.html", facts, status=422 if fault else 200)


@transaction.atomic
def _do(request: HttpRequest, by: str) -> None:
    """Do one thing.

    Raises
    ------
    UsageError
        If it is nothing that can be done.
    """
    asked, what = request.POST, request.POST.get("what", "")
    if what == "token":
        remove_token(asked.get("name", "")[:300], by)
        return
    number = asked.get("project", "")
    project = (
        Project.objects.filter(pk=int(number)).first() if number.isascii() and number.isdecimal() and len(number) < 15 else None
    )
    if project is None:
        raise UsageError("There is no such project.", remedy="Register it: kpublish datacenter register-project.")
    if what == "role":
        set_role(asked.get("name", "")[:150], project, asked.get("role", ""), by)
    elif what == "ci":
        allow_publishing(project, by, may_publish=asked.get("may_publish") == "yes")
    else:
        raise UsageError("Nothing was asked for.", remedy="Use the forms of the page.")
