"""The forms in which people make collections, describe, fill, publish and withdraw them; what is allowed, ``collecting`` knows."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from kpublish.datacenter import reading
from kpublish.datacenter.addresses import collection_address
from kpublish.datacenter.appearance import show
from kpublish.datacenter.authentication import Caller, person_of
from kpublish.datacenter.collecting import changing, documents, versions
from kpublish.datacenter.collecting.rights import contributing, owns, refused
from kpublish.datacenter.collecting.telling import SAID, collection_of, members, newest, summary, versions_of
from kpublish.datacenter.marks import mark
from kpublish.datacenter.models import Collection, Project
from kpublish.datacenter.people.entrance import signed_in
from kpublish.datacenter.people.projects import in_which
from kpublish.datacenter.problems import Problem


@signed_in
def new(request: HttpRequest) -> HttpResponseBase:
    """The form for a new collection, and what comes of it."""
    user = request.user
    assert isinstance(user, User)
    projects = in_which(user, "write")
    if request.method != "POST":
        return _empty(request, projects)
    try:
        made = _made(request, projects)
    except Problem as problem:
        return _empty(request, projects, problem)
    return HttpResponseRedirect(f"{collection_address(made)}/edit#members")


def _empty(request: HttpRequest, projects: list[Project], fault: Problem | None = None) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in SAID}
    facts: dict[str, object] = {
        "projects": projects,
        "fault": fault,
        "chosen": request.POST.get("project", ""),
        "said": said if fault else {**said, "license": "CC-BY-4.0"},
    }
    return show(request, "datacenter/collection_new.html", facts, status=fault.status_code if fault else 200)


def _made(request: HttpRequest, projects: list[Project]) -> Collection:
    """Make it for the chosen project.

    Raises
    ------
    Problem
        What is wrong with it, or stands in the way.
    """
    project = next((one for one in projects if str(one.pk) == request.POST.get("project")), None)
    caller = person_of(request, project)
    if project is None and not caller.is_steward:
        raise Problem(422, "invalid", "No project is chosen.", "Choose the project that the collection belongs to.")
    sent = reading.understand(_fields(request, *SAID), documents.NewCollection)
    return changing.create(caller, sent.model_dump(include=set(SAID)), ())


def _fields(request: HttpRequest, *names: str) -> dict[str, str]:
    """Fields of the form; browsers end lines in their own way."""
    return {name: request.POST.get(name, "").replace("\r\n", "\n") for name in names}


@signed_in
def edit(request: HttpRequest, kid: str) -> HttpResponseBase:
    """What the owner of a collection and its contributors may do with it."""
    collection, caller = collection_of(kid), person_of(request)
    if not owns(caller, collection) and not contributing(caller, collection):
        raise refused(caller, "change this collection")
    if request.method != "POST":
        return _shown(request, collection, caller)
    try:
        place = _act(request, collection, caller)
    except Problem as problem:
        if problem.status_code == 410:
            raise
        collection.refresh_from_db()
        return _shown(request, collection, caller, problem)
    return HttpResponseRedirect(collection_address(collection) + place)


def _shown(request: HttpRequest, collection: Collection, caller: Caller, fault: Problem | None = None) -> HttpResponse:
    is_owner, mine = owns(caller, collection), contributing(caller, collection)
    theirs = {member.kid: is_owner or member.project in mine for member in collection.members.select_related("project")}
    typed = request.POST.dict() if fault else {}
    said = {name: getattr(collection, name) for name in SAID}
    facts: dict[str, object] = {
        "fault": fault,
        "typed": {typed.get("action", ""): typed},
        "collection": summary(collection, ""),
        "said": {**said, **typed} if typed.get("action") == "describe" else said,
        "seen": mark(said),
        "members": [{**member, "may_remove": theirs[member["kid"]]} for member in members(newest(theirs), "")],
        "versions": versions_of(collection, ""),
        "contributors": collection.contributors.order_by("path", "pk"),
        "is_owner": is_owner,
        "may_publish": owns(caller, collection, "publish"),
    }
    return show(request, "datacenter/collection_edit.html", facts, status=fault.status_code if fault else 200)


def _act(request: HttpRequest, collection: Collection, caller: Caller) -> str:
    """Do what a button of the page says; return the place where that is seen.

    Raises
    ------
    Problem
        What stands in the way.
    """
    reading.refuse_nuls(request.POST.dict())
    do = _ACTIONS.get(request.POST.get("action", ""))
    if do is None:
        raise Problem(422, "invalid", "Nothing was asked for.", "Use the forms of the page.")
    return do(request, collection, caller)


@transaction.atomic
def _describe(request: HttpRequest, collection: Collection, caller: Caller) -> str:
    changing.hold(collection)
    if request.POST.get("seen") != mark({name: getattr(collection, name) for name in SAID}):
        raise Problem(409, "changed", "The collection is not any more as this page showed it.", "Look at it again, then decide.")
    sent = reading.understand(_fields(request, *SAID), documents.CollectionChange)
    changing.describe(collection, caller, sent.model_dump(include=set(SAID)), None)
    return "/edit#description"


def _allow(request: HttpRequest, collection: Collection, caller: Caller) -> str:
    wanted = _project(request.POST.get("project", "").strip())
    sent = reading.understand({"contributors": [*_contributors(collection), wanted.pk]}, documents.CollectionChange)
    changing.describe(collection, caller, {}, sent.contributors)
    return "/edit#contributors"


def _dismiss(request: HttpRequest, collection: Collection, caller: Caller) -> str:
    others = [number for number in _contributors(collection) if str(number) != request.POST.get("project")]
    changing.describe(collection, caller, {}, others)
    return "/edit#contributors"


def _contributors(collection: Collection) -> list[int]:
    return list(collection.contributors.values_list("pk", flat=True))


def _project(name: str) -> Project:
    """A project by its path or id; people see on the page afterwards which one that is."""
    found = list(Project.objects.filter(path=name)[:2]) if name else []
    if not found and name.isascii() and name.isdecimal() and len(name) < 15:
        found = list(Project.objects.filter(pk=int(name)))
    if len(found) != 1:
        detail = f"{'Several projects are' if found else 'No project is'} called {name[:100] or 'nothing'}."
        raise Problem(422, "invalid", detail, "Write its path as it is registered, or its id, which its people see on their page.")
    return found[0]


def _add(request: HttpRequest, collection: Collection, caller: Caller) -> str:
    changing.add(collection, caller, request.POST.get("kid", "").strip().lower()[:100])
    return "/edit#members"


def _remove(request: HttpRequest, collection: Collection, caller: Caller) -> str:
    changing.remove(collection, caller, request.POST.get("kid", "")[:100])
    return "/edit#members"


def _publish(request: HttpRequest, collection: Collection, caller: Caller) -> str:
    sent = reading.understand(_fields(request, "version", "comment"), documents.NewVersion)
    versions.publish(collection, caller, sent.version, sent.comment)
    return "/edit#versions"


def _withdraw(request: HttpRequest, collection: Collection, caller: Caller) -> str:
    sent = reading.understand(_fields(request, "reason"), reading.Withdrawal)
    changing.withdraw(collection, caller, sent.reason)
    return ""


_ACTIONS: dict[str, Callable[[HttpRequest, Collection, Caller], str]] = {
    "describe": _describe,
    "allow": _allow,
    "dismiss": _dismiss,
    "add": _add,
    "remove": _remove,
    "publish": _publish,
    "withdraw": _withdraw,
}
