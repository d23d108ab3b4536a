"""The XMP packet in a PDF: the metadata stream of its catalogue (ISO 32000-2:2020, section 14.3.2)."""

from __future__ import annotations

from io import BytesIO

from kpublish.errors import IntegrityError
from kpublish.registry import import_with_hint

KIND = "figure"
SUFFIXES = (".pdf",)
MEDIA_TYPE = "application/pdf"


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
            return stream.read_bytes().decode("utf-8", "replace") if isinstance(stream, pikepdf.Stream) else None
    except pikepdf.PdfError:
        return None
