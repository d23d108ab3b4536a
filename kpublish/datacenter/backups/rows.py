"""The rows of the database as lines of JSON, both directions; what is made anew of others is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

#: Made anew: the catalogue of the versions; kinds and rights by Django; sessions begin again.
_LEFT_OUT = (
    *("datacenter.listing", "datacenter.facet", "datacenter.tally", "datacenter.edition"),
    *("contenttypes.contenttype", "auth.permission", "sessions.session"),
)
_CHUNK = 500


def kinds() -> list[type[models.Model]]:
    """The models whose rows are kept, those that others are named by first."""
    found = serializers.sort_dependencies([(app, None) for app in apps.get_app_configs()], allow_cycles=True)
    return [model for model in found if model._meta.managed and model._meta.label_lower not in _LEFT_OUT]


def migrations() -> list[str]:
    """The newest migration of every app: what the tables look like."""
    leaves: list[Any] = MigrationLoader(connection).graph.leaf_nodes()
    return sorted(f"{app}.{name}" for app, name in leaves)


@contextmanager
def snapshot() -> Iterator[None]:
    """See the database as it is now, whatever others write meanwhile; nobody waits for that."""
    if connection.vendor == "sqlite":  # Django's own transactions would keep writers out
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def write(stream: IO[str]) -> dict[str, int]:
    """Write every row; return how many there are of each kind. Inside of a snapshot."""
    counted = {}
    for model in kinds():
        rows = model._base_manager.order_by("pk").iterator(chunk_size=_CHUNK)
        seen = _Counting(rows)
        serializers.serialize("jsonl", seen, stream=stream, use_natural_foreign_keys=True, ensure_ascii=False)
        counted[model._meta.label_lower] = seen.count
    return counted


class _Counting:
    """Counts what passes."""

    def __init__(self, rows: Iterable[models.Model]) -> None:
        self.count = 0
        self._rows = rows

    def __iter__(self) -> Iterator[models.Model]:
        for row in self._rows:
            self.count += 1
            yield row


def load(lines: IO[str]) -> dict[str, int]:
    """Put the rows into empty tables as they were, their numbers too; return how many there are of each kind.

    Raises
    ------
    DeserializationError
        If a line is no row of ours.
    """
    counted = dict.fromkeys((model._meta.label_lower for model in kinds()), 0)
    for row in serializers.deserialize("jsonl", lines):
        row.save(force_insert=True)
        counted[row.object._meta.label_lower] += 1
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kinds()):
            cursor.execute(statement)
    return counted


def first_row() -> str:
    """The kind of which there is a row already; empty, if there is none. The token of the folder does not count."""
    from kpublish.datacenter.models import Token

    others = Token.objects.exclude(name="local")
    found = (model for model in kinds() if (others if model is Token else model._base_manager).exists())
    return next((str(model._meta.verbose_name) for model in found), "")
