"""Sidecars: metadata beside a file that cannot hold a header, ``FILE.km3.yaml``."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kpublish.files import sha256_of
from kpublish.formats.yaml_document import write_text

#: Suffix → media type of files that hold no table of their own.
_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".eps": "application/postscript",
    ".ps": "application/postscript",
    ".gif": "image/gif",
}
#: What may hold tables, and shall stay as it is.
_DATA = {".root": "application/x-root", ".h5": "application/x-hdf5", ".hdf5": "application/x-hdf5", ".fits": "application/fits"}


def stands_alone(file: Path) -> bool:
    """Whether a file can hold neither a header nor a table."""
    return file.suffix.lower() in _TYPES


def sidecar_of(file: Path) -> Path:
    """Return the path of a file's sidecar."""
    return file.with_name(f"{file.name}.km3.yaml")


def sidecar(file: Path, authors: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the text of a new sidecar.

    Raises
    ------
    MissingFile, UnreadableFile
        If the file cannot be read.
    """
    digest, size = sha256_of(file)
    title = re.sub(r"[_+\s-]+", " ", file.stem).strip()
    resource = {
        "kid": str(uuid.uuid4()),
        "title": title[:1].upper() + title[1:],
        "resourceType": "plot" if stands_alone(file) else "dataset",
        "source": {
            "accessURL": file.name,
            "accessFormat": (_TYPES | _DATA).get(file.suffix.lower(), "application/octet-stream"),
            "fileSize": size,
            "checksum": {"algorithm": "sha256", "value": digest},
        },
    }
    return write_text({"KM3Resource": {**resource, **({"authors": list(authors)} if authors else {})}})
