"""Whose a kid is, and how much its project stores."""

from __future__ import annotations

from django.db.models import Max, QuerySet, Sum

from kpublish.datacenter.authentication import Caller, foreign
from kpublish.datacenter.models import Claim, File, Project, Token
from kpublish.datacenter.problems import Problem


def claim(kid: str, caller: Caller) -> None:
    """Give a kid that is new to the project that brings it.

    Raises
    ------
    Problem
        403 if another project was faster.
    """
    if caller.project is None:
        return
    owner, _ = Claim.objects.get_or_create(kid=kid, defaults={"project": caller.project})
    if owner.project != caller.project and not caller.is_steward:
        raise foreign(kid, f"what {caller.name} works for")


def quota_of(token: Token) -> int | None:
    """How many bytes may be stored with this token; None for no limit."""
    limits = [limit for limit in (token.quota, token.project.quota if token.project else None) if limit is not None]
    return min(limits, default=None)


def used_by(token: Token) -> int:
    """How many bytes are stored, or were announced, in the scope of a token; content that stands there twice counts once."""
    return _size(_files(token))


def used_by_project(project: Project | None) -> int:
    """How many bytes are stored, or were announced, for the kids of a project."""
    kids = Claim.objects.filter(project=project).values("kid")
    return _size(File.objects.filter(version__kid__in=kids))


def _size(files: QuerySet[File]) -> int:
    each = files.values("sha256").annotate(bytes=Max("size")).order_by()
    return each.aggregate(total=Sum("bytes"))["total"] or 0


def refuse_over_quota(caller: Caller) -> None:
    """Refuse what was just announced, if it is too much; inside the transaction that announces it.

    Raises
    ------
    Problem
        413 with the numbers.
    """
    limit = quota_of(caller.token) if caller.token else caller.project.quota if caller.project else None
    if limit is None:
        return
    used = used_by(caller.token) if caller.token else used_by_project(caller.project)
    if used > limit:
        detail = f"With this release {used} bytes would be stored for {caller.name}; {limit} are allowed."
        raise Problem(
            413, "quota", detail, "Ask who runs the data center for more, or publish fewer files.", bytes=limit, used=used
        )


def _files(token: Token) -> QuerySet[File]:
    if token.kids:
        return File.objects.filter(version__kid__in=token.kids.split())
    if token.project:
        return File.objects.filter(version__kid__in=token.project.claims.values("kid"))
    if token.namespace:
        return File.objects.filter(version__kid__in=Claim.objects.filter(project__namespace=token.namespace).values("kid"))
    return File.objects.all()
