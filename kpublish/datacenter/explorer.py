"""The page on which one tries the API: Swagger UI (https://swagger.io/tools/swagger-ui/), from drf-spectacular's sidecar."""

from __future__ import annotations

import secrets
from functools import cache
from importlib.resources import files

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

#: What the page needs of the sidecar, and the media type of each.
_ASSETS = {"swagger-ui.css": "text/css; charset=utf-8", "swagger-ui-bundle.js": "text/javascript; charset=utf-8"}
#: Of the sidecar, only files of these names are given; no other host takes part, and only our own script runs.
_POLICY = (
    "default-src 'none'; script-src 'nonce-{0}'; style-src 'self' 'nonce-{0}'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """The page; without scripts it leads to the schema."""
    nonce = secrets.token_urlsafe(16)
    response = render(request, "datacenter/explorer.html", {"nonce": nonce})
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce)
    return response


@require_safe
@cache_control(public=True, max_age=86400)
def asset(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - a view
    """One of the files that the page needs."""
    if name not in _ASSETS:
        raise Http404
    return HttpResponse(_content(name), content_type=_ASSETS[name])


@cache
def _content(name: str) -> bytes:
    place = files("drf_spectacular_sidecar").joinpath("static", "drf_spectacular_sidecar", "swagger-ui-dist", name)
    return place.read_bytes()
