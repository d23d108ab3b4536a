"""The index of words in the database: FTS5 of SQLite, or a tsvector of PostgreSQL."""

from __future__ import annotations

from typing import Protocol

from django.db import connection, models
from django.db.models.expressions import RawSQL

from kpublish.datacenter.models import Listing
from kpublish.datacenter.search.words import LONGEST, asked, fts5, tsquery, tsvector, words

#: Weights of title, names, and all other text.
_WEIGHTS = (10.0, 4.0, 1.0)


class Engine(Protocol):
    """An index of words."""

    def make(self) -> tuple[str, ...]:
        """SQL that makes the index."""

    def drop(self) -> tuple[str, ...]:
        """SQL that removes it."""

    def write(self, key: int, texts: tuple[str, str, str]) -> None:
        """Keep the words of an entry: title, names, all other text."""

    def remove(self, key: int) -> None:
        """Forget the words of an entry."""

    def tidy(self) -> None:
        """Forget words whose entry is gone, and put the index in order."""

    def matching(self, question: str) -> RawSQL:
        """Keys of the entries in which all is found that is asked for."""

    def ranked(self, question: str) -> models.QuerySet[Listing]:
        """The same entries, the best first; not to be used inside of another query."""


class Fts5:
    """SQLite FTS5, https://www.sqlite.org/fts5.html."""

    def make(self) -> tuple[str, ...]:
        return ("CREATE VIRTUAL TABLE datacenter_words USING fts5(title, names, text, tokenize='unicode61 remove_diacritics 0')",)

    def drop(self) -> tuple[str, ...]:
        return ("DROP TABLE datacenter_words",)

    def write(self, key: int, texts: tuple[str, str, str]) -> None:
        plain = [" ".join(words(text)[:LONGEST]) for text in texts]
        self.remove(key)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO datacenter_words(rowid, title, names, text) VALUES (%s, %s, %s, %s)", [key, *plain])

    def remove(self, key: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM datacenter_words WHERE rowid = %s", [key])

    def tidy(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM datacenter_words WHERE rowid NOT IN (SELECT version_id FROM datacenter_listing)")
            cursor.execute("INSERT INTO datacenter_words(datacenter_words) VALUES ('optimize')")

    def matching(self, question: str) -> RawSQL:
        return RawSQL("SELECT rowid FROM datacenter_words WHERE datacenter_words MATCH %s", [fts5(asked(question))])

    def ranked(self, question: str) -> models.QuerySet[Listing]:
        return Listing.objects.extra(  # noqa: S610 - the SQL is ours, the question a parameter
            tables=["datacenter_words"],
            where=["datacenter_words.rowid = datacenter_listing.version_id AND datacenter_words MATCH %s"],
            params=[fts5(asked(question))],
            select={"score": f"bm25(datacenter_words, {', '.join(map(str, _WEIGHTS))})"},
            order_by=["score", "-published", "-version_id"],
        )


class Tsvector:
    """PostgreSQL, https://www.postgresql.org/docs/15/textsearch.html; no dictionary, so that it finds what FTS5 finds."""

    def make(self) -> tuple[str, ...]:
        return (
            "ALTER TABLE datacenter_listing ADD COLUMN words tsvector NOT NULL DEFAULT ''",
            "CREATE INDEX datacenter_words ON datacenter_listing USING gin(words)",
        )

    def drop(self) -> tuple[str, ...]:
        return ("ALTER TABLE datacenter_listing DROP COLUMN words",)

    def write(self, key: int, texts: tuple[str, str, str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE datacenter_listing SET words = %s::tsvector WHERE version_id = %s", (tsvector(texts), key))

    def remove(self, key: int) -> None:
        """They stand in the entry itself."""

    def tidy(self) -> None:
        """They go with the entry."""

    def matching(self, question: str) -> RawSQL:
        query = tsquery(asked(question))
        return RawSQL("SELECT version_id FROM datacenter_listing WHERE words @@ %s::tsquery", [query])

    def ranked(self, question: str) -> models.QuerySet[Listing]:
        query = tsquery(asked(question))
        return Listing.objects.extra(
            where=["datacenter_listing.words @@ %s::tsquery"],
            params=[query],
            select={"score": "-ts_rank('{0.1, 0.1, 0.4, 1.0}', datacenter_listing.words, %s::tsquery)"},
            select_params=[query],
            order_by=["score", "-published", "-version_id"],
        )


def engine(vendor: str = "") -> Engine:
    """The index of the database in use."""
    return Tsvector() if (vendor or connection.vendor) == "postgresql" else Fts5()
