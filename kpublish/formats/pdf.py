"""The XMP packet in a PDF: the metadata stream of its catalogue (ISO 32000-2:2020, section 14.3.2)."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Any

from kpublish.errors import IntegrityError
from kpublish.registry import import_with_hint

KIND = "figure"
SUFFIXES = (".pdf",)
MEDIA_TYPE = "application/pdf"

#: Bytes of the longest packet that is read.
LONGEST = 4 * 1024 * 1024


def embed(content: bytes, packet: str) -> bytes:
    """Return the PDF with the packet as its metadata; a packet that was there is replaced.

    Raises
    ------
    IntegrityError
        If ``content`` is not a PDF.
    MissingExtra
        If pikepdf is not installed.
    """
    pikepdf = import_with_hint("pikepdf")

    try:
        with pikepdf.open(BytesIO(content)) as document:
            document.Root.Metadata = document.make_stream(packet.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
            stream = BytesIO()
            # The identifier is made from the content, and the packet is left as it is: the same bytes in every process.
            document.save(stream, deterministic_id=True, fix_metadata_version=False)
            return stream.getvalue()
    except pikepdf.PdfError as error:
        raise IntegrityError(f"This is not a PDF document: {error}.", remedy="Draw the figure again.") from error


def extract(content: bytes) -> str | None:
    """Return the packet of a PDF, or None."""
    pikepdf = import_with_hint("pikepdf")

    try:
        with pikepdf.open(BytesIO(content)) as document:
            stream = document.Root.get("/Metadata")
            return _unpacked(stream).decode("utf-8", "replace") if isinstance(stream, pikepdf.Stream) else None
    # An encrypted document is none to it, and pikepdf tells damage to the catalogue by errors of Python.
    except (pikepdf.PdfError, pikepdf.PasswordError, AttributeError, TypeError, ValueError):
        return None


def _unpacked(stream: Any) -> bytes:
    """The stream's bytes, at most :data:`LONGEST`: a few compressed ones may mean very many."""
    content, packing = stream.read_raw_bytes(), stream.get("/Filter")
    if packing is None:
        return bytes(content[:LONGEST])
    if str(packing) != "/FlateDecode" or "/DecodeParms" in stream:
        return b""
    try:
        return zlib.decompressobj().decompress(content, LONGEST)
    except zlib.error:
        return b""
