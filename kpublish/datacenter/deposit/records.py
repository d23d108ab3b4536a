"""What other archives call a version; noted here first, so that a run whose journal was lost finds it."""

from __future__ import annotations

from django.db import transaction

from kpublish.datacenter.deposit.leases import refuse_other_holder
from kpublish.datacenter.models import Record, Version


@transaction.atomic
def note(version: Version, archive: str, document: str, holder: str) -> None:
    """Keep the record of an archive; the last one counts.

    Raises
    ------
    Problem
        409 if it is a draft that somebody else works on.
    """
    if not version.has_ended:
        refuse_other_holder(version, holder)
    Record.objects.update_or_create(version=version, archive=archive, defaults={"document": document})
