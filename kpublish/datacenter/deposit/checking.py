"""What a release must be beyond its model, so that it can be kept and shown safely."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings

from kpublish.datacenter.problems import Problem
from kpublish.errors import IntegrityError
from kpublish.files import safe_join
from kpublish.files.paths import clash
from kpublish.model.bundle import FileEntry, Release

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*(; ?[a-z0-9-]+=[\"A-Za-z0-9.+_:/-]+)*")
#: Files of one release, and bytes of one file: more no database counts.
_MOST, _LARGEST = 50_000, 2**63 - 1
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: Of addresses of bytes and pages; others (javascript:, data:, file:) are no addresses that readers may be sent to.
_SCHEMES = ("http", "https", "ftp", "root", "s3")


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


def _file_faults(entries: Sequence[FileEntry]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    if len(entries) > _MOST:
        yield "files", f"are {len(entries)}; a release has at most {_MOST}"
        return
    for number, entry in enumerate(entries):
        if entry.size > _LARGEST:
            yield f"files.{number}.size", "is larger than any file"
        if not _is_safe(entry.path):
            yield f"files.{number}.path", "is not a plain relative path with /"
        if entry.path in seen:
            yield f"files.{number}.path", f"{entry.path!r} stands twice in this release"
        seen.add(entry.path)
        if not entry.sha256:
            yield f"files.{number}.sha256", "is missing"
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
