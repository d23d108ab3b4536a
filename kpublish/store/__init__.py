"""The reader's side: a KM3Store lists and loads what was published."""

from __future__ import annotations

from kpublish.store.km3store import KM3Store

__all__ = ["KM3Store"]
