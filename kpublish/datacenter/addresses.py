"""Where things are on this server."""

from __future__ import annotations

from urllib.parse import quote

from kpublish.datacenter.models import Collection, Version


def page_address(version: Version, base: str = "") -> str:
    """Address of the landing page of one version."""
    return f"{base}/r/{version.kid}/{quote(version.version)}"


def file_address(version: Version, path: str, base: str = "") -> str:
    """Address of a file of one version.

    Files keep their relative places, so links inside them still lead to one another.
    """
    return f"{page_address(version, base)}/files/{quote(path)}"


def collection_address(collection: Collection, base: str = "", version: str = "") -> str:
    """Address of the page of a collection, or of one of its versions."""
    page = f"{base}/collections/{collection.kid}"
    return f"{page}/{quote(version)}" if version else page
