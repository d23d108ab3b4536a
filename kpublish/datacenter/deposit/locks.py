"""Nobody else changes a release while one of its versions is decided on."""

from __future__ import annotations

from kpublish.datacenter.models import Version


def held(version: Version) -> Version:
    """The row as it is now, with all versions of its release locked until the transaction ends.

    They are locked in one order, so that two publishers wait for one another and never for ever; SQLite has locked everything
    already.
    """
    list(Version.objects.select_for_update().filter(kid=version.kid).order_by("pk").values_list("pk", flat=True))
    return Version.objects.get(pk=version.pk)
