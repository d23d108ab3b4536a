"""Django system checks of a data center for the world: what must be stated, and whether it works; see the ids in each message."""

# ruff: noqa: ARG001 - the framework calls with these arguments, used or not

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from kpublish.errors import KpublishError
from kpublish.http import check_address

TAG = "kpublish"
Check = Callable[..., list[CheckMessage]]


def _production(check: Callable[[], Iterator[CheckMessage]]) -> Check:
    """A check that only a data center for the world must pass."""

    def run(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
        return list(check()) if settings.PRODUCTION else []

    register(TAG)(run)
    return run


@_production
def secret_key() -> Iterator[CheckMessage]:
    """kpublish.E001: links of reviewers are signed by a key that every worker has and nobody guesses."""
    if fault := settings.FAULTS.get("SECRET_KEY"):
        yield Error(f"{fault}.", hint="Name a file that the service may read.", id="kpublish.E001")
    elif len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 10:
        hint = "Let the data center make one in its folder, or state 50 random signs in KPUBLISH_DC_SECRET_KEY_FILE."
        yield Error("The secret key is short or simple.", hint=hint, id="kpublish.E001")


@_production
def allowed_hosts() -> Iterator[CheckMessage]:
    """kpublish.E002: only names that are ours."""
    if wide := [name for name in settings.ALLOWED_HOSTS if name.startswith((".", "*"))]:
        hint = "List every name in KPUBLISH_DC_HOSTS, separated by commas."
        yield Error(f"The host {wide[0]!r} stands for names of others, too.", hint=hint, id="kpublish.E002")


@_production
def https() -> Iterator[CheckMessage]:
    """kpublish.E003: tokens travel encrypted."""
    if not settings.PUBLIC_URL or "PUBLIC_URL" in settings.FAULTS:
        return
    try:
        check_address(settings.PUBLIC_URL)
    except KpublishError as error:
        yield Error(f"KPUBLISH_DC_PUBLIC_URL: {error.message}", hint=error.remedy, id="kpublish.E003")


@_production
def database() -> Iterator[CheckMessage]:
    """kpublish.E004: the database answers; kpublish.W001: SQLite serves one machine only."""
    from django.db import Error as Failure
    from django.db import connection

    if fault := settings.FAULTS.get("DATABASES"):
        hint = "Write postgresql://user@host:port/name; the password may stand in KPUBLISH_DC_DATABASE_PASSWORD_FILE."
        yield Error(f"{fault}.", hint=hint, id="kpublish.E004")
        return
    try:
        connection.ensure_connection()
    except Failure as error:
        hint = "Check KPUBLISH_DC_DATABASE, and that it runs."
        told = " ".join(str(error).split())
        yield Error(
            f"The database does not answer: {told}.", hint="Check KPUBLISH_DC_DATABASE, and that it runs.", id="kpublish.E004"
        )
        return
    if connection.vendor == "sqlite":
        hint = "It is fine for one machine and few writers; else state KPUBLISH_DC_DATABASE=postgresql://…"
        yield Warning("The database is SQLite.", hint=hint, id="kpublish.W001")


@_production
def storage() -> Iterator[CheckMessage]:
    """kpublish.E005: the storage takes content; kpublish.W002: nobody else reads the folder."""
    from kpublish.datacenter.storage import store

    try:
        store().probe()
    except KpublishError as error:
        yield Error(error.message, hint=error.remedy, id="kpublish.E005")
    if settings.DATA.is_dir() and stat.S_IMODE(settings.DATA.stat().st_mode) & 0o077:
        hint = f"Run: chmod 700 {settings.DATA}"
        yield Warning("Others on this machine may look into the folder of the data center.", hint=hint, id="kpublish.W002")


@_production
def public_address() -> Iterator[CheckMessage]:
    """kpublish.E006: identifiers, links and id tokens name one address."""
    hint = "Set KPUBLISH_DC_PUBLIC_URL=https://opendata.example.org"
    if fault := settings.FAULTS.get("PUBLIC_URL"):
        yield Error(f"{fault}.", hint=hint, id="kpublish.E006")
    elif not settings.PUBLIC_URL:
        yield Error("The public address is not stated.", hint=hint, id="kpublish.E006")


@_production
def log_days() -> Iterator[CheckMessage]:
    """kpublish.E007: for how long logs are kept is stated."""
    if fault := settings.FAULTS.get("LOG_DAYS"):
        yield Error(f"{fault}.", hint="Set KPUBLISH_DC_LOG_DAYS=30", id="kpublish.E007")


@_production
def patience() -> Iterator[CheckMessage]:
    """kpublish.E009: how slow callers may be is stated."""
    if fault := settings.FAULTS.get("PATIENCE"):
        yield Error(f"{fault}.", hint="Set KPUBLISH_DC_PATIENCE=20", id="kpublish.E009")


@_production
def debug() -> Iterator[CheckMessage]:
    """kpublish.E008: failures are not told to the world."""
    if settings.DEBUG:
        yield Error("DEBUG is on.", hint="Leave it off.", id="kpublish.E008")
