"""Who asks, and what they may do."""

from __future__ import annotations

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish.datacenter.authentication import caller_of


class Me(APIView):
    """The token of the request: its name, its rights, how long it is valid, and what it may store."""

    def get(self, request: Request) -> Response:
        caller = caller_of(request)
        if caller.token is None:
            raise NotAuthenticated
        return Response(
            {
                "name": caller.name,
                "rights": ["read-drafts", "write", "publish", "review"],
                "expires": None,
                "quota": {"bytes": None, "used": 0},
            }
        )
