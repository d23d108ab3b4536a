"""How the bytes of a file come to a draft; a checksum alone opens nobody's bytes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from kpublish.datacenter.deposit.leases import refuse_other_holder
from kpublish.datacenter.models import File, Status, Version
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.storage import store


def receive(version: Version, sha256: str, length: int, blocks: Iterable[bytes], holder: str) -> bool:
    """Take the bytes of a file; return whether they are new.

    Raises
    ------
    Problem
        404 if the version has no such file, 422 if the stated length is not that of the file, 409 if it is in other hands.
    IntegrityError, StorageError
        If the bytes are wrong, or cannot be stored.
    """
    entry = wanted(version, sha256, holder)
    if length != entry.size:
        raise Problem(
            422, "checksum", f"The body has {length} bytes, the file {entry.size}.", "Send the file as the release names it."
        )
    is_new = not is_known(version, entry)
    if is_new:
        store().receive(blocks, sha256, entry.size)
    arrive(version, entry)
    return is_new


def wanted(version: Version, sha256: str, holder: str) -> File:
    """The file with this checksum.

    Raises
    ------
    Problem
        404 if the version has no such file, 409 if it is in other hands.
    """
    entry = version.files.filter(sha256=sha256).first()
    if entry is None:
        raise not_found(f"file with sha256 {sha256} in this version")
    if not version.has_ended:
        refuse_other_holder(version, holder)
    return entry


def is_known(version: Version, entry: File) -> bool:
    """Whether the content of a file need not be sent: it is in the store, and this version may have it."""
    return store().holds(entry.sha256, entry.size) and bool(known_of(version, {entry.sha256}))


def arrive(version: Version, entry: File) -> None:
    """Note that the content of a file is in the store."""
    same = File.objects.filter(version=version, version__status=Status.DRAFT, sha256=entry.sha256, size=entry.size)
    same.update(arrived=True)


def known_of(version: Version, checksums: set[str]) -> set[str]:
    """Of these contents those that everyone may read, or that arrived for this release: a checksum alone opens nobody's bytes."""
    arrived = File.objects.filter(sha256__in=checksums, arrived=True)
    today = timezone.now().date()
    is_open = Q(version__embargo__isnull=True) | Q(version__embargo__lte=today)
    mine = Q(version__kid=version.kid)
    found = arrived.filter(mine | (Q(version__status=Status.PUBLISHED) & is_open))
    return set(found.values_list("sha256", flat=True))
