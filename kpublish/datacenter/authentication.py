"""Bearer tokens (RFC 6750): writing needs one, reading what is published does not."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from kpublish.datacenter.models import Claim, Token, Version
from kpublish.datacenter.problems import EXPIRED, Problem

#: The header in which a runner says who it is, for leases.
HOLDER = "Kpublish-Holder"
_VERBS = {"read-drafts": "see drafts", "write": "write", "review": "decide on what is in review", "publish": "publish"}


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
        return self.token is not None and right in self.token.all_rights and is_theirs(self.token, kid)

    def require(self, right: str, kid: str) -> None:
        """Go on only with the right.

        Raises
        ------
        Problem
            403 that says what is missing.
        """
        assert self.token is not None
        if right not in self.token.all_rights:
            rights = ", ".join(self.token.all_rights) or "none"
            detail = f"The token {self.name} may not {_VERBS[right]}: its rights are {rights}."
            raise Problem(403, "forbidden", detail, "Use a token with this right.")
        if not is_theirs(self.token, kid):
            raise foreign(self.token, kid)

    def require_origin(self, commit: str, tag: str | None) -> None:
        """A token of a tag pipeline is for what was made from this commit under this tag, and nothing else.

        Raises
        ------
        Problem
            403 that says what differs.
        """
        token = self.token
        if token is None or not token.commit or (token.commit, token.tag) == (commit, tag):
            return
        made = f"commit {commit[:12]} with {f'tag {tag}' if tag else 'no tag'}"
        raise Problem(
            403,
            "other-commit",
            f"The token was issued for commit {token.commit[:12]} with tag {token.tag}; the release was made from {made}.",
            "Release from the pipeline of the tag.",
        )


def is_theirs(token: Token, kid: str) -> bool:
    """Whether a kid lies in the scope of a token; a project may also take one that nobody has."""
    if token.kids:
        return kid in token.kids.split()
    if token.project is None and token.namespace is None:
        return True
    claim = Claim.objects.filter(kid=kid).select_related("project").first()
    if claim is None:
        return token.project is not None and not Version.objects.filter(kid=kid).exists()
    return token.project == claim.project if token.project else token.namespace == claim.project.namespace


def foreign(token: Token, kid: str) -> Problem:
    """The problem that a kid is outside of a token's scope."""
    detail = f"The kid {kid} does not belong to what the token {token.name} is for."
    remedy = "Give a copied repository kids of its own; or ask who runs the data center to register the kid for this project."
    return Problem(403, "other-project", detail, remedy)


def digest_of(secret: str) -> str:
    """What the database keeps of a token; the secrets are random, so a plain hash suffices."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class BearerToken(BaseAuthentication):
    """Knows who asks by ``Authorization: Bearer <token>``; with an unknown token one is nobody."""

    def authenticate(self, request: Request) -> tuple[None, Token] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = Token.objects.filter(digest=digest_of(secret.strip())).select_related("project", "namespace")
        token = found.first()
        if token and token.expires and token.expires <= timezone.now():
            request.META[EXPIRED] = token.expires
            return None
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
