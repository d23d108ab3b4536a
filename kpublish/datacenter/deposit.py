"""How a version comes to be: opened, filled, published; each step is one transaction and safe to repeat."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kpublish.bundles.paths import clash
from kpublish.datacenter.models import File, Resource, Status, Version
from kpublish.datacenter.problems import Problem, not_found
from kpublish.datacenter.serializers import Sent
from kpublish.datacenter.storage import Store
from kpublish.errors import IntegrityError
from kpublish.files import safe_join
from kpublish.model.bundle import FileEntry, Release

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*(; ?[a-z0-9-]+=[\"A-Za-z0-9.+_:/-]+)*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: Of addresses of bytes and pages; others (javascript:, data:, file:) are no addresses that readers may be sent to.
_SCHEMES = ("http", "https", "ftp", "root", "s3")


def store() -> Store:
    """The content store of this data center."""
    return Store(settings.DATA)


# --- what a release must be beyond its model ------------------------------------------------------------------


def check(release: Release) -> None:
    """Refuse a release that could not be kept or shown safely.

    Raises
    ------
    Problem
        422 with every field that is wrong.
    """
    faults = [{"field": field, "message": message} for field, message in _faults(release)]
    if faults:
        detail = f"The release is not valid: {faults[0]['field']}: {faults[0]['message']}"
        raise Problem(422, "invalid", detail, "Mend the fields that are named.", errors=faults)


def _faults(release: Release) -> Iterator[tuple[str, str]]:
    if not _VERSION.fullmatch(release.version):
        yield "version", "use letters, digits and . + _ - (at most 64), a letter or digit first"
    seen: set[str] = set()
    for field, kid in (
        ("kid", release.kid),
        *((f"members.{n}.resource.kid", m.resource.kid) for n, m in enumerate(release.members)),
    ):
        if not _is_uuid(kid):
            yield field, "is not a UUID in small letters"
        if kid in seen:
            yield field, f"the kid {kid} stands twice in this release"
        seen.add(kid)
    if release.resource.kid != release.kid:
        yield "resource.kid", "differs from kid"
    if release.resource.version not in (None, release.version):
        yield "resource.version", "differs from version"
    yield from _address_faults(release)
    yield from _file_faults(release.files)


def _address_faults(release: Release) -> Iterator[tuple[str, str]]:
    if not _is_web_address(release.landing):
        yield "landing", "is not an address on the web without credentials"
    for field, resource in (
        ("resource", release.resource),
        *((f"members.{n}.resource", member.resource) for n, member in enumerate(release.members)),
    ):
        for number, source in enumerate(resource.source):
            address = source.accessURL or ""
            if not (_is_web_address(address) if _SCHEME.match(address) else _is_safe(address)):
                yield f"{field}.source.{number}.accessURL", "is neither a path in the package nor a web address without credentials"


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    usable = address.isprintable() and " " not in address and "@" not in parts.netloc
    return parts.scheme in _SCHEMES and bool(parts.netloc) and usable


def _file_faults(entries: Iterable[FileEntry]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if not _is_safe(entry.path):
            yield f"files.{number}.path", "is not a plain relative path with /"
        if entry.path in seen:
            yield f"files.{number}.path", f"{entry.path!r} stands twice in this release"
        seen.add(entry.path)
        if not _MEDIA_TYPE.fullmatch(entry.mediaType):
            yield f"files.{number}.mediaType", "is not a media type"
    if double := clash(seen):
        yield "files", f"{double[0]!r} and {double[1]!r} are one file on some systems"


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _is_safe(path: str) -> bool:
    try:
        safe_join(Path(settings.DATA), path)
    except (IntegrityError, OSError, ValueError):
        return False
    return path == str(PurePosixPath(path)) and path != "." and path.isprintable() and len(path) <= 1024


# --- open, fill, publish --------------------------------------------------------------------------------------


@transaction.atomic
def open_draft(sent: Sent) -> tuple[Version, bool]:
    """Create the draft of a version or bring it up to date; return it and whether it is new.

    A published version with the same digest is returned as it is.

    Raises
    ------
    Problem
        409 if the version was published from other inputs, or a kid belongs to another release.
    """
    release = sent.release
    version, is_new = Version.objects.get_or_create(
        kid=release.kid, version=release.version, defaults={"digest": release.digest, "document": sent.document}
    )
    _refuse_other_inputs(version, release.digest)
    if version.is_published:
        return version, False
    _refuse_taken_kids(release.kid, [release.kid, *(member.resource.kid for member in release.members)])
    version.digest, version.document = release.digest, sent.document
    version.save()
    _write_files(version, release)
    _write_index(version, release)
    return version, is_new


def _refuse_other_inputs(version: Version, digest: str) -> None:
    if version.is_published and version.digest != digest:
        raise Problem(
            409,
            "version-taken",
            f"Version {version.version} of {version.kid} was published from other inputs.",
            "Raise the version in kpublish.yaml and release again.",
        )


def _refuse_taken_kids(kid: str, kids: list[str]) -> None:
    """A copied repository copies its kids; they name the resources of the one that published them first."""
    published = Resource.objects.filter(version__status=Status.PUBLISHED, kid__in=set(kids))
    taken = published.exclude(version__kid=kid).select_related("version").first()
    if taken:
        raise Problem(
            409,
            "kid-taken",
            f"The kid {taken.kid} belongs to the published resource {taken.version.kid}.",
            "Give the resources of a copied repository kids of their own.",
        )


def _write_files(version: Version, release: Release) -> None:
    """Content that is in the store already has arrived: it need not be sent again."""
    known = store()
    version.files.all().delete()
    File.objects.bulk_create(
        File(
            version=version,
            path=entry.path,
            sha256=entry.sha256,
            size=entry.size,
            media_type=entry.mediaType,
            arrived=known.holds(entry.sha256, entry.size),
        )
        for entry in release.files
    )


def _write_index(version: Version, release: Release) -> None:
    version.resources.all().delete()
    own = Resource(
        version=version, kid=release.kid, kind="release", ktype=release.resource.ktype or "", title=release.resource.title
    )
    members = (
        Resource(
            version=version,
            kid=member.resource.kid,
            member=number,
            name=member.name,
            kind=member.kind,
            ktype=member.resource.ktype or "",
            title=member.resource.title,
        )
        for number, member in enumerate(release.members)
    )
    Resource.objects.bulk_create([own, *members])


def receive(version: Version, sha256: str, length: int, blocks: Iterable[bytes]) -> bool:
    """Take the bytes of a file; return whether they are new.

    Raises
    ------
    Problem
        404 if the version has no such file, 422 if the stated length is not that of the file.
    IntegrityError, StorageError
        If the bytes are wrong, or cannot be stored.
    """
    entry = version.files.filter(sha256=sha256).first()
    if entry is None:
        raise not_found(f"file with sha256 {sha256} in this version")
    if length != entry.size:
        raise Problem(
            422, "checksum", f"The body has {length} bytes, the file {entry.size}.", "Send the file as the release names it."
        )
    is_new = not store().holds(sha256, entry.size)
    if is_new:
        store().receive(blocks, sha256, entry.size)
    File.objects.filter(version=version, version__status=Status.DRAFT, sha256=sha256, size=entry.size).update(arrived=True)
    return is_new


def drop(version: Version, path: str) -> None:
    """Forget that a file of a draft has arrived.

    Raises
    ------
    Problem
        409 if the version is published, 404 if it has no such file.
    """
    if version.is_published:
        raise Problem(
            409, "published", "A published version never changes.", "Raise the version in kpublish.yaml and release again."
        )
    if not version.files.filter(path=path).update(arrived=False):
        raise not_found(f"file {path!r} in this version")


def publish(version: Version, digest: str | None = None) -> None:
    """Make a complete draft visible; one UPDATE after all content is safely on disk.

    Parameters
    ----------
    version
        The draft; a published version is left as it is.
    digest
        If given, what the draft must have been made from: two publishers of one version do not publish one another's.

    Raises
    ------
    Problem
        409 if files are missing, if the draft was made from other inputs, or a kid was published by another release meanwhile.
    """
    _forget_lost_files(version)
    store().sync(version.files.filter(arrived=True).values_list("sha256", flat=True))
    with transaction.atomic():
        version.refresh_from_db()
        if digest is not None and digest != version.digest:
            raise Problem(
                409, "version-taken", "Somebody else opened this version from other inputs.", "Raise the version in kpublish.yaml."
            )
        if version.is_published:
            return
        _refuse_taken_kids(version.kid, list(version.resources.values_list("kid", flat=True)))
        _refuse_incomplete(version)
        Version.objects.filter(pk=version.pk).update(status=Status.PUBLISHED, published=timezone.now())
    version.refresh_from_db()


def _forget_lost_files(version: Version) -> None:
    """What is marked as arrived, but is gone from the store, is asked for again."""
    if version.is_published:
        return
    lost = [file.pk for file in version.files.filter(arrived=True) if not store().holds(file.sha256, file.size)]
    version.files.filter(pk__in=lost).update(arrived=False)


def _refuse_incomplete(version: Version) -> None:
    missing = list(version.files.filter(arrived=False).values_list("path", flat=True))
    if missing:
        detail = f"{len(missing)} of the files have not arrived: {', '.join(missing[:20])}{', …' if len(missing) > 20 else ''}"
        raise Problem(409, "incomplete", detail, "Send the missing files, then publish.", missing=missing)
