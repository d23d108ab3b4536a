"""The XMP packet in an SVG: inside its ``metadata`` element (XMP specification, part 3, section 2.6; SVG 1.1, section 21)."""

from __future__ import annotations

import re

from kpublish.errors import IntegrityError
from kpublish.formats.xmp import within

KIND = "figure"
SUFFIXES = (".svg",)
MEDIA_TYPE = "image/svg+xml"

_METADATA = re.compile(r"\s*<metadata\b[^>]*(?:/>|>.*?</metadata>)", re.DOTALL)
_START = re.compile(r"""<svg\b(?:[^>"']|"[^"]*"|'[^']*')*>""")


def embed(content: bytes, packet: str) -> bytes:
    """Return the SVG with the packet as its first child; metadata that was there is replaced.

    Raises
    ------
    IntegrityError
        If ``content`` is not an SVG.
    """
    text = _METADATA.sub("", content.decode("utf-8", "replace"), count=1)
    start = _START.search(text)
    if not start or start[0].endswith("/>"):
        raise IntegrityError("This is not an SVG image.", remedy="Draw the figure again.")
    return f"{text[: start.end()]}\n <metadata>{packet}</metadata>{text[start.end() :]}".encode()


def extract(content: bytes) -> str | None:
    """Return the packet of an SVG, or None."""
    return within(content.decode("utf-8", "replace"))
