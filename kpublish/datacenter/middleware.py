"""What holds for every request: our own names only, a stated length, and headers that keep browsers safe."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from kpublish.datacenter.problems import Problem, told
from kpublish.files import CHUNK

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
    """Read what the application left of the body, in blocks: else the caller would see a broken connection, not the answer."""

    def with_end(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        with suppress(OSError):
            while request.read(CHUNK):
                pass
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


def stated_length(answer: Answer) -> Answer:
    """Refuse a body of unstated length: it could not be told from the next request (RFC 9110 section 8.6)."""

    def checked(request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Transfer-Encoding") or (request.method == "PUT" and not _states_length(request)):
            return told(request, _LENGTH)
        return answer(request)

    return checked


def _states_length(request: HttpRequest) -> bool:
    length: str = request.META.get("CONTENT_LENGTH") or ""
    return length.isascii() and length.isdigit() and len(length) < 19


_LENGTH = Problem(411, "length-required", "The length of the body is not stated.", "Send the header Content-Length.")
