"""Pages that find: identifiers, kinds of object."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from kpublish.datacenter.appearance import show
from kpublish.datacenter.finder import ktypes
from kpublish.datacenter.finder.kids import identified
from kpublish.datacenter.pages import page


@page
def search(request: HttpRequest) -> HttpResponseBase:
    """The form for an identifier, which leads to its page."""
    wanted = request.GET.get("id", "").strip()[:200]
    if wanted:
        return HttpResponseRedirect(f"/kid/{quote(wanted, safe='')}")
    return show(request, "datacenter/kids.html", {})


@page
def kid(request: HttpRequest, kid: str) -> HttpResponseBase:
    """What an identifier names, and where it is."""
    found = identified(kid, "")
    record = found["record"] or {}
    files = [
        (title, record.get(name, ()))
        for title, name in (("Read", "inputs"), ("Made", "outputs"), ("Changed besides", "undeclared"))
    ]
    return show(request, "datacenter/kid.html", {"found": {**found, "files": files}})


@page
def kinds(request: HttpRequest) -> HttpResponseBase:
    """All kinds of object."""
    return show(request, "datacenter/ktypes.html", {"kinds": ktypes.all_kinds("")})


@page
def kind(request: HttpRequest, ktype: str) -> HttpResponseBase:
    """One kind of object."""
    return show(request, "datacenter/ktype.html", {"kind": ktypes.described(ktype, "")})
