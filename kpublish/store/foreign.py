"""Records that kpublish did not make, told as a release: what InvenioRDM says of them, and every file as it is.

Metadata as of https://inveniordm.docs.cern.ch/reference/metadata/.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import PurePosixPath
from typing import Any

from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.model.media_types import media_type
from kpublish.model.people import Author
from kpublish.model.resource import KM3Resource, Source

#: What SPDX calls a licence that nobody stated.
_UNSTATED = "NOASSERTION"
_KID = re.compile(r"urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def kid_of(record: Mapping[str, Any]) -> str | None:
    """The kid that a record states as alternate identifier, or None."""
    stated = (str(one.get("identifier")) for one in record["metadata"].get("identifiers", ()))
    return next((found[1] for found in map(_KID.fullmatch, stated) if found), None)


def entry_of_file(file: Mapping[str, Any]) -> FileEntry:
    """A file of a record, with the checksum that the record states.

    Raises
    ------
    ValueError
        If it states none that we know.
    """
    algorithm, _, digits = str(file["checksum"]).partition(":")
    if algorithm != "md5":
        raise ValueError("no md5")
    key = str(file["key"])
    role = "data" if key.endswith(".ecsv") else "document"
    return FileEntry.model_validate({"path": key, "size": file["size"], "md5": digits, "mediaType": media_type(key), "role": role})


def release_of(record: Mapping[str, Any], files: Sequence[FileEntry]) -> Release:
    """Return the release as which a record is told; what identifies it is derived from its address.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is none of InvenioRDM.
    """
    landing = str(record["links"]["self_html"])
    parent = str(record.get("parent", {}).get("id") or record["id"])
    kid = kid_of(record) or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{landing.rpartition('/')[0]}/{parent}"))
    metadata = record["metadata"]
    resource = _resource(record, kid, landing)
    digest = hashlib.sha256("\n".join(sorted(f"{entry.md5} {entry.path}" for entry in files)).encode()).hexdigest()
    return Release(
        kid=kid,
        version=str(metadata.get("version") or record["id"]),
        digest=digest,
        commit="",
        landing=landing,
        resource=resource,
        members=tuple(_member(entry, resource) for entry in files),
        files=tuple(files),
    )


def _resource(record: Mapping[str, Any], kid: str, landing: str) -> KM3Resource:
    metadata = record["metadata"]
    rights = metadata.get("rights") or [{}]
    doi = record.get("pids", {}).get("doi", {}).get("identifier")
    return KM3Resource(
        title=str(metadata["title"]),
        description=_text(str(metadata["description"])) if metadata.get("description") else None,
        publisher=str(metadata.get("publisher") or "unknown"),
        datePublication=str(metadata["publication_date"])[:10],
        license=str(rights[0].get("id") or "").upper() or _UNSTATED,
        kid=kid,
        idDOI=str(doi) if doi else None,
        version=str(metadata.get("version") or record["id"]),
        authors=tuple(_author(creator["person_or_org"]) for creator in metadata.get("creators", ())),
        keywords=tuple(str(one["subject"]) for one in metadata.get("subjects", ()) if one.get("subject")),
        source=(Source(accessURL=landing, accessFormat="text/html"),),
    )


def _author(who: Mapping[str, Any]) -> Author:
    orcid = next((one["identifier"] for one in who.get("identifiers", ()) if one.get("scheme") == "orcid"), None)
    kind = "collaboration" if who.get("type") == "organizational" else "person"
    return Author.model_validate({"name": str(who["name"]), "orcid": orcid, "type": kind})


def _member(entry: FileEntry, resource: KM3Resource) -> Member:
    kid = str(uuid.uuid5(uuid.UUID(resource.kid), entry.path))
    source = Source(accessURL=entry.path, accessFormat=entry.mediaType, fileSize=entry.size)
    own = resource.model_copy(update={"kid": kid, "title": entry.path, "idDOI": None, "description": None, "source": (source,)})
    kind = "table" if entry.path.endswith(".ecsv") else "file"
    return Member.model_validate(
        {"kind": kind, "name": PurePosixPath(entry.path).stem, "path": entry.path, "resource": own, "files": (entry.path,)}
    )


def _text(html: str) -> str:
    """The words of a description, whose tags InvenioRDM has cleaned."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
