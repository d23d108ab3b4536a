"""Guessing passwords is slow: failed tries are counted for each account and for each address."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kpublish.datacenter.models import Attempt
from kpublish.datacenter.problems import Problem

#: For how long a failed try counts, and how many there may be until then.
WINDOW = timedelta(minutes=15)
LIMITS = {"account": 10, "address": 50}


def begin(name: str, request: HttpRequest) -> list[Attempt]:
    """Count a try before the password is looked at, so that many at once count, too.

    Raises
    ------
    Problem
        429 if there were too many.
    """
    keys = {kind: _key(kind, value) for kind, value in (("account", name.casefold()), ("address", address_of(request)))}
    with transaction.atomic():
        Attempt.objects.filter(made__lt=timezone.now() - WINDOW).delete()
        for kind, key in keys.items():
            if Attempt.objects.filter(key=key).count() >= LIMITS[kind]:
                minutes = int(WINDOW.total_seconds() // 60)
                detail = f"There were too many tries to sign in with this {kind}."
                raise Problem(429, "throttled", detail, f"Wait {minutes} minutes, then try again.")
        return [Attempt.objects.create(key=key) for key in keys.values()]


def forget(name: str, tries: list[Attempt]) -> None:
    """Who has signed in starts anew; what others did from the same address goes on counting."""
    Attempt.objects.filter(pk__in=[one.pk for one in tries]).delete()
    Attempt.objects.filter(key=_key("account", name.casefold())).delete()


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy of ours, what that says."""
    direct = str(request.META.get("REMOTE_ADDR") or "")
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return said if settings.PUBLIC_URL and said and direct in ("", "127.0.0.1", "::1") else direct


def _key(kind: str, value: str) -> str:
    return salted_hmac(f"kpublish.attempt.{kind}", value, algorithm="sha256").hexdigest()
