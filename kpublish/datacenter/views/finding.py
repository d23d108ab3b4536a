"""What an identifier names, and what kinds of object there are."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.finder import ktypes
from kpublish.datacenter.finder.kids import identified
from kpublish.datacenter.openapi import operation


class OneIdentifier(APIView):
    """What is registered under a kid, the UUID of a version, the refID of a step, or a sha256."""

    @operation("Identified", 404, 410)
    def get(self, request: Request, kid: str) -> Response:
        return Response(identified(kid, base_of(request)))


class Kinds(APIView):
    """All kinds of object."""

    @operation("Kinds")
    def get(self, request: Request) -> Response:
        return Response({"results": ktypes.all_kinds(base_of(request))})


class OneKind(APIView):
    """One kind of object: definition, fields, the class that reads it, examples."""

    @operation("Kind", 404)
    def get(self, request: Request, ktype: str) -> Response:
        return Response(ktypes.described(ktype, base_of(request)))
