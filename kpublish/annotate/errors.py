"""Errors, limits and confidence levels: names that add something to the name of a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kpublish.annotate.rules import Rule, first
from kpublish.model.annotation import ColumnDraft, Draft, Question

ORDER = 30

_ERROR = r"(?:errors?|err|unc|uncertainty|sigma|delta)"
_OF = r"(?P<base>.*?)[ _]?(?P<source>stat|sys|syst)?[ _]?"
RULES = (
    Rule(
        "error-minus",
        rf"{_OF}{_ERROR}[ _]?(?:n|m|lo|low|lower|down|dn|minus|neg|-)",
        {"role": "error_minus"},
        ("flux_errn", {"base": "flux"}),
    ),
    Rule(
        "error-plus", rf"{_OF}{_ERROR}[ _]?(?:p|hi|high|upper|up|plus|pos|\+)", {"role": "error_plus"}, ("ErrorPlus", {"base": ""})
    ),
    Rule(
        "source-minus",
        r"(?P<base>.+?)[ _](?P<source>stat|sys|syst)[ _](?:minus|down|low)",
        {"role": "error_minus"},
        ("SIG stat minus", {"base": "SIG", "source": "stat"}),
    ),
    Rule(
        "source-plus",
        r"(?P<base>.+?)[ _](?P<source>stat|sys|syst)[ _](?:plus|up|high)",
        {"role": "error_plus"},
        ("SIG sys plus", {"base": "SIG", "source": "sys"}),
    ),
    Rule(
        "error-of-label",
        r"(?P<base>.+?)[ _](?P<source>stat|sys|syst),(?P<label>\w+)",
        {"role": "error"},
        ("SIG sys,lumi", {"base": "SIG", "source": "sys", "label": "lumi"}),
    ),
    Rule(
        "error-of-source",
        rf"(?P<base>.+?)[ _](?P<source>stat|sys|syst|statistical|systematic)(?:[ _]?{_ERROR})?",
        {"role": "error"},
        ("rate_stat", {"base": "rate", "source": "stat"}),
    ),
    Rule("error", rf"(?P<base>.+?)[ _]?{_ERROR}", {"role": "error"}, ("dnde_err", {"base": "dnde"})),
    Rule(
        "limit",
        r"(?P<base>.*?)(?:[ _]?(?:upper[ _]?limits?|limits?)|(?:^|[ _])ul)(?:[ _]?(?P<percent>\d\d(?:\.\d+)?) ?%?)?",
        {"role": "limit"},
        ("flux_ul", {"base": "flux"}),
    ),
)
LEVEL = Rule("level", r".*?\b(?P<percent>\d\d(?:\.\d+)?) ?%.*", {}, ("Single-power-law 68% contour", {"percent": "68"}))
_SIGMA = Rule("sigma", r".*?(?P<sigma>[123]) ?sigma.*", {}, ("contour1sigma", {"sigma": "1"}))
_LEVELS = {"1": 0.6827, "2": 0.9545, "3": 0.9973}
_SOURCES = {"sta": "statistical", "sys": "systematic"}


def recognise(draft: Draft) -> Draft:
    """Give errors the name of their value, and ask for the level of limits where nothing tells it."""
    stated, is_contour = _level(draft), "contour" in draft.table.path.lower()
    columns: list[ColumnDraft] = []
    questions = []
    for column in draft.columns:
        found = first(RULES, column.rest) if column.datatype != "string" and "role" not in column.meta else None
        base = found[1]["base"].strip(" _") or _value_before(columns) if found else ""
        if not found or not (base or found[1]["role"] == "limit"):
            of_contour = stated and is_contour and column.datatype.startswith("float")
            columns.append(column.with_rule("level-of-contour", meta={"level": stated}) if of_contour else column)
            continue
        meta = {"role": found[1]["role"], **_source(found[1])}
        level = float(found[1]["percent"]) / 100 if found[1].get("percent") else stated
        if level and found[1]["role"] == "limit":
            meta["level"] = level
        elif found[1]["role"] == "limit":
            key = column.key
            questions.append(Question(("columns", key, "level"), f"{key}: confidence level of the limit, e.g. 0.9", "0.9"))
        columns.append(column.with_rule(found[0], rest=base or column.rest, base=(base or column.rest).lower(), meta=meta))
    columns = _with_units(_in_pairs(columns))
    return replace(draft, columns=tuple(columns)).asking(*questions)


def _value_before(columns: Sequence[ColumnDraft]) -> str:
    """The last column that is no edge and no error: what an error without a name belongs to."""
    return next((column.rest for column in reversed(columns) if "role" not in column.meta), "")


def _source(said: dict[str, Any]) -> dict[str, str]:
    if not said.get("source"):
        return {}
    source = _SOURCES[said["source"][:3].lower()]
    return {"source": f"{source}, {said['label']}" if said.get("label") else source}


def _in_pairs(columns: Sequence[ColumnDraft]) -> list[ColumnDraft]:
    """An upward error without a downward one, or the other way, is the error of both sides."""
    there = {(column.base, column.meta.get("source"), column.meta.get("role")) for column in columns}
    partner = {"error_plus": "error_minus", "error_minus": "error_plus"}
    return [
        replace(column, meta={**column.meta, "role": "error"})
        if (role := column.meta.get("role")) in partner and (column.base, column.meta.get("source"), partner[role]) not in there
        else column
        for column in columns
    ]


def _with_units(columns: Sequence[ColumnDraft]) -> list[ColumnDraft]:
    """An error has the unit of its value."""
    units = {column.rest.lower(): column for column in columns if not column.base and column.unit is not None}
    return [
        column.with_rule("unit-of-value", unit=units[column.base].unit) if column.unit is None and column.base in units else column
        for column in columns
    ]


def _level(draft: Draft) -> float | None:
    """The confidence level that name or description of the file state."""
    for text in (
        draft.table.path,
        *(str(value) for value in draft.table.meta.values()),
        *(one.text for one in draft.table.comments),
    ):
        if said := LEVEL.read(re.sub(r"\s+", " ", text)):
            return float(said["percent"]) / 100
        if said := _SIGMA.read(text):
            return _LEVELS[said["sigma"]]
    return None
