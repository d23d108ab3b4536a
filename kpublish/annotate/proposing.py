"""From a bare table to what is proposed for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from kpublish.annotate import RECOGNISERS
from kpublish.model.annotation import ColumnDraft, Draft, Question
from kpublish.model.bare_table import BareColumn, BareTable


def propose(table: BareTable, answers: Mapping[tuple[str, ...], Any] | None = None) -> Draft:
    """Return what the recognisers make of a table, with the questions that are left.

    Parameters
    ----------
    table
        As :func:`kpublish.formats.reading_any.read_any` returned it.
    answers
        What is said already: names and roles help to recognise the rest.
    """
    said = answers or {}
    names = Counter(column.name for column in table.columns)
    keys = [
        column.name if column.name and names[column.name] == 1 else str(number) for number, column in enumerate(table.columns, 1)
    ]
    draft = Draft(
        table, tuple(_column(column, " ".join(key.split()), said) for column, key in zip(table.columns, keys, strict=True))
    )
    for _, recogniser in sorted(RECOGNISERS.all(), key=lambda member: member[1].ORDER):
        draft = recogniser.recognise(draft)
    title, description = _title(table), _description(draft)
    asked = (Question(("title",), "Title of the table", title), Question(("description",), "What it holds", description))
    return replace(draft, title=title, description=description, questions=(*asked, *draft.questions))


def _column(column: BareColumn, key: str, answers: Mapping[tuple[str, ...], Any]) -> ColumnDraft:
    name = " ".join((column.name or "").split())
    rest = name or str(answers.get(("columns", key, "name"), ""))
    meta = {"ucd": column.ucd} if column.ucd else {}
    if role := answers.get(("columns", key, "role")):
        meta["role"] = str(role)
    return ColumnDraft(key, name, rest, column.datatype, said_unit=column.unit, description=column.description or "", meta=meta)


def _title(table: BareTable) -> str:
    stem = re.sub(r"[_+\s]+", " ", PurePath(table.path).stem).strip()
    title = f"{stem}, {table.name}" if table.name and table.name != stem else stem
    return title[:1].upper() + title[1:]


def _description(draft: Draft) -> str:
    """What the file says itself; else the values against what they stand along."""
    for key, value in draft.table.meta.items():
        if key.lower() in ("description", "comment") and isinstance(value, str) and value.strip():
            return " ".join(value.split())
    along = _named(draft, ("lower_edge", "center", "xvalue", "time"))
    values = _named(draft, ("value", "limit"))
    if not values:
        return ""
    text = f"{_joined(values)} against {_joined(along)}" if along else _joined(values)
    return f"{text[:1].upper()}{text[1:]}."


def _named(draft: Draft, roles: tuple[str, ...]) -> list[str]:
    found = (_words(column.meta, column) for column in draft.columns if column.meta.get("role") in roles)
    return list(dict.fromkeys(name[:1].lower() + name[1:] for name in found))


def _words(meta: Mapping[str, str], column: ColumnDraft) -> str:
    return meta.get("name") or column.base or column.name


def _joined(words: list[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1]
