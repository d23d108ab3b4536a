"""Names of columns in the annotated table: as they are, where programs can use them; else made of what was understood."""

from __future__ import annotations

import re
from dataclasses import replace

from kpublish.annotate.rules import Rule
from kpublish.model.annotation import ColumnDraft, Draft, Question

ORDER = 80

RULES = (Rule("usable", r"(?P<name>[A-Za-z_]\w*)", {}, ("dnde_err", {"name": "dnde_err"})),)
#: More columns without a name than this are not asked about one by one.
_MANY = 12
_WORDS = {
    "lower_edge": "Lower edge of the bin in {}",
    "upper_edge": "Upper edge of the bin in {}",
    "center": "Center of the bin in {}",
    "error": "Error of the {}",
    "error_plus": "Upward error of the {}",
    "error_minus": "Downward error of the {}, as a positive length",
    "limit": "Limit of the {}",
}
_SUFFIXES = {
    "lower_edge": "low",
    "upper_edge": "high",
    "center": "center",
    "error": "error",
    "error_plus": "error_plus",
    "error_minus": "error_minus",
    "limit": "limit",
}


def recognise(draft: Draft) -> Draft:
    """Name every column once; ask where the file names none."""
    taken: set[str] = set()
    columns, questions = [], []
    for number, column in enumerate(draft.columns, 1):
        name = _once(_name(column) or f"column_{number}", taken)
        columns.append(replace(column, name=name, description=_description(column)))
        if not column.said:
            questions.append(Question(("columns", column.key, "name"), f"Column {number}: its name", name))
    named = replace(draft, columns=tuple(columns))
    if len(questions) > _MANY:
        return named.noting(f"{len(questions)} columns have no names; answers may give them")
    return named.asking(*questions)


def _name(column: ColumnDraft) -> str:
    said = RULES[0].read(column.said)
    if said:
        return str(said["name"])
    parts = ("log10" if column.log else "", column.rest, column.meta.get("source", ""), _suffix(column))
    name = re.sub(r"[^0-9A-Za-z]+", "_", " ".join(filter(None, parts))).strip("_")
    return f"n_{name}" if name[:1].isdigit() else name


def _description(column: ColumnDraft) -> str:
    """What the file says of a column, else its name with what it is of it."""
    name = str(column.meta.get("name", ""))
    if not name or column.description not in ("", name):
        return column.description
    words = _WORDS.get(str(column.meta.get("role")), "{}").format(name[:1].lower() + name[1:])
    source = str(column.meta.get("source", ""))
    text = f"{source} {words[:1].lower()}{words[1:]}" if source else words
    text = f"log10 of the {text[:1].lower()}{text[1:]}" if column.log else text
    return text[:1].upper() + text[1:] if not column.log else text


def _suffix(column: ColumnDraft) -> str:
    return _SUFFIXES.get(str(column.meta.get("role")), "") if column.base else ""


def _once(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free.lower() in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free.lower())
    return free
