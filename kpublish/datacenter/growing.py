"""The tables of the trail only grow: the database itself refuses to change or remove a line."""

from __future__ import annotations

from collections.abc import Iterator

#: Of versions; of people, tokens, projects and collections.
TABLES = ("datacenter_event", "datacenter_act")
_SENTENCE = "the trail only grows"


def keeping(vendor: str) -> Iterator[str]:
    """SQL that makes the triggers, for SQLite or PostgreSQL; a migration that remakes a table makes its triggers anew."""
    if vendor == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION datacenter_only_grows() RETURNS trigger AS "
            f"$$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$ LANGUAGE plpgsql"
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            if vendor == "postgresql":
                yield f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION datacenter_only_grows()"
            else:
                yield f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"


def keeping_whole(vendor: str) -> Iterator[str]:
    """SQL against what no trigger on single lines sees: TRUNCATE of PostgreSQL, and REPLACE of SQLite.

    A REPLACE removes the line that is in its way without asking (https://www.sqlite.org/lang_conflict.html).
    """
    for table in TABLES:
        if vendor == "postgresql":
            yield (
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION datacenter_only_grows()"
            )
        else:
            yield (
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - the names are ours
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
            )


def letting_go(vendor: str, *verbs: str) -> Iterator[str]:
    """SQL that removes the triggers against these verbs."""
    for table in TABLES:
        for verb in verbs:
            yield f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if vendor == "postgresql" else "")
