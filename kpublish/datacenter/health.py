"""Whether the data center can do its work: database, storage and search; what is wrong stands in the log, not in the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import Error, connection

from kpublish.datacenter.search.engines import engine
from kpublish.datacenter.storage import store
from kpublish.errors import KpublishError

LOG = logging.getLogger("kpublish.datacenter.health")


def health() -> dict[str, str]:
    """Return part → ``ok`` or ``failing``."""
    return {name: _asked(name, ask) for name, ask in _PARTS.items()}


def _asked(name: str, ask: Callable[[], object]) -> str:
    try:
        ask()
    except (Error, KpublishError, OSError) as error:
        LOG.error("%s: %s", name, error)
        return "failing"
    return "ok"


def _database() -> None:
    from kpublish.datacenter.models import Version

    Version.objects.exists()


def _search() -> None:
    with connection.cursor() as cursor:
        sql, params = engine().matching("neutrino")
        cursor.execute(f"{sql} LIMIT 1", params)
        cursor.fetchone()


_PARTS: dict[str, Callable[[], object]] = {"database": _database, "storage": lambda: store().probe(), "search": _search}
