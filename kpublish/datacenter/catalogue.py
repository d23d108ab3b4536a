"""What everyone may see, and how a version is found by its kid."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from kpublish.datacenter.models import Event, File, Resource, Status, Version
from kpublish.datacenter.problems import Problem, not_found


def base_of(request: HttpRequest | Request) -> str:
    """Address of this server as the world knows it, or as the caller does, without a slash at the end."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    return str(request.build_absolute_uri("/")).rstrip("/")


def published() -> QuerySet[Version]:
    """Every published version, newest first."""
    return Version.objects.filter(status=Status.PUBLISHED)


def holding(kid: str, status: Status = Status.PUBLISHED) -> QuerySet[Resource]:
    """Where a kid stands in versions, newest first."""
    found = Resource.objects.filter(kid=kid, version__status=status)
    return found.select_related("version").order_by("-version__published", "-version__id")


def chosen(kid: str, version: str | None) -> tuple[Resource, list[Resource]]:
    """The place of a kid in the newest or a certain published version, and all its places.

    Raises
    ------
    Problem
        410 if what is asked for was withdrawn, 404 if it never was there.
    """
    found = list(holding(kid))
    row = next((row for row in found if version in (None, row.version.version)), None)
    if row is not None:
        return row, found
    gone = next((row for row in holding(kid, Status.WITHDRAWN) if version in (None, row.version.version)), None)
    if gone is not None:
        raise withdrawn(gone.version)
    raise not_found(f"published resource {kid}" + (f" in version {version}" if version else ""))


def withdrawn(version: Version) -> Problem:
    """The problem that a version was withdrawn: when and why."""
    event = Event.objects.filter(version=version, verb="withdrawn").get()
    day = event.made.date().isoformat()
    return Problem(
        410,
        "withdrawn",
        f"Version {version.version} of {version.kid} was withdrawn on {day}: {event.comment}",
        "Look for another version.",
        kid=version.kid,
        version=version.version,
        date=day,
        reason=event.comment,
    )


def refuse_closed(file: File) -> None:
    """Refuse the bytes of a withdrawn version, and those under embargo.

    Raises
    ------
    Problem
        410 with the reason, 403 with the date.
    """
    version = file.version
    if version.status == Status.WITHDRAWN:
        raise withdrawn(version)
    if version.is_embargoed and version.embargo:
        day = version.embargo.isoformat()
        detail = f"The files of version {version.version} of {version.kid} are under embargo until {day} (UTC)."
        raise Problem(403, "embargoed", detail, f"Ask again on {day}; the description is public.", until=day)
