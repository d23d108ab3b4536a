"""Times and their scales; UCDs of IVOA's UCD1+."""

from __future__ import annotations

from dataclasses import replace

from kpublish.annotate.rules import Rule, first
from kpublish.model.annotation import Draft, Question

ORDER = 50

_SCALE = r"(?:[ _]?(?P<timescale>utc|tai|tt|tdb))?"
_EPOCH = {"ucd": "time.epoch", "role": "time"}
_MJD = {"name": "Modified Julian date", "unit": "d", **_EPOCH}
_UNIX = {"name": "Seconds since 1970 in UTC", "unit": "s", "timescale": "utc", **_EPOCH}
_DURATION = {"name": "Duration", "ucd": "time.duration", "role": "value"}
RULES = (
    Rule("modified-julian-date", rf"(?:mjd|modified[ _]julian[ _]da(?:te|y)){_SCALE}", _MJD, ("MJD", {})),
    Rule("julian-date", rf"(?:jd|julian[ _]date){_SCALE}", {"name": "Julian date", "unit": "d", **_EPOCH}, ("JD", {})),
    Rule(
        "utc",
        r"(?:date)?[ _]?(?P<timescale>utc)[ _]?(?:seconds?|time)?",
        {"name": "Time in UTC", **_EPOCH},
        ("utc_seconds", {"timescale": "utc"}),
    ),
    Rule("unix-time", r"unix[ _]?(?:time|s)?", _UNIX, ("unixtime", {})),
    Rule("duration", r"(?:livetime|live[ _]time|duration|exposure[ _]time|deltat)", _DURATION, ("livetime", {})),
)


def recognise(draft: Draft) -> Draft:
    """Name times; ask for the time scale where the name does not tell it."""
    columns, asked = [], []
    for column in draft.columns:
        found = first(RULES, column.rest.strip())
        if found is None:
            columns.append(column)
            continue
        rule, said = found
        scale = said.get("timescale", "").lower()
        meta = {key: said[key] for key in ("name", "ucd", "role")} | ({"timescale": scale} if scale else {})
        unit = column.unit if column.unit is not None or column.datatype == "string" else said.get("unit")
        columns.append(column.with_rule(rule, unit=unit, description=column.description or said["name"], meta=meta))
        if not scale and said["role"] == "time":
            asked.append(column.key)
    questions = (
        [Question(("timescale",), f"The time scale of {' and '.join(asked)}", "utc", ("utc", "tai", "tt", "tdb"))] if asked else []
    )
    return replace(draft, columns=tuple(columns)).asking(*questions)
