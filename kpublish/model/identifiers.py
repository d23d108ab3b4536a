"""Identifiers that kpublish derives: landing addresses and the UUID of one version of a resource."""

from __future__ import annotations

import uuid

#: The public address of the KM3NeT Open Data Center, where landing pages live.
PUBLIC_ADDRESS = "https://opendata.km3net.de"


def landing_address(kid: str, public_address: str = PUBLIC_ADDRESS) -> str:
    """Return the public landing address of a resource.

    >>> landing_address("6e4a8a33-5c6a-4f0e-9d3c-0c4b1d3c2a10")
    'https://opendata.km3net.de/r/6e4a8a33-5c6a-4f0e-9d3c-0c4b1d3c2a10'
    """
    return f"{public_address.rstrip('/')}/r/{kid}"


def version_uuid(kid: str, version: str) -> str:
    """Return the UUID of one version of a resource: uuid5(kid, version), RFC 9562 section 5.5; never written into files.

    >>> version_uuid("6e4a8a33-5c6a-4f0e-9d3c-0c4b1d3c2a10", "1.0.0")
    '3b2efa2f-9424-5748-a452-19be813ebad5'
    """
    return str(uuid.uuid5(uuid.UUID(kid), version))
