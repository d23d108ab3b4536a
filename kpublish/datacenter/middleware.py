"""What holds for every request: our own names only, a stated length, and headers that keep browsers safe."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from kpublish.datacenter.draining import drain
from kpublish.datacenter.problems import Problem, told

LOG = logging.getLogger("kpublish.datacenter.requests")
Answer = Callable[[HttpRequest], HttpResponseBase]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SAFETY = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def safety_headers(answer: Answer) -> Answer:
    """Add the headers that a view did not set itself, and the length, so that the connection can be used again."""

    def with_headers(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        for name, value in _SAFETY.items():
            response.headers.setdefault(name, value)
        if settings.HSTS_SECONDS:
            response.headers["Strict-Transport-Security"] = f"max-age={settings.HSTS_SECONDS}"
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    return with_headers


def written_down(answer: Answer) -> Answer:
    """Write a line about every request: what kind it was, never what it held; neither who asked nor for which words."""

    def with_line(request: HttpRequest) -> HttpResponseBase:
        begun = time.monotonic()
        response = answer(request)
        match = request.resolver_match
        about = {
            "method": request.method if request.method in _METHODS else "other",
            "route": match.route if match else "",
            "status": response.status_code,
            "milliseconds": round(1000 * (time.monotonic() - begun)),
            "bytes": int(response.headers.get("Content-Length") or 0),
        }
        kid = match.kwargs.get("kid", "") if match else ""
        LOG.info("request", extra={"about": {**about, **({"kid": kid} if _UUID.fullmatch(kid) else {})}})
        return response

    return with_line


def read_to_the_end(answer: Answer) -> Answer:
    """Read what the application left of the body: else the caller would see a broken connection, not the answer."""

    def with_end(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        drain(request)
        return response

    return with_end


def known_host(answer: Answer) -> Answer:
    """Refuse a Host header that is not ours."""

    def checked(request: HttpRequest) -> HttpResponseBase:
        request.get_host()
        return answer(request)

    return checked


def no_nul(answer: Answer) -> Answer:
    """Refuse NUL characters: nothing here is named so, and PostgreSQL cannot even be asked for them."""

    def checked(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path:
            return told(request, Problem(404, "not-found", "There is nothing at this address.", "Check the address."))
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.META.get("QUERY_STRING", ""):
            return told(request, Problem(400, "invalid", "The query holds a NUL character.", "Change the query."))
        return answer(request)

    return checked


def plain_body(answer: Answer) -> Answer:
    """Refuse a body of unstated length, one that is packed, and a form that is larger than any of ours."""

    def checked(request: HttpRequest) -> HttpResponseBase:
        problem = _of_body(request)
        return told(request, problem) if problem else answer(request)

    return checked


def _of_body(request: HttpRequest) -> Problem | None:
    """What is wrong with it before it is read.

    Without a length there is none (RFC 9112 section 6.3), or it could not be told from the next request; nothing here is unpacked;
    and Django would put the files of a form on the disk before anybody asks who sends it.
    """
    stated = request.META.get("CONTENT_LENGTH") or "0"
    is_length = stated.isascii() and stated.isdigit() and len(stated) < 19
    if request.headers.get("Transfer-Encoding") or not is_length:
        return _LENGTH
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        return _PACKED
    most = settings.LARGEST_FORM + (settings.LARGEST_PACKAGE if request.path == "/upload" else 0)
    return _FORM if request.content_type in _FORMS and int(stated) > most else None


_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_LENGTH = Problem(411, "length-required", "The length of the body is not stated.", "Send the header Content-Length.")
_PACKED = Problem(415, "unsupported-encoding", "The body is compressed.", "Send it as it is, without Content-Encoding.")
_FORM = Problem(413, "too-large", "The form is too large.", "Send less; large packages are published with kpublish release.")
