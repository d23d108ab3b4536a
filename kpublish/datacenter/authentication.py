"""Bearer tokens (RFC 6750): writing needs one, reading what is published does not."""

# ruff: noqa: ARG002 - the framework calls with these arguments, used or not

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from kpublish.datacenter.models import RIGHTS, ROLES, Claim, Membership, Project, Token, Version
from kpublish.datacenter.problems import EXPIRED, Problem

#: The header in which a runner says who it is, for leases.
HOLDER = "Kpublish-Holder"
_VERBS = {"read-drafts": "see drafts", "write": "write", "review": "decide on what is in review", "publish": "publish"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a token or an account, if there is one, the runner that holds leases, and where an account brings what is new."""

    token: Token | None = None
    holder: str = ""
    user: User | None = None
    place: Project | None = None

    @property
    def name(self) -> str:
        """Of the token or the account."""
        return self.token.name if self.token else self.user.get_username() if self.user else ""

    @property
    def project(self) -> Project | None:
        """Where kids that nobody has come to belong."""
        return self.token.project if self.token else self.place

    @property
    def is_steward(self) -> bool:
        """Whether the caller may do everything: decide on people, projects, and what belongs to nobody."""
        if self.token:
            scoped = self.token.kids or self.token.project or self.token.namespace
            return not scoped and "publish" in self.token.all_rights
        return self.user is not None and self.user.is_superuser

    def may(self, right: str, kid: str) -> bool:
        """Whether the caller has a right on a release."""
        if self.token:
            return right in self.token.all_rights and is_theirs(self.token, kid)
        return self.user is not None and right in rights_of(self.user, kid, self.place)

    def require(self, right: str, kid: str) -> None:
        """Go on only with the right.

        Raises
        ------
        Problem
            403 that says what is missing.
        """
        if self.token is None:
            if not self.may(right, kid):
                detail = f"{self.name or 'Nobody'} may not {_VERBS[right]} in the project of {kid}."
                raise Problem(403, "forbidden", detail, "Ask who runs the data center for the role.")
            return
        if right not in self.token.all_rights:
            rights = ", ".join(self.token.all_rights) or "none"
            detail = f"The token {self.name} may not {_VERBS[right]}: its rights are {rights}."
            raise Problem(403, "forbidden", detail, "Use a token with this right.")
        if not is_theirs(self.token, kid):
            raise foreign(kid, f"what the token {self.name} is for")

    def require_steward(self) -> None:
        """Go on only for who may do everything.

        Raises
        ------
        Problem
            403.
        """
        if not self.is_steward:
            detail = f"{self.name or 'Nobody'} may not decide on projects and people."
            raise Problem(403, "forbidden", detail, "Ask who runs the data center; or use a token that may publish everything.")

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


def rights_of(user: User, kid: str, place: Project | None = None) -> tuple[str, ...]:
    """What a person may do with a release: as the role in its project says; what is new, as the role in ``place`` does."""
    if user.is_superuser:
        return RIGHTS["publish"]
    claim = Claim.objects.filter(kid=kid).select_related("project").first()
    project = claim.project if claim else place
    if project is None or (claim is None and Version.objects.filter(kid=kid).exists()):
        return ()
    role = Membership.objects.filter(user=user, project=project).values_list("role", flat=True).first()
    return RIGHTS[ROLES[role]] if role else ()


def foreign(kid: str, whose: str) -> Problem:
    """The problem that a kid is outside of what a caller may touch."""
    detail = f"The kid {kid} does not belong to {whose}."
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


def person_of(request: HttpRequest, place: Project | None = None) -> Caller:
    """Who has signed in, on pages."""
    user = request.user
    return Caller(user=user if isinstance(user, User) and user.is_active else None, place=place)
