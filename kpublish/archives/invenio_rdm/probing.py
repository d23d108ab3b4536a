"""What ``kpublish doctor`` can know of an InvenioRDM before a release."""

from __future__ import annotations

from collections.abc import Iterator

from kpublish.archives.clock import clock
from kpublish.archives.invenio_rdm.records import Records
from kpublish.config import ArchiveSettings, missing_token
from kpublish.errors import KpublishError
from kpublish.model.archive import Probe


def probe(settings: ArchiveSettings) -> Iterator[Probe]:
    """Yield what is known of token, community and quota."""
    if settings.token is None:
        error = missing_token(settings)
        yield Probe("token", "wrong", error.message, error.remedy)
        return
    records = Records(settings)
    try:
        owned = len(records.mine())
    except KpublishError as error:
        yield Probe("token", "wrong", error.message, error.remedy)
        return
    yield clock(records.date)
    yield Probe("token", "ok", f"it is known, and owns {owned} records and drafts")
    yield Probe("rights", "unknown", "the server does not tell what a token may do before it is tried")
    if settings.options.community:
        try:
            records.community(settings.options.community)
            yield Probe("community", "ok", f"{settings.options.community} is there")
        except KpublishError as error:
            yield Probe("community", "wrong", error.message, error.remedy)
    yield Probe("quota", "unknown", "the server does not tell it; Zenodo takes 50 GB and 100 files in a record")
