"""Units in names, in a second row of names, and in comments; written as VOUnits writes them (1.1)."""

from __future__ import annotations

import re
from dataclasses import replace

from kpublish.annotate.rules import Rule, first
from kpublish.checks.vounits import dimension, suggestion
from kpublish.model.annotation import ColumnDraft, Draft, Question

ORDER = 10

RULES = (
    Rule(
        "density-in-log",
        r"(?P<rest>d\w+/dlog(?:10)?\(.+\))",
        {"unit": ""},
        ("dP/dlog10(nu_E [GeV])", {"rest": "dP/dlog10(nu_E [GeV])"}),
    ),
    Rule(
        "log-of-brackets",
        r"(?:log10|log|lg)\((?P<rest>.+?) ?\[(?P<unit>[^\[\]]+)\]\)(?P<tail>.*)",
        {"log": True},
        ("log10(nu_E [GeV]) low", {"rest": "nu_E", "unit": "GeV", "tail": " low"}),
    ),
    Rule(
        "log-of-ratio",
        r"(?:log10|log|lg)\((?P<rest>[^()/]+)/(?P<unit>[^()]+)\)(?P<tail>.*)",
        {"log": True},
        ("Log(E1/GeV)", {"rest": "E1", "unit": "GeV", "tail": ""}),
    ),
    Rule("sine-or-cosine", r"(?P<rest>(?:sine?|cos(?:ine)?)[ _(].*)", {"unit": ""}, ("cos(zen) low", {"rest": "cos(zen) low"})),
    Rule(
        "brackets",
        r"(?P<rest>.*?)\s*\[(?P<unit>[^\[\]]*)\](?P<tail>.*)",
        {},
        ("aeff [m^2]", {"rest": "aeff", "unit": "m^2", "tail": ""}),
    ),
    Rule(
        "parentheses",
        r"(?P<rest>.*?)\s*\((?P<unit>[^()]+)\)(?P<tail>.*)",
        {},
        ("declination(degrees)", {"rest": "declination", "unit": "degrees", "tail": ""}),
    ),
    Rule("slash", r"(?P<rest>[^/]+?)\s*/\s*(?P<unit>[^/].*)", {}, ("E / GeV", {"rest": "E", "unit": "GeV"})),
    Rule("underscore", r"(?P<rest>.+)_(?P<unit>[kMGTP]eV|deg|rad|c?m2|km)", {}, ("energy_GeV", {"rest": "energy", "unit": "GeV"})),
)
COMMENT = Rule("comment", r"units?\s*[:=]\s*(?P<units>.+)", {}, ("units: [deg]", {"units": "[deg]"}))
#: Rules whose text is a unit only if it is one of VOUnits, or nearly.
_DOUBTFUL = ("parentheses", "slash", "underscore", "log-of-ratio")


def vounit(text: str) -> str | None:
    """Return a unit as VOUnits writes it; None, if it is none.

    >>> vounit("m^2"), vounit("GeV^{-1} cm^{-2}"), vounit("degrees"), vounit("zen")
    ('m2', 'GeV-1 cm-2', 'deg', None)
    """
    text = text.strip()
    if text in ("", "1", "-"):
        return ""
    return text if dimension(text) is not None else suggestion(text) or None


def recognise(draft: Draft) -> Draft:
    """Take units out of names; ask for those that cannot be understood."""
    columns = [_column(column, draft.table.columns[number].headings) for number, column in enumerate(draft.columns)]
    columns = _from_comments(draft, columns)
    questions = [
        Question(("columns", column.key, "unit"), f"{column.key}: the unit {column.said_unit!r} is none of VOUnits")
        for column in columns
        if column.said_unit and column.unit is None
    ]
    return replace(draft, columns=tuple(columns)).asking(*questions)


def _column(column: ColumnDraft, headings: tuple[str, ...]) -> ColumnDraft:
    found = first(RULES, column.rest)
    if found:
        rule, said = found
        unit = said["unit"] if said["unit"] == "" else vounit(said["unit"])
        if unit is not None or rule not in _DOUBTFUL:
            rest = f"{said['rest']} {said.get('tail', '').strip(' _')}".strip()
            told = column.said_unit or said["unit"] or None
            return column.with_rule(rule, rest=rest, unit=column.unit or unit, said_unit=told, log=said.get("log", False))
    if column.said_unit:
        return column.with_rule("field", unit=vounit(column.said_unit))
    for heading in headings:
        if (unit := vounit(heading.strip("[]() "))) is not None:
            return column.with_rule("second-row", unit=unit, said_unit=heading)
    return column


def _from_comments(draft: Draft, columns: list[ColumnDraft]) -> list[ColumnDraft]:
    """One unit for all, or one for each, where a comment lists them."""
    for comment in draft.table.comments:
        said = COMMENT.read(comment.text.strip())
        if not said:
            continue
        listed = re.findall(r"\[([^\[\]]*)\]", said["units"]) or [part.strip() for part in said["units"].split(",")]
        units = [vounit(text) for text in listed]
        bare = [number for number, column in enumerate(columns) if column.unit is None and column.datatype != "string"]
        if len(units) == len(columns):
            pairs = list(zip(range(len(columns)), units, listed, strict=True))
        elif len(units) == 1:
            pairs = [(number, units[0], listed[0]) for number in bare]
        else:
            continue
        for number, unit, text in pairs:
            if number in bare and unit is not None:
                columns[number] = columns[number].with_rule(COMMENT.name, unit=unit, said_unit=text)
    return columns
