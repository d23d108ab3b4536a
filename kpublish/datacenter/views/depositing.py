"""What publishers do with (kid, version): open, fill, publish, amend, withdraw; every request may be repeated."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish.datacenter import deposit, reading
from kpublish.datacenter.authentication import Caller, caller_of
from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.marks import mark, refuse_changed
from kpublish.datacenter.models import Version
from kpublish.datacenter.openapi import BYTES, operation
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.serializers import change, state
from kpublish.files import CHUNK


class OneRelease(APIView):
    """(kid, version): opened by PUT, shown by GET, amended by PATCH; drafts are shown to tokens only."""

    @operation("State", 404)
    def get(self, request: Request, kid: str, version: str) -> Response:
        return _told(request, visible(request, kid, version))

    @operation("State", 401, 403, 409, 412, 413, 415, 422, sends="Release", new=True)
    def put(self, request: Request, kid: str, version: str) -> Response:
        caller = allowed(request, "write", kid)
        sent = reading.read_release(request._request)
        _unchanged(request, Version.objects.filter(kid=kid, version=version).first())
        _same_identity(sent, kid, version)
        deposit.check(sent.release)
        row, is_new = deposit.open_draft(sent, caller)
        return _told(request, row, 201 if is_new else 200)

    @operation("State", 401, 403, 404, 409, 412, 413, 415, 422, sends="Amendment")
    def patch(self, request: Request, kid: str, version: str) -> Response:
        caller = allowed(request, "publish", kid)
        sent, links = reading.read_amendment(request._request)
        row = visible(request, kid, version, to_change=True)
        _same_identity(sent, kid, version)
        deposit.check(sent.release)
        deposit.amend(row, caller, sent, links)
        return _told(request, row)


class OneUpload(APIView):
    """The bytes of one file of a draft, named by their sha256."""

    @operation("Change", 401, 403, 404, 409, 411, 422, 507, sends=BYTES, new=True)
    def put(self, request: Request, kid: str, version: str, sha256: str) -> Response:
        caller = allowed(request, "write", kid)
        row = visible(request, kid, version)
        is_new = deposit.receive(row, sha256, stated_length(request), blocks(request._request), caller.holder)
        return Response(change(row, base_of(request), sha256), status=201 if is_new else 200)


def stated_length(request: Request) -> int:
    """How long the body is; where that is not stated, its end could not be told from the break of the line.

    Raises
    ------
    Problem
        411.
    """
    stated = request.META.get("CONTENT_LENGTH") or ""
    if not stated:
        raise Problem(411, "length-required", "The length of the body is not stated.", "Send the header Content-Length.")
    return int(stated)


def blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body in blocks; a caller who goes away in the middle is a problem of the caller, not of the disk."""
    try:
        while block := request.read(CHUNK):
            yield block
    except UnreadablePostError as error:
        raise Problem(400, "interrupted", "The upload was interrupted.", "Send the file again.") from error


class Uploads(APIView):
    """The files of a draft."""

    @operation("State", 401, 403, 404, 409, 412, query=("path!",))
    def delete(self, request: Request, kid: str, version: str) -> Response:
        caller = allowed(request, "write", kid)
        path = request.query_params.get("path")
        if not path:
            raise Problem(400, "invalid", "No path is named.", "Add ?path= to the address.")
        row = visible(request, kid, version, to_change=True)
        deposit.drop(row, path, caller.holder)
        return _told(request, row)


class Publication(APIView):
    """Makes a complete draft visible, or submits it for review; ``?digest=`` says from which inputs it must have been made."""

    @operation("State", 401, 403, 404, 409, 412, query=("digest",))
    def post(self, request: Request, kid: str, version: str) -> Response:
        caller = allowed(request, "write", kid)
        row = visible(request, kid, version, to_change=True)
        deposit.publish(row, caller, request.query_params.get("digest"))
        return _told(request, row)


