"""Options and arguments that several commands share."""

from __future__ import annotations

import click

#: Where ``ls``, ``show`` and ``get`` read.
source = click.option(
    "--from",
    "--url",
    "address",
    metavar="ADDRESS",
    help="A data center, a record of Zenodo or InvenioRDM, a folder of releases, or a package; else KPUBLISH_DATACENTER_URL "
    "or the KM3NeT Open Data Center.",
)
#: Which version ``show`` and ``get`` take.
version = click.option("--version", "version", metavar="VERSION", help="The newest one unless stated.")
