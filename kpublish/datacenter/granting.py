"""Tokens and projects, as who runs the data center gives them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from kpublish.datacenter.authentication import digest_of
from kpublish.datacenter.models import RIGHTS, ROLES, Claim, Namespace, Project, Token
from kpublish.datacenter.people import acts
from kpublish.errors import UsageError
from kpublish.http import check_address

__all__ = ["ROLES", "Registration", "Scope", "create_token", "register", "remove_token"]


@dataclass(frozen=True, slots=True)
class Scope:
    """On what a token may act: nothing stated is everything; a number is a project's or a namespace's at an issuer."""

    kids: tuple[str, ...] = ()
    issuer: str = ""
    project: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """What is registered of a project."""

    issuer: str
    project: str
    namespace: str
    path: str = ""
    environment: str = ""
    may_publish: bool = False
    quota: int | None = None


@transaction.atomic
def create_token(name: str, rights: Iterable[str], scope: Scope, days: int | None, quota: int | None = None) -> str:
    """Make a token and return its secret, which is kept nowhere.

    Raises
    ------
    UsageError
        If the name is taken, or a right, project or namespace is not known.
    """
    if Token.objects.filter(name=name).exists() or User.objects.filter(username=name).exists():
        raise UsageError(
            f"There is a token or an account named {name!r} already.", remedy="Choose another name, or remove it first."
        )
    unknown = sorted(set(rights) - set(RIGHTS))
    if unknown:
        raise UsageError(f"There is no right {unknown[0]!r}.", remedy=f"Known: {', '.join(RIGHTS)}.")
    project, namespace = _scope(scope)
    secret = secrets.token_urlsafe(32)
    Token.objects.create(
        name=name,
        digest=digest_of(secret),
        rights=" ".join(rights),
        kids=" ".join(scope.kids),
        project=project,
        namespace=namespace,
        expires=timezone.now() + timedelta(days=days) if days else None,
        quota=quota,
    )
    acts.tell("token", name, "created", rights=sorted(rights), kids=list(scope.kids), project=scope.project, days=days)
    return secret


def _scope(scope: Scope) -> tuple[Project | None, Namespace | None]:
    project = Project.objects.filter(number=scope.project, issuer=scope.issuer).first() if scope.project else None
    namespace = Namespace.objects.filter(number=scope.namespace, issuer=scope.issuer).first() if scope.namespace else None
    for wanted, found, noun in ((scope.project, project, "project"), (scope.namespace, namespace, "namespace")):
        if wanted and found is None:
            raise UsageError(
                f"No {noun} with the number {wanted} is registered at {scope.issuer or 'an issuer'}.",
                remedy="Register it first: kpublish datacenter register-project; state --issuer.",
            )
    return project, namespace


@transaction.atomic
def remove_token(name: str, by: str = acts.COMMAND_LINE) -> None:
    """Make a token void.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    if not Token.objects.filter(name=name).delete()[0]:
        raise UsageError(f"There is no token named {name!r}.", remedy="Check the spelling.")
    acts.tell("token", name, "removed", by)


@transaction.atomic
def register(said: Registration, kids: Sequence[str] = ()) -> tuple[Project, bool]:
    """Register a project, or change what is registered of it (also its namespace, if it moved); give it kids.

    Raises
    ------
    UsageError
        If a number is none, the issuer's address cannot be used, or a kid is another project's.
    """
    issuer = _issuer(said.issuer)
    for noun, number in (("project", said.project), ("namespace", said.namespace)):
        if not (number.isascii() and number.isdigit() and len(number) <= 20):
            raise UsageError(f"The {noun} {number!r} is no number.", remedy="GitLab shows it on the page of the project or group.")
    namespace, _ = Namespace.objects.get_or_create(issuer=issuer, number=said.namespace)
    stated = {"path": said.path, "environment": said.environment, "may_publish": said.may_publish, "quota": said.quota}
    project, is_new = Project.objects.update_or_create(
        issuer=issuer, number=said.project, defaults={"namespace": namespace, **stated}
    )
    Token.objects.filter(project=project, expires__isnull=False).exclude(commit="").delete()
    for kid in kids:
        claim, _ = Claim.objects.get_or_create(kid=kid, defaults={"project": project})
        if claim.project != project:
            raise UsageError(f"The kid {kid} belongs to {claim.project}.", remedy="A kid has one project; move it there first.")
    told: dict[str, Any] = {**stated, "namespace": said.namespace, "kids": list(kids)}
    acts.tell("project", acts.name_of(project), "registered" if is_new else "changed", **told)
    return project, is_new


def _issuer(address: str) -> str:
    check_address(address)
    if urlsplit(address).query or urlsplit(address).fragment:
        raise UsageError("The address of the issuer holds a query.", remedy="Write it as https://gitlab.example.org.")
    return address.rstrip("/")
