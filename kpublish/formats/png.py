"""The XMP packet in a PNG: an iTXt chunk with keyword ``XML:com.adobe.xmp`` (PNG 3rd edition, https://www.w3.org/TR/png-3/#11iTXt)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from kpublish.errors import IntegrityError

KIND = "figure"
SUFFIXES = (".png",)
MEDIA_TYPE = "image/png"

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Keyword, then: not compressed, method 0, no language, no translated keyword.
_HEAD = b"XML:com.adobe.xmp\0\0\0\0\0"


def embed(content: bytes, packet: str) -> bytes:
    """Return the PNG with the packet right behind its header; a packet that was there is replaced.

    Raises
    ------
    IntegrityError
        If ``content`` is not a PNG.
    """
    chunks = [(kind, data) for kind, data in _chunks(content) if not _is_xmp(kind, data)]
    if not chunks or chunks[0][0] != b"IHDR":
        raise IntegrityError("This is not a PNG image.", remedy="Draw the figure again.")
    chunks.insert(1, (b"iTXt", _HEAD + packet.encode()))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def extract(content: bytes) -> str | None:
    """Return the packet of a PNG, or None."""
    return next((data[len(_HEAD) :].decode("utf-8", "replace") for kind, data in _chunks(content) if _is_xmp(kind, data)), None)


def _is_xmp(kind: bytes, data: bytes) -> bool:
    return kind == b"iTXt" and data.startswith(_HEAD)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and data of each chunk; ends where the content is no PNG any more."""
    offset = len(SIGNATURE) if content.startswith(SIGNATURE) else len(content)
    while offset + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, offset)
        yield kind, content[offset + 8 : offset + 8 + length]
        offset += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
