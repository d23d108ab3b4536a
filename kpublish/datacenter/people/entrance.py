"""Signing in and out, one's own page, and what is stored about people."""

from __future__ import annotations

import functools
from collections.abc import Callable
from urllib.parse import quote

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from kpublish.datacenter.appearance import show
from kpublish.datacenter.models import Claim, Collection, Membership, Status, Version
from kpublish.datacenter.people import acts, throttling
from kpublish.datacenter.people.accounts import set_password
from kpublish.datacenter.people.projects import in_which
from kpublish.datacenter.problems import Problem, told
from kpublish.errors import UsageError

Page = Callable[..., HttpResponseBase]


def form(view: Page) -> Page:
    """A page with a form: sent only from that page, kept by no cache; a problem becomes a page."""

    @functools.wraps(view)
    def answered(request: HttpRequest, **names: str) -> HttpResponseBase:
        try:
            response = csrf_protect(_readable(view))(request, **names)
        except Problem as problem:
            response = told(request, problem)
        except UnreadablePostError:
            response = told(request, Problem(400, "interrupted", "The form broke off, or came too slowly.", "Send it again."))
        return kept_private(response)

    return require_http_methods(["GET", "HEAD", "POST"])(answered)


def _readable(view: Page) -> Page:
    """Refuse what PostgreSQL cannot even be asked for."""

    def answered(request: HttpRequest, **names: str) -> HttpResponseBase:
        if any("\0" in text for name, texts in request.POST.lists() for text in (name, *texts)):
            raise Problem(400, "invalid", "The form holds a NUL character.", "Send it without.")
        return view(request, **names)

    return answered


def kept_private(response: HttpResponseBase) -> HttpResponseBase:
    """No cache keeps it; browsers say where its forms come from (with ``no-referrer`` they would not, and be refused)."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def signed_in(view: Page) -> Page:
    """A page with a form for who has signed in; nobody else's body is even read."""
    inner = form(view)

    @functools.wraps(view)
    def answered(request: HttpRequest, **names: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"/login?next={quote(request.path)}")
        return inner(request, **names)

    return answered


@form
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The form, and what comes of it."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    following = wanted if url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/") else "/account"
    facts: dict[str, object] = {"next": following}
    if request.method != "POST":
        return HttpResponseRedirect(following) if request.user.is_authenticated else show(request, "datacenter/login.html", facts)
    name, password = request.POST.get("name", "")[:150], request.POST.get("password", "")[:1000]
    try:
        tries = throttling.begin(name, request)
    except Problem as problem:
        answer = show(request, "datacenter/login.html", {**facts, "name": name, "fault": problem}, status=429)
        answer.headers["Retry-After"] = str(int(throttling.WINDOW.total_seconds()))
        return answer
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        fault = Problem(403, "sign-in", "Name or password is wrong.", "Try again, or ask who runs the data center.")
        return show(request, "datacenter/login.html", {**facts, "name": name, "fault": fault}, status=403)
    throttling.forget(name, tries)
    request.session.clear_expired()
    login(request, user)
    return HttpResponseRedirect(following)


@form
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Ends the session on the server, too."""
    if request.method == "POST":
        logout(request)
        return HttpResponseRedirect("/")
    return HttpResponseRedirect("/account")


@signed_in
def account(request: HttpRequest) -> HttpResponseBase:
    """What one is in which project, and what waits there."""
    facts, status = _account(request), 200
    if request.method == "POST":
        fault = _change_password(request)
        facts, status = {**facts, "fault": fault, "done": fault is None}, 200 if fault is None else 422
    return show(request, "datacenter/account.html", facts, status=status)


def _account(request: HttpRequest) -> dict[str, object]:
    user = request.user
    assert isinstance(user, User)
    memberships = list(Membership.objects.filter(user=user).select_related("project"))
    rows = Version.objects.filter(status__in=(Status.DRAFT, Status.REVIEW)).order_by("-id")
    if not user.is_superuser:
        kids = Claim.objects.filter(project__in=[membership.project for membership in memberships]).values("kid")
        rows = rows.filter(kid__in=kids)
    waiting = [{"row": row, "title": row.json["resource"].get("title", row.kid)} for row in rows[:200]]
    return {"user": user, "memberships": memberships, "waiting": waiting, "collections": _collections(user)}


def _collections(user: User) -> QuerySet[Collection]:
    """Those that one may change."""
    mine = in_which(user, "write")
    standing = Collection.objects.filter(withdrawn=None)
    if not user.is_superuser:
        standing = standing.filter(Q(owner__in=mine) | Q(contributors__in=mine)).distinct()
    return standing[:200]


def _change_password(request: HttpRequest) -> Problem | None:
    """Change one's own; all other sessions end."""
    user = request.user
    assert isinstance(user, User)
    old, new = request.POST.get("old", "")[:1000], request.POST.get("new", "")[:1000]
    try:
        tries = throttling.begin(user.get_username(), request)
    except Problem as problem:
        return problem
    if not user.check_password(old):
        return Problem(403, "sign-in", "The present password is wrong.", "Try again.")
    throttling.forget(user.get_username(), tries)
    try:
        set_password(user, new)
    except UsageError as error:
        return Problem(422, "invalid", error.message, error.remedy)
    user.save(update_fields=["password"])
    acts.tell("account", user.get_username(), "password", user.get_username())
    update_session_auth_hash(request, user)
    return None


@require_safe
def privacy(request: HttpRequest) -> HttpResponseBase:
    """What is stored about people, why, and for how long."""
    return show(request, "datacenter/privacy.html", {"minutes": int(throttling.WINDOW.total_seconds() // 60)})
