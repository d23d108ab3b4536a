"""The database of a data center's folder: opened, migrated, and the token of its owner let in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from kpublish.datacenter import folder
from kpublish.errors import ConfigurationError, StorageError, UsageError

#: Number of the lock that whoever migrates a PostgreSQL holds.
_LOCK = 0x6B707562


def open_(data: Path) -> None:
    """Configure Django for this folder and bring its tables up to date; only by who holds the folder.

    Raises
    ------
    StorageError
        If the database cannot be used.
    """
    configure(data)
    with telling(data), _alone():
        _migrate()
        from kpublish.datacenter.search.listing import is_complete, list_all

        if not is_complete():
            list_all()


def _migrate() -> None:
    """Apply each migration and note it at once: Django notes some afterwards, and a kill between would apply them twice."""
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        whole = transaction.atomic() if migration.atomic else nullcontext()
        with connection.constraint_checks_disabled(), whole:  # SQLite can switch them off only outside of a transaction
            MigrationExecutor(connection).migrate([(migration.app_label, migration.name)])
    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone() -> Iterator[None]:
    """Let no other machine migrate the same PostgreSQL meanwhile; an SQLite stands in the folder, which is ours already."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def join(data: Path) -> None:
    """Configure Django for a folder in which a server may be running.

    Raises
    ------
    UsageError
        If the folder is no data center's, or its server is of another version.
    StorageError
        If the database cannot be used.
    """
    if not (data / "server.lock").is_file():
        raise UsageError(f"{data} is no data center.", remedy="Name its folder with --data; kpublish serve makes one.")
    configure(data)
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with telling(data):
        executor = MigrationExecutor(connection)
        is_old = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if is_old:
        with folder.locked(data):
            open_(data)


def configure(data: Path) -> None:
    """Set Django up; a process works in one folder.

    Raises
    ------
    ConfigurationError
        If a setting cannot be understood; a service for the world is told all of them by its checks.
    """
    os.environ["KPUBLISH_DC_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kpublish.datacenter.settings"
    import django

    django.setup()
    from django.conf import settings

    if settings.FAULTS and not settings.PRODUCTION:
        fault = next(iter(settings.FAULTS.values()))
        raise ConfigurationError(f"{fault}.", remedy='See the how-to "Deploy the data center".')


def let_in(data: Path) -> None:
    """Let in the token that stands in the folder.

    Raises
    ------
    StorageError
        If the database cannot be used.
    """
    from kpublish.datacenter.authentication import digest_of
    from kpublish.datacenter.models import Token

    with telling(data):
        Token.objects.update_or_create(name="local", defaults={"digest": digest_of(folder.token(data))})


@contextmanager
def telling(data: Path) -> Iterator[None]:
    """Make a sentence of what the database says.

    Raises
    ------
    StorageError
        With the words of the database.
    """
    from django.db import DatabaseError, InterfaceError

    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        told = " ".join(str(error).split()).rstrip(".")
        raise StorageError(f"The database of the data center in {data} cannot be used: {told}.", remedy=_remedy(told)) from error


def _remedy(told: str) -> str:
    from django.db import connection

    if "locked" in told or "deadlock" in told:
        return "Another program works on it; run the same command again in a moment."
    if connection.vendor != "sqlite":
        return "Check KPUBLISH_DC_DATABASE, and that the database runs; then run the same command again."
    return "If the disk is full, free some space; else put datacenter.sqlite3 back from a copy, or name another folder."
