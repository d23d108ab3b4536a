"""Who alone may change a draft for a while, so that two runners do not release one version at once."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from kpublish.datacenter.models import Lease, Version
from kpublish.datacenter.problems import Problem


@transaction.atomic
def lease(version: Version, holder: str, seconds: int) -> Lease:
    """Give the version to a holder, or prolong what it holds.

    Raises
    ------
    Problem
        409 if another holder's lease has not ended.
    """
    Version.objects.select_for_update().get(pk=version.pk)
    refuse_other_holder(version, holder)
    until = timezone.now() + timedelta(seconds=seconds)
    return Lease.objects.update_or_create(version=version, defaults={"holder": holder, "until": until})[0]


def give_back(version: Version, holder: str) -> None:
    """End the lease of this holder; that of another one stays."""
    Lease.objects.filter(version=version, holder=holder).delete()


def current(version: Version) -> Lease | None:
    """The lease that has not ended."""
    return Lease.objects.filter(version=version, until__gt=timezone.now()).first()


def refuse_other_holder(version: Version, holder: str) -> None:
    """Refuse a change by anybody else than who holds the lease.

    Raises
    ------
    Problem
        409 that says who, and until when.
    """
    held = current(version)
    if held is not None and held.holder != holder:
        until = held.until.strftime("%Y-%m-%d %H:%M:%S UTC")
        raise Problem(
            409,
            "leased",
            f"{held.holder} works on version {version.version} of {version.kid} until {until}.",
            "Wait until it has ended, then run the same command again.",
            holder=held.holder,
            until=held.until.isoformat(),
        )
