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
_KEYWORD = b"XML:com.adobe.xmp\0"
#: As ImageMagick and GraphicsMagick write it: name, length and hexadecimal digits, compressed or not.
_RAW = b"Raw profile type xmp\0"
#: Bytes of the longest packet that is unpacked.
LONGEST = 4 * 1024 * 1024


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
    """Return the packet of a PNG, or None; also where another tool has written it anew, compressed or as a raw profile."""
    found = (_packet(kind, data) for kind, data in _chunks(content))
    return next((packet.decode("utf-8", "replace") for packet in found if packet), None)


def _packet(kind: bytes, data: bytes) -> bytes:
    """The packet in a chunk; empty where it holds none."""
    if _is_xmp(kind, data):
        compressed, data = data[len(_KEYWORD)], data[len(_KEYWORD) + 2 :]
        # A language and a translated keyword end with a zero each.
        text = data.split(b"\0", 2)[-1]
        return _inflated(text) if compressed else text
    if kind in (b"zTXt", b"tEXt") and data.startswith(_RAW):
        text = data[len(_RAW) :]
        return _from_digits(_inflated(text[1:]) if kind == b"zTXt" else text)
    return b""


def _inflated(content: bytes) -> bytes:
    """Few compressed bytes may mean very many: at most :data:`LONGEST` of them."""
    try:
        return zlib.decompressobj().decompress(content, LONGEST)
    except zlib.error:
        return b""


def _from_digits(profile: bytes) -> bytes:
    """The bytes of a raw profile: behind its name and length stand digits in lines."""
    try:
        return bytes.fromhex(b"".join(profile.split()[2:]).decode("ascii"))
    except ValueError:
        return b""


def _is_xmp(kind: bytes, data: bytes) -> bool:
    return kind == b"iTXt" and data.startswith(_KEYWORD) and len(data) > len(_HEAD)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and data of each chunk; ends where the content is no PNG any more."""
    offset = len(SIGNATURE) if content.startswith(SIGNATURE) else len(content)
    while offset + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, offset)
        yield kind, content[offset + 8 : offset + 8 + length]
        offset += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
