"""How a draft is opened and filled; each step is one transaction and safe to repeat."""

from __future__ import annotations

from collections.abc import Container, Iterator

from django.db import transaction

from kpublish.datacenter.authentication import Caller
from kpublish.datacenter.deposit import shelf
from kpublish.datacenter.deposit.arriving import known_of
from kpublish.datacenter.deposit.claims import claim, refuse_over_quota
from kpublish.datacenter.deposit.leases import refuse_other_holder
from kpublish.datacenter.deposit.trail import tell
from kpublish.datacenter.models import ENDED, File, Resource, Status, Version
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.reading import Sent
from kpublish.datacenter.storage import store
from kpublish.model.bundle import Release
from kpublish.model.identifiers import version_uuid


@transaction.atomic
def open_draft(sent: Sent, caller: Caller) -> tuple[Version, bool]:
    """Create the draft of a version or bring it up to date; return it and whether it is new.

    A version with the same digest that is published or in review is returned as it is.

    Raises
    ------
    Problem
        409 if the version was published from other inputs, was withdrawn, is in review or in other hands, or a kid belongs to
        another release; 403 if it is another project's or commit's than the token; 413 if it is too much.
    """
    release = sent.release
    caller.require_origin(release.commit, release.tag)
    uid = version_uuid(release.kid, release.version)
    defaults = {"digest": release.digest, "document": sent.document, "embargo": release.embargo, "uid": uid}
    version, is_new = Version.objects.select_for_update().get_or_create(kid=release.kid, version=release.version, defaults=defaults)
    claim(version.kid, caller)
    refuse_withdrawn(version)
    _refuse_other_inputs(version, release.digest)
    if version.status != Status.DRAFT:
        return version, False
    refuse_other_holder(version, caller.holder)
    refuse_taken_kids(release.kid, [release.kid, *(member.resource.kid for member in release.members)])
    for name, value in defaults.items():
        setattr(version, name, value)
    version.save()
    _write_files(version, release)
    write_index(version, release)
    refuse_over_quota(caller)
    transaction.on_commit(lambda: shelf.forget(version, but=[entry.sha256 for entry in release.files]))
    if is_new:
        tell(version, "opened", caller)
    return version, is_new


def refuse_withdrawn(version: Version) -> None:
    """A withdrawn version never comes back.

    Raises
    ------
    Problem
        409.
    """
    if version.status == Status.WITHDRAWN:
        detail = f"Version {version.version} of {version.kid} was withdrawn; it is never published again."
        raise Problem(409, "withdrawn", detail, "Raise the version in kpublish.yaml and release again.")


def _refuse_other_inputs(version: Version, digest: str) -> None:
    if version.is_published and version.digest != digest:
        detail = f"Version {version.version} of {version.kid} was published from other inputs."
        raise Problem(409, "version-taken", detail, "Raise the version in kpublish.yaml and release again.")
    if version.status == Status.REVIEW and version.digest != digest:
        detail = f"Version {version.version} of {version.kid} is in review, made from other inputs."
        raise Problem(409, "in-review", detail, "Ask a reviewer to send it back, or raise the version in kpublish.yaml.")


def refuse_taken_kids(kid: str, kids: list[str]) -> None:
    """Refuse kids that others have: a copied repository copies them; they name the resources of who published them first.

    Raises
    ------
    Problem
        409 that names the first.
    """
    ended = Resource.objects.filter(version__status__in=ENDED, kid__in=set(kids))
    taken = ended.exclude(version__kid=kid).select_related("version").first()
    if taken:
        raise Problem(
            409,
            "kid-taken",
            f"The kid {taken.kid} belongs to the published resource {taken.version.kid}.",
            "Give the resources of a copied repository kids of their own.",
        )


def _write_files(version: Version, release: Release) -> None:
    """Content that this release may have and that is in the store has arrived: it need not be sent again."""
    stored = store()
    known = known_of(version, {entry.sha256 for entry in release.files})
    version.files.all().delete()
    arrived = {entry.sha256 for entry in release.files if entry.sha256 in known and stored.holds(entry.sha256, entry.size)}
    File.objects.bulk_create(files_of(version, release, arrived))


def files_of(version: Version, release: Release, arrived: Container[str]) -> Iterator[File]:
    """The rows of the files of a version; ``arrived`` are the checksums of those whose bytes are in the store."""
    for entry in release.files:
        yield File(
            version=version,
            path=entry.path,
            sha256=entry.sha256,
            size=entry.size,
            media_type=entry.mediaType,
            arrived=entry.sha256 in arrived,
        )


def write_index(version: Version, release: Release) -> None:
    """Write down which kids stand in a version."""
    version.resources.all().delete()
    Resource.objects.bulk_create(index_of(version, release))


def index_of(version: Version, release: Release) -> Iterator[Resource]:
    """The rows of the kids that stand in a version: its own first."""
    own = release.resource
    yield Resource(version=version, kid=release.kid, kind="release", ktype=own.ktype or "", title=own.title)
    for number, member in enumerate(release.members):
        yield Resource(
            version=version,
            kid=member.resource.kid,
            member=number,
            name=member.name,
            kind=member.kind,
            ktype=member.resource.ktype or "",
            title=member.resource.title,
        )


@transaction.atomic
def drop(version: Version, path: str, holder: str) -> None:
    """Forget that a file of a draft has arrived.

    Raises
    ------
    Problem
        409 if the version is no draft or in other hands, 404 if it has no such file.
    """
    version = Version.objects.select_for_update().get(pk=version.pk)
    if version.has_ended:
        raise Problem(
            409, "published", "A published version never changes.", "Raise the version in kpublish.yaml and release again."
        )
    if version.status == Status.REVIEW:
        raise Problem(409, "in-review", "A version in review does not change.", "Ask a reviewer to send it back.")
    refuse_other_holder(version, holder)
    entry = version.files.filter(path=path).first()
    if entry is None:
        raise not_found(f"file {path!r} in this version")
    version.files.filter(pk=entry.pk).update(arrived=False)
    transaction.on_commit(lambda: shelf.forget(version, of=entry.sha256))
