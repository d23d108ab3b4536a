"""Zenodo, its sandbox, and every other InvenioRDM: its records API (https://inveniordm.docs.cern.ch/reference/rest_api_index/)."""

from __future__ import annotations

from kpublish.archives.invenio_rdm.deposit import InvenioRDM
from kpublish.archives.invenio_rdm.probing import probe
from kpublish.config import ArchiveSettings
from kpublish.http import check_address

__all__ = ["FILES", "MINTS", "NEEDS_MD5", "NEEDS_TOKEN", "PARALLEL", "TAKES_EMPTY", "WITNESS", "connect", "probe"]

NEEDS_TOKEN, MINTS, NEEDS_MD5, WITNESS, TAKES_EMPTY = True, True, True, False, False
PARALLEL = 4
FILES = "bundle"


def connect(settings: ArchiveSettings) -> InvenioRDM:
    """Return the server at ``settings.url``; nothing is asked yet.

    Raises
    ------
    ConfigurationError
        If the address is not https (loopback excepted).
    """
    check_address(settings.url)
    return InvenioRDM(settings)
