"""What everyone may ask: what is published, where a kid is, and the bytes of files."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish import __version__
from kpublish.datacenter import downloads
from kpublish.datacenter.addresses import page_address
from kpublish.datacenter.authentication import caller_of
from kpublish.datacenter.catalogue import base_of, chosen, refuse_closed
from kpublish.datacenter.health import health
from kpublish.datacenter.models import ENDED, File, Version
from kpublish.datacenter.openapi import BYTES, operation
from kpublish.datacenter.paging import following, number
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.search.asking import Question, overview, page, read
from kpublish.datacenter.search.listing import FACETS
from kpublish.datacenter.serializers import for_readers, found

_PAGE, _MOST, _FOUND = 100, 1000, 20


class Health(APIView):
    """Says whether database, storage and search work; asks for no token, which would stand in the database."""

    authentication_classes = []
    permission_classes = []

    @operation("Health")
    def get(self, request: Request) -> Response:
        parts = health()
        failing = [name for name, state in parts.items() if state != "ok"]
        if failing:
            detail = f"Not everything works: {', '.join(failing)}."
            raise Problem(503, "unhealthy", detail, "Ask again in a moment.", status="failing", **parts)
        told = {"status": "ok", **parts, **({} if settings.PRODUCTION else {"version": __version__})}
        return Response(told, headers={"Cache-Control": "no-store"})


class Releases(APIView):
    """The newest published version of every release, the one published last first; ``?cursor=`` goes on."""

    @operation("Releases", query=(f"limit={_MOST}", "cursor"))
    def get(self, request: Request) -> Response:
        question = Question(limit=number(request, "limit", _PAGE, 1, _MOST), cursor=request.query_params.get("cursor", ""))
        part = page(question)
        versions = Version.objects.in_bulk([entry.pk for entry in part.entries])
        base = base_of(request)
        results = [for_readers(versions[entry.pk], base) for entry in part.entries]
        return Response({"results": results, "next": following(request, part.cursor)})


class Search(APIView):
    """The catalogue, by words and facets."""

    @operation("Found", query=("q", f"limit={_PAGE}", "cursor", *(f"{name}*" for name in FACETS)))
    def get(self, request: Request) -> Response:
        question = read(request.query_params, number(request, "limit", _FOUND, 1, _PAGE))
        part = page(question)
        told = overview(question)
        base = base_of(request)
        return Response(
            {
                "count": told.count,
                "counted": told.counted,
                "results": [found(entry, base) for entry in part.entries],
                "facets": told.facets,
                "next": following(request, part.cursor),
            }
        )


class OneResource(APIView):
    """The release that is or holds a kid."""

    @operation("Resource", 404, 410, query=("version",))
    def get(self, request: Request, kid: str) -> Response:
        row, found = chosen(kid, request.query_params.get("version"))
        base = base_of(request)
        return Response(
            {
                "release": for_readers(row.version, base),
                "member": row.member,
                "versions": [other.version.version for other in found],
                "url": page_address(row.version, base),
            }
        )


class OneContent(APIView):
    """The bytes of a file of a published version, by sha256."""

    @operation(BYTES, 403, 404, 410)
    def get(self, request: Request, sha256: str) -> HttpResponseBase:
        files = list(File.objects.filter(sha256=sha256, version__status__in=ENDED).select_related("version"))
        if not files:
            raise not_found(f"published file with sha256 {sha256}")
        published = [file for file in files if file.version.is_published]
        file = next((file for file in published if not file.version.is_embargoed), None)
        if file is not None:
            return downloads.send(request._request, file)
        caller = caller_of(request)
        own = next((file for file in published if caller.may("read-drafts", file.version.kid)), None)
        if own is None:
            refuse_closed((published or files)[0])
        return downloads.send(request._request, own or files[0], downloads.FOR_OWNERS)


class Nothing(APIView):
    """Every other address below ``/api/``: the one error shape for any method."""

    permission_classes = []
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise Http404
