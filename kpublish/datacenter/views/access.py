"""Who asks, what they may do, and how a CI job comes to a token."""

from __future__ import annotations

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish.datacenter import deposit, reading
from kpublish.datacenter.authentication import caller_of
from kpublish.datacenter.catalogue import base_of
from kpublish.datacenter.openapi import operation
from kpublish.datacenter.trust.exchange import exchange


class Me(APIView):
    """The token of the request: its name, its rights, how long it is valid, and what it may store."""

    @operation("Me", 401)
    def get(self, request: Request) -> Response:
        token = caller_of(request).token
        if token is None:
            raise NotAuthenticated
        return Response(
            {
                "name": token.name,
                "rights": token.all_rights,
                "expires": token.expires.isoformat() if token.expires else None,
                "quota": {"bytes": deposit.quota_of(token), "used": deposit.used_by(token)},
            }
        )


class TrustedToken(APIView):
    """Exchanges the id token of a GitLab CI job for a token that lives for a quarter of an hour."""

    permission_classes = []

    @operation("Granted", 401, 403, 413, 415, 422, 503, sends="IdToken", new=True)
    def post(self, request: Request) -> Response:
        sent = reading.read(request._request, reading.IdToken)
        secret, token = exchange(sent.id_token, base_of(request))
        assert token.expires is not None
        answer = {"token": secret, "expires": token.expires.isoformat()}
        return Response(answer, status=201, headers={"Cache-Control": "no-store"})
