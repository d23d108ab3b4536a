"""The index of words in the database: FTS5 of SQLite, or a tsvector of PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.db import connection, transaction

from kpublish.datacenter.search.words import LONGEST, asked, fts5, tsquery, tsvector, words

#: The key of an entry and its texts: title, names, all other text.
Entry = tuple[int, tuple[str, str, str]]
#: SQL that selects keys of entries, with its parameters; empty SQL for all.
Selection = tuple[str, tuple[Any, ...]]
ALL: Selection = ("", ())
#: The most entries that are ranked, and in which values of facets are counted: the newest, if more answer.
MOST = 5_000
#: Weights of title, names, and all other text.
_WEIGHTS = (10.0, 4.0, 1.0)


class Engine(Protocol):
    """An index of words."""

    def make(self) -> tuple[str, ...]:
        """SQL that makes the index."""

    def drop(self) -> tuple[str, ...]:
        """SQL that removes it."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Keep the words of new entries."""

    def remove(self, keys: Sequence[int]) -> None:
        """Forget the words of entries."""

    def tidy(self) -> None:
        """Forget words whose entry is gone, and put the index in order."""

    def matching(self, question: str, within: Selection = ALL) -> Selection:
        """The entries in which all is found that is asked for, and that are also in another selection."""

    def count(self, question: str, within: Selection) -> int:
        """How many these are."""

    def ranked(self, question: str, within: Selection) -> Selection:
        """Of these the newest, MOST at most, the best first."""


class Fts5:
    """SQLite FTS5, https://www.sqlite.org/fts5.html."""

    def make(self) -> tuple[str, ...]:
        return ("CREATE VIRTUAL TABLE datacenter_words USING fts5(title, names, text, tokenize='unicode61 remove_diacritics 0')",)

    def drop(self) -> tuple[str, ...]:
        return ("DROP TABLE datacenter_words",)

    def write(self, entries: Sequence[Entry]) -> None:
        self.remove([key for key, _ in entries])
        plain: list[tuple[Any, ...]] = [(key, *(" ".join(words(text)[:LONGEST]) for text in texts)) for key, texts in entries]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO datacenter_words(rowid, title, names, text) VALUES (%s, %s, %s, %s)", plain)

    def remove(self, keys: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM datacenter_words WHERE rowid = %s", [(key,) for key in keys])

    def tidy(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM datacenter_words WHERE rowid NOT IN (SELECT version_id FROM datacenter_listing)")
            cursor.execute("INSERT INTO datacenter_words(datacenter_words) VALUES ('optimize')")

    def matching(self, question: str, within: Selection = ALL) -> Selection:
        return self._found("rowid", question, within)

    def count(self, question: str, within: Selection) -> int:
        return _number(self._found("count(*)", question, within))

    def ranked(self, question: str, within: Selection) -> Selection:
        score = f"bm25(datacenter_words, {', '.join(map(str, _WEIGHTS))})"
        sql, params = self._found(f"rowid AS key, {score} AS score", question, within)
        joined = f"({sql} ORDER BY rowid DESC LIMIT {MOST}) AS found JOIN datacenter_listing ON version_id = key"
        return f"SELECT key FROM {joined} ORDER BY score, published DESC, key DESC", params  # noqa: S608 - ours

    def _found(self, columns: str, question: str, within: Selection) -> Selection:
        """The plus keeps SQLite from looking for the words anew for each key."""
        sql, params = within
        narrowed = f" AND +rowid IN ({sql})" if sql else ""
        found = f"SELECT {columns} FROM datacenter_words WHERE datacenter_words MATCH %s{narrowed}"  # noqa: S608 - ours
        return found, (fts5(asked(question)), *params)


class Tsvector:
    """PostgreSQL, https://www.postgresql.org/docs/15/textsearch.html; no dictionary, so that it finds what FTS5 finds."""

    def make(self) -> tuple[str, ...]:
        return (
            "ALTER TABLE datacenter_listing ADD COLUMN words tsvector NOT NULL DEFAULT ''",
            "CREATE INDEX datacenter_words ON datacenter_listing USING gin(words)",
        )

    def drop(self) -> tuple[str, ...]:
        return ("ALTER TABLE datacenter_listing DROP COLUMN words",)

    def write(self, entries: Sequence[Entry]) -> None:
        rows = [(tsvector(texts), key) for key, texts in entries]
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE datacenter_listing SET words = %s::tsvector WHERE version_id = %s", rows)

    def remove(self, keys: Sequence[int]) -> None:
        """They stand in the entry itself."""

    def tidy(self) -> None:
        """They go with the entry."""

    def matching(self, question: str, within: Selection = ALL) -> Selection:
        return self._found("version_id", question, within)

    def count(self, question: str, within: Selection) -> int:
        """From the index of words: it is not known to PostgreSQL that to read and unpack all words takes several times as long."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            return _number(self._found("count(*)", question, within))

    def ranked(self, question: str, within: Selection) -> Selection:
        sql, params = self._found("version_id AS key, published, words", question, within)
        newest = f"{sql} ORDER BY version_id DESC LIMIT {MOST}"
        score = "ts_rank('{0.1, 0.1, 0.4, 1.0}', words, %s::tsquery)"
        ordered = f"SELECT key FROM ({newest}) AS found ORDER BY {score} DESC, published DESC, key DESC"  # noqa: S608 - ours
        return ordered, (*params, tsquery(asked(question)))

    def _found(self, columns: str, question: str, within: Selection) -> Selection:
        sql, params = within
        narrowed = f" AND version_id IN ({sql})" if sql else ""
        found = f"SELECT {columns} FROM datacenter_listing WHERE words @@ %s::tsquery{narrowed}"  # noqa: S608 - ours
        return found, (tsquery(asked(question)), *params)


def _number(selected: Selection) -> int:
    with connection.cursor() as cursor:
        cursor.execute(*selected)
        return int(cursor.fetchone()[0])


def engine(vendor: str = "") -> Engine:
    """The index of the database in use."""
    return Tsvector() if (vendor or connection.vendor) == "postgresql" else Fts5()
