"""How a version comes to be and what becomes of it; each step is one transaction and safe to repeat."""

from kpublish.datacenter.deposit.amending import amend
from kpublish.datacenter.deposit.arriving import receive
from kpublish.datacenter.deposit.checking import check
from kpublish.datacenter.deposit.claims import quota_of, used_by
from kpublish.datacenter.deposit.commenting import comment
from kpublish.datacenter.deposit.drafts import drop, open_draft
from kpublish.datacenter.deposit.leases import current, give_back, lease
from kpublish.datacenter.deposit.publishing import decide, publish, refuse_errors, withdraw
from kpublish.datacenter.deposit.records import note

__all__ = [
    "amend",
    "check",
    "comment",
    "current",
    "decide",
    "drop",
    "give_back",
    "lease",
    "note",
    "open_draft",
    "publish",
    "quota_of",
    "receive",
    "refuse_errors",
    "used_by",
    "withdraw",
]
