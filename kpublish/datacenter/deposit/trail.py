"""The audit trail of a version: who did what, when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.models import Event, Version

#: What readers see of a version, and harvesters ask for again.
SEEN = ("published", "amended", "withdrawn")


def tell(version: Version, verb: str, by: Caller | str, comment: str = "", details: Mapping[str, Any] | None = None) -> Event:
    """Write a line, inside the transaction of what it tells."""
    text = json.dumps(details or {}, ensure_ascii=False, separators=(",", ":"))
    event = Event.objects.create(
        version=version, verb=verb, by=by if isinstance(by, str) else by.name, comment=comment, details=text
    )
    if verb in SEEN:
        Version.objects.filter(pk=version.pk).update(changed=event.made)
    return event


def last(version: Version, *verbs: str) -> Event | None:
    """The newest line with one of these verbs."""
    return Event.objects.filter(version=version, verb__in=verbs).last()
