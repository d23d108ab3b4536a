"""Bearer tokens (RFC 6750): writing needs one, reading what is published does not."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from kpublish.datacenter.models import Token

#: The header in which a runner says who it is, for leases.
HOLDER = "Kpublish-Holder"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the token, if there is one, and the runner that holds leases."""

    token: Token | None = None
    holder: str = ""

    @property
    def name(self) -> str:
        """Of the token."""
        return self.token.name if self.token else ""

    def may(self, right: str, kid: str) -> bool:
        """Whether the caller has a right on a release."""
        return self.token is not None

    def require(self, right: str, kid: str) -> None:
        """Go on only with the right.

        Raises
        ------
        Problem
            403 that says what is missing.
        """


def digest_of(secret: str) -> str:
    """What the database keeps of a token; the secrets are random, so a plain hash suffices."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class BearerToken(BaseAuthentication):
    """Knows who asks by ``Authorization: Bearer <token>``; with an unknown token one is nobody."""

    def authenticate(self, request: Request) -> tuple[None, Token] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = Token.objects.filter(digest=digest_of(secret.strip())).first()
        return (None, token) if token else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class WritingNeedsToken(BasePermission):
    """Everyone may read (views show drafts only to tokens); who writes needs a token."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or isinstance(request.auth, Token)


def caller_of(request: Request) -> Caller:
    """Who sent this request."""
    token = request.auth if isinstance(request.auth, Token) else None
    return Caller(token, request.headers.get(HOLDER, "")[:200])
