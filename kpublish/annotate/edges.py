"""Edges and centres of bins: names that end or begin alike, in pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from kpublish.annotate.rules import Rule, first
from kpublish.model.annotation import ColumnDraft, Draft, Question

ORDER = 20

RULES = (
    Rule(
        "lower-edge",
        r"(?P<base>.+?)[ _.-]?(?:lower|low|lo|min|left)(?:[ _]edge)?",
        {"role": "lower_edge"},
        ("nu_E low", {"base": "nu_E"}),
    ),
    Rule(
        "upper-edge",
        r"(?P<base>.+?)[ _.-]?(?:upper|high|hi|max|right)(?:[ _]edge)?",
        {"role": "upper_edge"},
        ("Emax", {"base": "E"}),
    ),
    Rule("lower-edge-before", r"(?:lower|low|min)[ _](?P<base>.+)", {"role": "lower_edge"}, ("min energy", {"base": "energy"})),
    Rule("upper-edge-before", r"(?:upper|high|max)[ _](?P<base>.+)", {"role": "upper_edge"}, ("max_energy", {"base": "energy"})),
    Rule(
        "center",
        r"(?P<base>.+?)[ _.-](?:centers?|centres?|cen|mid|mean|ref)",
        {"role": "center"},
        ("nu_E center", {"base": "nu_E"}),
    ),
    Rule("first-edge", r"(?P<base>[A-Za-z]+)[ _]?1", {"role": "lower_edge"}, ("E1", {"base": "E"})),
    Rule("second-edge", r"(?P<base>[A-Za-z]+)[ _]?2", {"role": "upper_edge"}, ("E2", {"base": "E"})),
)
_PAIR = ("lower_edge", "upper_edge")


def recognise(draft: Draft) -> Draft:
    """Give edges their roles where both stand there, and ask what centres are where no edges do."""
    found = [first(RULES, column.rest) if column.datatype not in ("string", "bool") else None for column in draft.columns]
    count = Counter((said["base"].lower(), said["role"]) for _, said in filter(None, found))
    columns, questions = [], []
    for column, one in zip(draft.columns, found, strict=True):
        base, role = (one[1]["base"], one[1]["role"]) if one else ("", "")
        edges = [count[base.lower(), each] for each in _PAIR]
        if not one or (role in _PAIR and edges != [1, 1]):
            columns.append(column)
            continue
        columns.append(column.with_rule(one[0], rest=base, base=base.lower(), meta={"role": role}))
        if role == "center" and edges != [1, 1]:
            key = column.key
            text = f"{key}: are these centres of bins (center), or points (xvalue)"
            questions.append(Question(("columns", key, "role"), text, "center", ("center", "xvalue")))
    return replace(draft, columns=tuple(_shared_units(_between(columns)))).asking(*questions)


def _between(columns: Sequence[ColumnDraft]) -> list[ColumnDraft]:
    """A column that has just the name of what edges are of stands between them."""
    edged = {column.base for column in columns if column.meta.get("role") in _PAIR}
    return [
        column.with_rule("between-edges", base=column.rest.lower(), meta={"role": "center"})
        if not column.base and column.rest.lower() in edged and column.datatype not in ("string", "bool")
        else column
        for column in columns
    ]


def _shared_units(columns: Sequence[ColumnDraft]) -> list[ColumnDraft]:
    """The edges of one quantity have one unit: where only one of them says it, it holds for all."""
    units = {column.base: column for column in columns if column.base and column.unit is not None}
    return [
        column.with_rule("unit-of-partner", unit=units[column.base].unit)
        if column.unit is None and column.base in units
        else column
        for column in columns
    ]
