"""How a draft becomes visible: complete, reviewed where that is asked for, and by one update after all content is safe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.deposit import shelf
from kpublish.datacenter.deposit.drafts import refuse_taken_kids, refuse_withdrawn
from kpublish.datacenter.deposit.leases import refuse_other_holder
from kpublish.datacenter.deposit.locks import held
from kpublish.datacenter.deposit.trail import last, tell
from kpublish.datacenter.finder import steps
from kpublish.datacenter.inspection import reports
from kpublish.datacenter.models import Status, Version
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.search.listing import list_anew
from kpublish.datacenter.storage import store


def publish(version: Version, caller: Caller, digest: str | None = None) -> None:
    """Publish a complete draft, or submit it for review if the caller may not publish; asked again, it stays as it is.

    The checks run in either case: their errors stop what would be published, and are shown beside what is reviewed.

    Parameters
    ----------
    version
        The draft.
    caller
        Who asks.
    digest
        If given, what the draft must have been made from: two publishers of one version do not publish one another's.

    Raises
    ------
    Problem
        409 if files are missing, if the draft was made from other inputs, was withdrawn or is in other hands, if a kid was
        published by another release meanwhile, or the checks find errors.
    """
    _forget_lost_files(version)
    seen, told = version.document, _inspected(version)
    store().sync(version.files.filter(arrived=True).values_list("sha256", flat=True))
    with transaction.atomic():
        version = held(version)
        refuse_withdrawn(version)
        if digest is not None and digest != version.digest:
            raise Problem(
                409, "version-taken", "Somebody else opened this version from other inputs.", "Raise the version in kpublish.yaml."
            )
        release = version.release
        caller.require_origin(release.commit, release.tag)
        may_publish = caller.may("publish", version.kid)
        if version.is_published or (version.status == Status.REVIEW and not may_publish):
            return
        refuse_other_holder(version, caller.holder)
        _refuse_what_cannot_be_seen(version)
        if may_publish:
            refuse_errors(told)
            if version.document != seen:
                raise Problem(409, "changed", "The draft was changed while it was checked.", "Publish it again.")
            _make_visible(version, caller)
        else:
            Version.objects.filter(pk=version.pk).update(status=Status.REVIEW)
            tell(version, "submitted", caller)


def decide(version: Version, caller: Caller, decision: str, comment: str) -> None:
    """Publish a version that is in review, or send it back to its authors; asked again, it stays as it is.

    Raises
    ------
    Problem
        422 if it is sent back without a reason, 409 if it is not in review, or cannot be published.
    """
    if decision == "return" and not comment.strip():
        raise Problem(422, "invalid", "No reason is given.", "Write why it is sent back; its authors read that.")
    _forget_lost_files(version)
    if decision == "publish":
        _inspected(version)
    with transaction.atomic():
        version = held(version)
        refuse_withdrawn(version)
        if _was_decided(version, decision):
            return
        if version.status != Status.REVIEW:
            detail = f"Version {version.version} of {version.kid} is not in review: it is {_words(version)}."
            raise Problem(409, "not-in-review", detail, "Only a version in review is decided on.")
        if decision == "publish":
            _refuse_what_cannot_be_seen(version)
            _make_visible(version, caller, comment)
        else:
            Version.objects.filter(pk=version.pk).update(status=Status.DRAFT)
            tell(version, "returned", caller, comment)


@transaction.atomic
def withdraw(version: Version, caller: Caller, reason: str) -> None:
    """Take a published version away and leave a tombstone that says why; asked again, the first reason stays.

    Raises
    ------
    Problem
        409 if it is not published; 403 for the token of another commit's pipeline.
    """
    version = held(version)
    if version.status == Status.WITHDRAWN:
        return
    if not version.is_published:
        detail = f"Version {version.version} of {version.kid} is not published: it is {_words(version)}."
        raise Problem(409, "not-published", detail, "Only a published version is withdrawn.")
    release = version.release
    caller.require_origin(release.commit, release.tag)
    Version.objects.filter(pk=version.pk).update(status=Status.WITHDRAWN)
    tell(version, "withdrawn", caller, reason)
    list_anew(version.kid)


def _words(version: Version) -> str:
    return "a draft" if version.status == Status.DRAFT else str(version.status)


def _was_decided(version: Version, decision: str) -> bool:
    if decision == "publish":
        return version.is_published
    before = last(version, "submitted", "returned")
    return version.status == Status.DRAFT and before is not None and before.verb == "returned"


def _make_visible(version: Version, caller: Caller, comment: str = "") -> None:
    Version.objects.filter(pk=version.pk).update(status=Status.PUBLISHED, published=timezone.now())
    tell(version, "published", caller, comment)
    steps.register(version)
    list_anew(version.kid)
    transaction.on_commit(lambda: shelf.forget(version))


def _forget_lost_files(version: Version) -> None:
    """What is marked as arrived, but is gone from the store, is asked for again."""
    if version.has_ended:
        return
    lost = [file.pk for file in version.files.filter(arrived=True) if not store().holds(file.sha256, file.size)]
    version.files.filter(pk__in=lost).update(arrived=False)


def _inspected(version: Version) -> dict[str, Any] | None:
    """What the checks find in a version whose files are all there, and that is not published yet."""
    if version.has_ended or version.files.filter(arrived=False).exists():
        return None
    return reports.inspect(version).json


def refuse_errors(told: Mapping[str, Any] | None) -> None:
    """Refuse what the checks find wrong, or cannot check; what is too large for them passes.

    Raises
    ------
    Problem
        409 with the findings that are errors.
    """
    told = told or {}
    if "fault" in told and not told.get("large"):
        raise Problem(409, "findings", told["fault"], told["remedy"])
    if errors := reports.errors(told):
        first = "; ".join("{path}:{line}:{column}: {code} {message}".format(**error) for error in errors[:3])
        detail = f"The checks find {len(errors)} error{'s' if len(errors) > 1 else ''} in this version: {first}"
        raise Problem(409, "findings", detail, "Mend what is named, then make the package again.", findings=errors[:100])


def _refuse_what_cannot_be_seen(version: Version) -> None:
    """All files must be there, and all kids its own."""
    refuse_taken_kids(version.kid, list(version.resources.values_list("kid", flat=True)))
    missing = list(version.files.filter(arrived=False).values_list("path", flat=True))
    if missing:
        detail = f"{len(missing)} of the files have not arrived: {', '.join(missing[:20])}{', …' if len(missing) > 20 else ''}"
        raise Problem(409, "incomplete", detail, "Send the missing files, then publish.", missing=missing)
