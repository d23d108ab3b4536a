"""One shape for every error of the API: ``{"code", "detail", "remedy"}``; pages get a sentence in HTML."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response

from kpublish.datacenter.appearance import show
from kpublish.errors import IntegrityError, KpublishError, StorageError, StorageUnavailable

LOG = logging.getLogger("django.request")

#: Where a request notes that its token expired, and when.
EXPIRED = "kpublish.expired"


class Problem(exceptions.APIException):
    """Something that the caller can mend; ``further`` are further keys of the answer."""

    def __init__(self, status_code: int, code: str, detail: str, remedy: str = "", **further: Any) -> None:
        super().__init__(detail, code)
        self.status_code = status_code
        self.code = code
        self.sentence = detail
        self.remedy = remedy
        self.further = further


def not_found(what: str) -> Problem:
    """The problem that something is not there, or not for everyone."""
    return Problem(404, "not-found", f"There is no {what}.", "Check identifier and version.")


#: Code and remedy of what Django REST framework itself finds wrong.
_STANDARD = {
    400: ("invalid", "Check the request."),
    401: ("unauthorized", "Use a token of this data center."),
    403: ("forbidden", "Ask for a token that may do this."),
    404: ("not-found", "Check the address."),
    405: ("method-not-allowed", "See the API reference for the methods of this address."),
    415: ("unsupported-media-type", "Send JSON with the header Content-Type: application/json."),
}


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """Return what the API answers to an exception; everything becomes the one shape."""
    problem = _problem(error)
    expired = context["request"].META.get(EXPIRED)
    if problem.code == "unauthorized" and expired:
        when = f"{expired:%Y-%m-%d %H:%M:%S} UTC"
        problem = Problem(401, "expired", f"The token expired at {when}.", "Get a new token, then run the same command again.")
    headers = {"WWW-Authenticate": "Bearer"} if problem.status_code == 401 else {}
    if problem.status_code == 503:
        headers["Retry-After"] = "2"
    if problem.status_code >= 500:
        match = context["request"].resolver_match
        what = f"{match.route if match else ''}: {problem.sentence}"
        if isinstance(error, Problem):  # foreseen: the cause says enough
            LOG.error("%s (%r)", what, error.__cause__)
        else:
            LOG.error("%s", what, exc_info=error)
    return Response(_body(problem), status=problem.status_code, headers=headers)


def _body(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "detail": problem.sentence, "remedy": problem.remedy, **problem.further}


def _problem(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case Http404():
            return Problem(404, "not-found", "There is nothing at this address.", "Check the address.")
        case exceptions.APIException():
            code, remedy = _STANDARD.get(error.status_code, ("error", ""))
            detail = "The token is missing or not known here." if error.status_code == 401 else str(error.detail)
            return Problem(error.status_code, code, detail, remedy)
        case IntegrityError():
            return Problem(422, "checksum", error.message, error.remedy)
        case StorageError():
            return _storage_problem(error)
        case DatabaseError() | InterfaceError():
            return _database_problem(error)
        case KpublishError():
            return Problem(400, "invalid", error.message, error.remedy)
    return _FAILED


_FAILED = Problem(500, "internal", "The data center failed.", "Tell who runs it; its log says more.")
#: What a database says when it has no time, or is not there, and not that something is wrong with it.
_BUSY = ("locked", "deadlock", "could not serialize")
_AWAY = ("connection", "server closed", "terminating", "starting up", "shutting down", "too many clients")


def _storage_problem(error: StorageError) -> Problem:
    """The path of the server's folder and the name of its bucket are not told."""
    if isinstance(error, StorageUnavailable):
        return Problem(503, "storage-unavailable", "The data center's storage does not answer.", "Try again in a moment.")
    return Problem(507, "storage", "The data center could not store this.", "Tell who runs it; then run the same command again.")


def _database_problem(error: Exception) -> Problem:
    text = str(error).lower()
    if any(word in text for word in _BUSY):
        return Problem(status.HTTP_503_SERVICE_UNAVAILABLE, "busy", "The data center is busy.", "Try again in a moment.")
    if isinstance(error, InterfaceError) or (isinstance(error, OperationalError) and any(word in text for word in _AWAY)):
        return Problem(503, "database-unavailable", "The data center's database does not answer.", "Try again in a moment.")
    return Problem(507, "storage", "The data center's database could not be written.", "Tell who runs it; its log says more.")


def told(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return a problem outside the API's views: JSON below ``/api/``, else a page."""
    if request.path.startswith("/api/"):
        return JsonResponse(_body(problem), status=problem.status_code)
    return show(request, "datacenter/problem.html", {"problem": problem}, status=problem.status_code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler400``: a foreign Host, or something else that no honest client sends."""
    if isinstance(exception, DisallowedHost):
        # rendered without asking the request for its host again
        return told(request, Problem(400, "host", "This data center does not go by that name.", "Use the address that it printed."))
    return told(request, Problem(400, "invalid", "This request cannot be understood.", "Check the request."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django calls with it
    """``CSRF_FAILURE_VIEW``: a form that was not ours, or whose page is too old."""
    problem = Problem(
        403, "forged", "This form does not come from a page of this data center.", "Open the page anew, then send it."
    )
    return told(request, problem)


def missing_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler404``."""
    problem = exception if isinstance(exception, Problem) else None
    return told(request, problem or Problem(404, "not-found", "There is nothing at this address.", "Check the address."))


def failed(request: HttpRequest) -> HttpResponse:
    """``handler500``; Django has logged the cause: what the API has a sentence for, pages have, too."""
    error = sys.exc_info()[1]
    problem = _problem(error) if isinstance(error, DatabaseError | InterfaceError | StorageError) else _FAILED
    response = told(request, problem)
    if problem.status_code == 503:
        response.headers["Retry-After"] = "2"
    return response
