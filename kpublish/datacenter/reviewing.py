"""The reviewer's link: who has it sees a version that is in review, with what changed since the last one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils import timezone

from kpublish.datacenter.catalogue import published
from kpublish.datacenter.deposit.amending import differences, plain
from kpublish.datacenter.models import Event, Version
from kpublish.datacenter.problems import Problem, not_found
from kpublish.model.bundle import Release

#: How long a link leads somewhere.
VALID = timedelta(days=30)
_SIGNER = Signer(salt="kpublish.review")


def link(event: Event, base: str) -> str:
    """The address of what was submitted; nobody can guess it, and the next submission has another one."""
    return f"{base}/review/{_SIGNER.sign(str(event.pk))}"


def opened(signed: str) -> Version:
    """The version that a link leads to.

    Raises
    ------
    Problem
        404 if it is no link of ours, or submitted anew; 410 if it is too old.
    """
    try:
        number = int(_SIGNER.unsign(signed))
    except (BadSignature, ValueError) as error:
        raise not_found("version in review at this address") from error
    event = Event.objects.filter(pk=number, verb="submitted").select_related("version").first()
    if event is None or event.version.events.filter(verb="submitted", pk__gt=number).exists():
        raise not_found("version in review at this address any more")
    if timezone.now() - event.made > VALID:
        raise Problem(410, "expired", "This link is too old.", "Ask for a new one: it stands in the state of the version.")
    return event.version


def changes(row: Version) -> dict[str, Any] | None:
    """What differs from the version that was published last; None if there is none."""
    last = published().filter(kid=row.kid).first()
    if last is None:
        return None
    before, after = last.release, row.release
    old, new = ({entry.path: entry.sha256 for entry in release.files} for release in (before, after))
    return {
        "last": last,
        "fields": [change for change in differences(_described(before), _described(after)) if not _expected(change["field"])],
        "added": sorted(set(new) - set(old)),
        "removed": sorted(set(old) - set(new)),
        "changed": sorted(path for path in set(old) & set(new) if old[path] != new[path]),
    }


def _described(release: Release) -> dict[str, Any]:
    """The description alone: columns by their name, and no checksums of files, which are compared by themselves."""
    value = plain(release)
    for member in value["members"].values():
        member["parameters"] = {column["columnname"]: column for column in member["parameters"]}
        member["resource"]["source"] = [item for item in member["resource"]["source"] if "://" in (item["accessURL"] or "")]
    return {"resource": value["resource"], "members": value["members"]}


def _expected(field: str) -> bool:
    """Every new version has another one."""
    return field.endswith("resource.version")
