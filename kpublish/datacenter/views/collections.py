"""Collections: listed, made, described, filled, published as versions, withdrawn; a state has a mark (ETag)."""

from __future__ import annotations

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish.datacenter import reading
from kpublish.datacenter.authentication import Caller, caller_of
from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.collecting import changing, documents, versions
from kpublish.datacenter.collecting.listing import part
from kpublish.datacenter.collecting.telling import (
    any_collection,
    collection_of,
    state,
    summary,
    version_of,
    version_state,
    versions_of,
)
from kpublish.datacenter.marks import mark, refuse_changed
from kpublish.datacenter.models import Collection
from kpublish.datacenter.openapi import operation
from kpublish.datacenter.paging import following, number

_MOST = 1000


class Collections(APIView):
    """All collections, or those that answer ``?q=``, the newest first; a new one by POST."""

    @operation("Collections", query=("q", f"limit={_MOST}", "cursor"))
    def get(self, request: Request) -> Response:
        limit = number(request, "limit", _MOST, 1, _MOST)
        found = part(request.query_params.get("q", ""), limit, request.query_params.get("cursor", ""))
        results = [summary(one, base_of(request)) for one in found.collections]
        return Response({"results": results, "next": following(request, found.cursor)})

    @operation("Collection", 401, 403, 413, 415, 422, sends="NewCollection", new=True)
    def post(self, request: Request) -> Response:
        caller = _caller(request)
        sent = reading.read(request._request, documents.NewCollection)
        made = changing.create(caller, sent.model_dump(exclude={"contributors"}), sent.contributors)
        return _told(request, made, 201)


class OneCollection(APIView):
    """One collection with its members, and as a KM3ResourceCollection."""

    @operation("Collection", 404, 410)
    def get(self, request: Request, kid: str) -> Response:
        return _told(request, collection_of(kid))

    @operation("Collection", 401, 403, 404, 410, 412, 413, 415, 422, sends="CollectionChange")
    def patch(self, request: Request, kid: str) -> Response:
        caller = _caller(request)
        sent = reading.read(request._request, documents.CollectionChange)
        collection = _seen(request, kid)
        changing.describe(collection, caller, sent.model_dump(exclude={"contributors"}, exclude_none=True), sent.contributors)
        return _told(request, collection)


class OneMember(APIView):
    """A member of a collection: anything published that has a kid."""

    @operation("Collection", 401, 403, 404, 409, 410, 412, new=True)
    def put(self, request: Request, kid: str, member: str) -> Response:
        caller, collection = _caller(request), _seen(request, kid)
        is_new = changing.add(collection, caller, member)
        return _told(request, collection, 201 if is_new else 200)

    @operation("Collection", 401, 403, 404, 410, 412)
    def delete(self, request: Request, kid: str, member: str) -> Response:
        caller, collection = _caller(request), _seen(request, kid)
        changing.remove(collection, caller, member)
        return _told(request, collection)


class Versions(APIView):
    """The versions of a collection, the newest first; as it is now it becomes another one by POST."""

    @operation("CollectionVersions", 404, 410)
    def get(self, request: Request, kid: str) -> Response:
        return Response({"results": versions_of(collection_of(kid), base_of(request))})

    @operation("CollectionVersion", 401, 403, 404, 409, 410, 412, 413, 415, 422, sends="NewVersion", new=True)
    def post(self, request: Request, kid: str) -> Response:
        caller = _caller(request)
        sent = reading.read(request._request, documents.NewVersion)
        made, is_new = versions.publish(_seen(request, kid), caller, sent.version, sent.comment)
        return Response(version_state(made, base_of(request)), status=201 if is_new else 200)


class OneVersion(APIView):
    """A version of a collection, with its members as they are pinned, and as a KM3ResourceCollection."""

    @operation("CollectionVersion", 404, 410)
    def get(self, request: Request, kid: str, version: str) -> Response:
        return Response(version_state(version_of(kid, version), base_of(request)))


class Withdrawal(APIView):
    """Takes a collection away with all its versions; its members stay."""

    @operation("Collection", 401, 403, 404, 412, 413, 415, 422, sends="Withdrawal")
    def post(self, request: Request, kid: str) -> Response:
        caller = _caller(request)
        sent = reading.read(request._request, reading.Withdrawal)
        collection = any_collection(kid)
        _refuse_unseen(request, collection)
        changing.withdraw(collection, caller, sent.reason)
        return _told(request, collection)


def _caller(request: Request) -> Caller:
    caller = caller_of(request)
    if caller.token is None:
        raise NotAuthenticated
    return caller


def _seen(request: Request, kid: str) -> Collection:
    collection = collection_of(kid)
    _refuse_unseen(request, collection)
    return collection


def _refuse_unseen(request: Request, collection: Collection) -> None:
    if "If-Match" in request.headers:
        refuse_changed(request, state(collection, base_of(request)), "collection")


def _told(request: Request, collection: Collection, status: int = 200) -> Response:
    told = state(collection, base_of(request))
    return Response(told, status=status, headers={"ETag": mark(told)})