class Review(APIView):
    """Publishes what is in review, or sends it back."""

    @operation("State", 401, 403, 404, 409, 412, 413, 415, 422, sends="Decision")
    def post(self, request: Request, kid: str, version: str) -> Response:
        caller = allowed(request, "review", kid)
        sent = reading.read(request._request, reading.Decision)
        row = visible(request, kid, version, to_change=True)
        deposit.decide(row, caller, sent.decision, sent.comment)
        return _told(request, row)


class Comments(APIView):
    """What somebody remarks on a version that is in review."""

    @operation("State", 401, 403, 404, 409, 412, 413, 415, 422, sends="Comment")
    def post(self, request: Request, kid: str, version: str) -> Response:
        caller = allowed(request, "read-drafts", kid)
        sent = reading.read(request._request, reading.Comment)
        row = visible(request, kid, version, to_change=True)
        deposit.comment(row, caller, sent.comment)
        return _told(request, row)


class Withdrawal(APIView):
    """Takes a published version away; a tombstone with the reason stays."""

    @operation("State", 401, 403, 404, 409, 412, 413, 415, 422, sends="Withdrawal")
    def post(self, request: Request, kid: str, version: str) -> Response:
        caller = allowed(request, "publish", kid)
        sent = reading.read(request._request, reading.Withdrawal)
        row = visible(request, kid, version, to_change=True)
        deposit.withdraw(row, caller, sent.reason)
        return _told(request, row)


class OneRecord(APIView):
    """What another archive calls a version."""

    @operation("State", 401, 403, 404, 409, 413, 415, 422, sends="Record")
    def put(self, request: Request, kid: str, version: str, archive: str) -> Response:
        caller = allowed(request, "write", kid)
        sent = reading.read(request._request, reading.Record)
        if sent.archive != archive:
            raise Problem(422, "invalid", "archive differs from that of the address.", "Use the name of the archive.")
        row = visible(request, kid, version)
        deposit.note(row, archive, json.dumps(sent.model_dump(), ensure_ascii=False), caller.holder)
        return _told(request, row)


class OneLease(APIView):
    """Who alone may change a draft for a while."""

    @operation("Held", 401, 403, 404, 409, 413, 415, 422, sends="Lease")
    def post(self, request: Request, kid: str, version: str) -> Response:
        allowed(request, "write", kid)
        sent = reading.read(request._request, reading.Lease)
        lease = deposit.lease(visible(request, kid, version), sent.holder, sent.seconds)
        return Response({"holder": lease.holder, "until": lease.until.isoformat()})

    @operation("Held", 401, 403, 404, query=("holder",))
    def delete(self, request: Request, kid: str, version: str) -> Response:
        allowed(request, "write", kid)
        row = visible(request, kid, version)
        deposit.give_back(row, request.query_params.get("holder", ""))
        left = deposit.current(row)
        return Response({"holder": left.holder if left else "", "until": left.until.isoformat() if left else None})


def allowed(request: Request, right: str, kid: str) -> Caller:
    """Who asks, if they may."""
    caller = caller_of(request)
    caller.require(right, kid)
    return caller


def visible(request: Request, kid: str, version: str, *, to_change: bool = False) -> Version:
    """The version, if the caller may see it; who may not hears, after the same work, that there is none.

    ``to_change`` only if it is still what the caller has seen.
    """
    may_see = caller_of(request).may("read-drafts", kid)
    row = Version.objects.filter(kid=kid, version=version).first()
    if row is None or not (row.has_ended or may_see):
        raise not_found(f"version {version} of {kid}")
    if to_change:
        _unchanged(request, row)
    return row


def _same_identity(sent: reading.Sent, kid: str, version: str) -> None:
    if (sent.release.kid, sent.release.version) != (kid, version):
        raise Problem(422, "invalid", "kid and version of the release differ from those of the address.", "Use the release's own.")


def _unchanged(request: Request, row: Version | None) -> None:
    """Go on only if the state is still the one that the caller has seen."""
    if "If-Match" in request.headers:
        refuse_changed(request, state(row, base_of(request)) if row else None, "version")


def _told(request: Request, row: Version, status: int = 200) -> Response:
    """The state as it is after what was done."""
    row.refresh_from_db()
    told = state(row, base_of(request))
    return Response(told, status=status, headers={"ETag": mark(told)})
