"""The list of checksums in a package, ``manifest-sha256.txt``, as ``sha256sum -c`` reads it (GNU coreutils)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from kpublish.errors import IntegrityError

#: Name in the package; everything but itself is listed.
MANIFEST = "manifest-sha256.txt"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def write_manifest(checksums: Iterable[tuple[str, str]]) -> bytes:
    """Return the manifest of (path, sha256) pairs, in their order.

    >>> write_manifest([("data/a.ecsv", "0" * 64)]) == b"0" * 64 + b"  data/a.ecsv" + bytes([10])
    True
    """
    return "".join(f"{sha256}  {path}\n" for path, sha256 in checksums).encode()


def read_manifest(content: bytes) -> dict[str, str]:
    """Return path → sha256.

    Raises
    ------
    IntegrityError
        If a line is no checksum and path, or a path stands there twice.
    """
    checksums: dict[str, str] = {}
    for number, line in enumerate(content.decode("utf-8", "replace").split("\n")[:-1], 1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in checksums:
            raise IntegrityError(f"Line {number} of {MANIFEST} is not a checksum and a new path.", remedy="Get the package again.")
        checksums[match[2]] = match[1]
    return checksums


def digest_of(checksums: Mapping[str, str]) -> str:
    """Return the digest that identifies a release: sha256 over the sorted manifest of the tracked input files (path → sha256)."""
    return hashlib.sha256(write_manifest(sorted(checksums.items()))).hexdigest()
