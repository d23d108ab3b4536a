"""What people remark on a version that is in review."""

from __future__ import annotations

from django.db import transaction

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.deposit.locks import held
from kpublish.datacenter.deposit.trail import tell
from kpublish.datacenter.models import Status, Version
from kpublish.datacenter.problems import Problem

#: Comments that a version may have: who has the link has no account that could be closed.
MOST = 200


@transaction.atomic
def comment(version: Version, by: Caller | str, text: str) -> None:
    """Write a comment into the trail; ``by`` is a name where somebody came by the link.

    Raises
    ------
    Problem
        409 if the version is not in review, or has too many comments already; 422 if nothing is said.
    """
    version = held(version)
    if version.status != Status.REVIEW:
        raise Problem(409, "not-in-review", "Only what is in review is commented on.", "Look at the page again.")
    if version.events.filter(verb="commented").count() >= MOST:
        raise Problem(409, "too-many", f"This version has {MOST} comments already.", "Decide on it, or write to its authors.")
    if not text.strip():
        raise Problem(422, "invalid", "The comment is empty.", "Write what should change, or be kept.")
    tell(version, "commented", by, text.strip()[:5000])
