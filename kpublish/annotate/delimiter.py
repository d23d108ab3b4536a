"""How the cells of a text stood apart, and in which encoding: annotated tables have commas and UTF-8."""

from __future__ import annotations

from kpublish.annotate.rules import Rule, first
from kpublish.model.annotation import Draft

ORDER = 0

RULES = (
    Rule("semicolons", r";", {"words": "semicolons"}, (";", {})),
    Rule("tabs", r"\t", {"words": "tabs"}, ("\t", {})),
    Rule("bars", r"\|", {"words": "bars"}, ("|", {})),
    Rule("blanks", r" ", {"words": "blanks"}, (" ", {})),
)


def recognise(draft: Draft) -> Draft:
    """Note what becomes of the text around the numbers."""
    found = first(RULES, str(draft.table.meta.get("delimiter", ",")))
    encoding = str(draft.table.meta.get("encoding", "utf-8"))
    notes = [f"{found[1]['words']} between the cells become commas"] if found else []
    notes += [f"the text was {encoding}; it is UTF-8 now"] if encoding not in ("utf-8", "ascii") else []
    return draft.noting(*notes)
