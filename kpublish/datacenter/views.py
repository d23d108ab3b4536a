"""The HTTP API, version 1: a release is opened, filled and published; then everyone may list, show and download it."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish import __version__
from kpublish.datacenter import deposit, downloads
from kpublish.datacenter.authentication import may_write
from kpublish.datacenter.models import File, Resource, Status, Version
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.serializers import change, for_readers, page_address, read_release, state
from kpublish.files import CHUNK

_PAGE, _MOST = 100, 1000


def base_of(request: HttpRequest | Request) -> str:
    """Address of this server as the caller knows it, without a slash at the end."""
    return str(request.build_absolute_uri("/")).rstrip("/")


def published() -> QuerySet[Version]:
    """Every published version, newest first."""
    return Version.objects.filter(status=Status.PUBLISHED)


def newest() -> QuerySet[Version]:
    """The version of each release that was published last, newest first."""
    last = published().filter(kid=OuterRef("kid")).values("pk")[:1]
    return published().filter(pk=Subquery(last))


def holding(kid: str) -> QuerySet[Resource]:
    """Where a kid stands in published versions, newest first."""
    found = Resource.objects.filter(kid=kid, version__status=Status.PUBLISHED)
    return found.select_related("version").order_by("-version__published", "-version__id")


class Health(APIView):
    """Says that the server answers."""

    def get(self, request: Request) -> Response:
        return Response({"status": "ok", "version": __version__})


class Releases(APIView):
    """The newest published version of every release."""

    def get(self, request: Request) -> Response:
        limit, offset = _number(request, "limit", _PAGE, 1, _MOST), _number(request, "offset", 0, 0, 2**31)
        rows = list(newest()[offset : offset + limit + 1])
        base = base_of(request)
        following = f"{base}{request.path}?limit={limit}&offset={offset + limit}" if len(rows) > limit else None
        return Response({"results": [for_readers(row, base) for row in rows[:limit]], "next": following})


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        raise Problem(400, "invalid", f"{name} is not a number from {least} to {most}.", "Change the query.")
    return int(text)


class OneRelease(APIView):
    """(kid, version): opened by PUT, shown by GET; drafts are shown to tokens only."""

    def get(self, request: Request, kid: str, version: str) -> Response:
        return Response(state(_visible(request, kid, version), base_of(request)))

    def put(self, request: Request, kid: str, version: str) -> Response:
        sent = read_release(request._request)
        if (sent.release.kid, sent.release.version) != (kid, version):
            raise Problem(
                422, "invalid", "kid and version of the release differ from those of the address.", "Use the release's own."
            )
        deposit.check(sent.release)
        row, is_new = deposit.open_draft(sent)
        return Response(state(row, base_of(request)), status=201 if is_new else 200)


def _visible(request: Request, kid: str, version: str) -> Version:
    row = Version.objects.filter(kid=kid, version=version).first()
    if row is None or not (row.is_published or may_write(request)):
        raise not_found(f"version {version} of {kid}")
    return row


class OneUpload(APIView):
    """The bytes of one file of a draft, named by their sha256."""

    def put(self, request: Request, kid: str, version: str, sha256: str) -> Response:
        row = _visible(request, kid, version)
        is_new = deposit.receive(row, sha256, int(request.META["CONTENT_LENGTH"]), _blocks(request._request))
        return Response(change(row, base_of(request), sha256), status=201 if is_new else 200)


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body in blocks; a caller who goes away in the middle is a problem of the caller, not of the disk."""
    try:
        while block := request.read(CHUNK):
            yield block
    except UnreadablePostError as error:
        raise Problem(400, "interrupted", "The upload was interrupted.", "Send the file again.") from error


class Uploads(APIView):
    """The files of a draft."""

    def delete(self, request: Request, kid: str, version: str) -> Response:
        path = request.query_params.get("path")
        if not path:
            raise Problem(400, "invalid", "No path is named.", "Add ?path= to the address.")
        row = _visible(request, kid, version)
        deposit.drop(row, path)
        return Response(state(row, base_of(request)))


class Publication(APIView):
    """Makes a complete draft visible; ``?digest=`` says from which inputs it must have been made."""

    def post(self, request: Request, kid: str, version: str) -> Response:
        row = _visible(request, kid, version)
        deposit.publish(row, request.query_params.get("digest"))
        return Response(state(row, base_of(request)))


class OneResource(APIView):
    """The release that is or holds a kid."""

    def get(self, request: Request, kid: str) -> Response:
        found, wanted = list(holding(kid)), request.query_params.get("version")
        chosen = next((row for row in found if wanted in (None, row.version.version)), None)
        if chosen is None:
            raise not_found(f"published resource {kid}" + (f" in version {wanted}" if wanted else ""))
        base = base_of(request)
        return Response(
            {
                "release": for_readers(chosen.version, base),
                "member": chosen.member,
                "versions": [row.version.version for row in found],
                "url": page_address(chosen.version, base),
            }
        )


class OneContent(APIView):
    """The bytes of a file of a published version, by sha256."""

    def get(self, request: Request, sha256: str) -> HttpResponseBase:
        file = File.objects.filter(sha256=sha256, version__status=Status.PUBLISHED).first()
        if file is None:
            raise not_found(f"published file with sha256 {sha256}")
        return downloads.send(request._request, file)


class Nothing(APIView):
    """Every other address below ``/api/``: the one error shape for any method."""

    permission_classes = []

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise Http404
