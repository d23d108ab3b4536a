"""What a file found anywhere says about itself, and what a source knows of it: which version is current, and where its data are.

Figures say it in their XMP packet, annotated tables in their header, analysis packages in their description. Only a source that is
named is asked; no address that stands in a file is followed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from kpublish.errors import IntegrityError, NoIdentity, NotFound
from kpublish.files import open_bytes, read_bytes, sha256_of
from kpublish.model.bundle import FileEntry, Release
from kpublish.model.identifiers import PUBLIC_ADDRESS, landing_address
from kpublish.model.resource import ResourceHeader
from kpublish.store.catalogue import Found, files_of, member_of
from kpublish.store.km3store import KM3Store

#: Bytes of the largest figure, and characters of the longest packet, that are read.
LARGEST, LONGEST = 64 * 1024 * 1024, 1_000_000
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
#: First bytes of a figure → its format; in every other file a packet is looked for as text, as in SVG, JPEG, TIFF and WebP.
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "png", b"%PDF-": "pdf"}


def identify(file: Path) -> dict[str, Any]:
    """Return what a file, or the ``.xmp`` beside a figure, says about it.

    Returns
    -------
    dict
        The fields of :data:`kpublish.formats.xmp.PROPERTIES`, and ``kind``: ``figure``, ``table`` or ``package``.

    Raises
    ------
    NoIdentity
        If it says nothing.
    IntegrityError
        If what it says cannot be read.
    MissingFile, UnreadableFile
        If the file cannot be read.
    """
    with open_bytes(file) as stream:
        beginning = stream.read(8)
    if beginning.startswith(b"PK\3\4"):
        return _package(file)
    if beginning.startswith(b"# %ECSV"):
        return _table(file, "ecsv")
    if beginning == b"\x89HDF\r\n\x1a\n":
        return _table(file, "h5")
    return _figure(file)


def _figure(file: Path) -> dict[str, Any]:
    from kpublish.formats import FORMATS, FigureFormat
    from kpublish.formats.xmp import SIDECAR, fields

    content = read_bytes(file, limit=LARGEST)
    name = next((name for beginning, name in _BEGINNINGS.items() if content.startswith(beginning)), "svg")
    packet = cast(FigureFormat, FORMATS.get(name)).extract(content)
    said = fields(packet) if packet and len(packet) <= LONGEST else {}
    beside = file.with_suffix(SIDECAR)
    if not _names(said) and beside != file and beside.is_file():
        said = fields(read_bytes(beside, limit=LONGEST).decode("utf-8", "replace"))
    if not _names(said):
        remedy = (
            "Figures that kpublish render drew, annotated tables and analysis packages say what they are; "
            "screenshots, and copies from which a converter removed the metadata, do not."
        )
        raise NoIdentity(f"{file} does not say which resource it is.", remedy=remedy)
    return {"kind": "figure", **said}


def _names(said: Mapping[str, Any]) -> bool:
    return bool(_UUID.fullmatch(said.get("kid") or ""))


def _table(file: Path, kind: str) -> dict[str, Any]:
    """A table says its own fields; what it inherits stands in its release."""
    from kpublish.formats import FORMATS, TableFormat

    table = cast(TableFormat, FORMATS.get(kind)).read(file, file.name)
    if table.resource is None or not table.kid:
        raise NoIdentity(f"{file} does not say which resource it is.", remedy="Run kpublish annotate to give it a kid.")
    own = {"path": file.name, "sha256": table.sha256, "kid": table.kid}
    return {"kind": "table", **_said(table.resource), "landing": landing_address(table.kid, PUBLIC_ADDRESS), "data": [own]}


def _package(file: Path) -> dict[str, Any]:
    from kpublish.bundles.verifying import verify

    release = verify(file).release
    data = [
        {"path": entry.path, "sha256": entry.sha256, "kid": member.resource.kid}
        for member in release.members
        if member.kind == "table"
        for entry in files_of(release, member)
    ]
    return {"kind": "package", **_said(release.resource), "release": release.kid, "landing": release.landing, "data": data}


def _said(resource: ResourceHeader) -> dict[str, Any]:
    """The fields that a resource and a packet have in common; what is not said is left out."""
    said = {
        "title": resource.title,
        "authors": [author.display_name for author in resource.creators],
        "description": resource.description,
        "publisher": [resource.publisher] if resource.publisher else [],
        "license": resource.license,
        "kid": resource.kid,
        "version": resource.version,
    }
    return {key: value for key, value in said.items() if value}


def published(store: KM3Store, said: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Return what a source knows of a resource.

    Returns
    -------
    dict
        ``state``: ``newest``, ``superseded``, ``unlisted`` (the file's version is not there) or ``unknown`` (the resource is not
        there); ``version``, ``doi`` and ``landing`` of the newest one; ``unchanged``, whether the file has bytes that were
        published in its version; ``data``, path, kid, sha256 and address of each table in it.

    Raises
    ------
    Unreachable
        If the source does not answer.
    """
    try:
        newest = store.find(said["kid"])
    except NotFound:
        return {"state": "unknown", "at": store.address}
    own = _own_version(store, said, newest)
    release, member = newest
    known: dict[str, Any] = {
        "state": "unlisted" if own is None else "newest" if own[0].version == release.version else "superseded",
        "at": store.address,
        "version": release.version,
        "doi": (member.resource.idDOI if member else None) or release.resource.idDOI,
        "landing": release.landing,
    }
    if own:
        digest = sha256_of(file)[0]
        known["unchanged"] = any(entry.sha256 == digest for entry in own[0].files)
        known["data"] = [_whereabouts(own[0], entry) for entry in data_of(own)]
    return known


def _own_version(store: KM3Store, said: Mapping[str, Any], newest: Found) -> Found | None:
    """The file's own version; of a table without one, the newest."""
    if said.get("version") in (None, newest[0].version):
        return newest
    try:
        return store.find(said["kid"], said["version"])
    except (NotFound, IntegrityError):
        return None


def data_of(found: Found) -> list[FileEntry]:
    """The files of the tables that a figure draws, of a table itself, or of every table of a release."""
    release, member = found
    if member and member.kind == "table":
        return list(files_of(release, member))
    kids = member.tables if member else [one.resource.kid for one in release.members if one.kind == "table"]
    tables = [(release, table) for kid in kids if (table := member_of(release, kid))]
    return [entry for table in tables for entry in files_of(*table)]


def _whereabouts(release: Release, entry: FileEntry) -> dict[str, str]:
    member = member_of(release, entry.kid) if entry.kid else None
    stated = [source.accessURL or "" for source in member.resource.source] if member else []
    addresses = [address for address in stated if "://" in address]
    return {
        "path": entry.path,
        "kid": entry.kid or "",
        "sha256": entry.sha256,
        "address": addresses[0] if addresses else release.landing,
    }


def drawn_from(store: KM3Store, said: Mapping[str, Any]) -> tuple[Release, list[FileEntry]]:
    """Return the release of the file's own version, and the files of its data in it.

    Raises
    ------
    NotFound
        If the source has not that resource, or not in that version.
    IntegrityError
        If it has other data than the file says.
    """
    found = store.find(said["kid"], said.get("version"))
    entries = data_of(found)
    stated = {one.get("sha256") for one in said.get("data") or [] if one.get("sha256")}
    if said["kind"] == "figure" and not stated <= {entry.sha256 for entry in entries}:
        raise IntegrityError(
            f"{store.address} has other data under this kid and version than the figure was drawn from.",
            remedy="Tell who published it; kpublish get KID downloads what is there.",
        )
    return found[0], entries
