"""The cells of an annotated table: numbers keep their literal; what readers would not take is rewritten by a named rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kpublish.formats.cells import MINUS, is_missing
from kpublish.model.annotation import ColumnDraft, Rewritten
from kpublish.model.bare_table import BareColumn

#: Rewrites a cell, or leaves it as it is.
_Rewriting = Callable[[str], str]

#: Of numbers: name → what becomes of a literal.
NUMBERS: dict[str, _Rewriting] = {
    "minus-sign": lambda cell: cell.replace(MINUS, "-"),
    "fortran-exponent": lambda cell: re.sub(r"(?<=[\d.])[dD](?=[+-]?\d)", "e", cell),
    "infinity": lambda cell: re.sub(r"(?i)infinity", "inf", cell),
}
#: Of truth values: ECSV writes them with a capital.
TRUTHS: dict[str, _Rewriting] = {"truth-value": lambda cell: cell.capitalize()}
#: Of text: what readers of ECSV would take for a comment, or cut.
TEXTS: dict[str, _Rewriting] = {
    "hash-first": lambda cell: re.sub(r"^\s*#\s*", "no. ", cell),
    "blank-edges": str.strip,
    "line-ends": lambda cell: re.sub(r"\s*[\r\n]+\s*", " ", cell),
}


def cells(column: BareColumn, draft: ColumnDraft, *, linear: bool) -> tuple[list[str], list[Any], list[Rewritten]]:
    """Return the literals of a column, the values that they must be read as, and what was rewritten.

    Parameters
    ----------
    column
        As the file holds it.
    draft
        What is proposed for it.
    linear
        Whether logarithms become the numbers that they are of.
    """
    if linear and draft.log and column.datatype.startswith(("float", "int")):
        values = [None if value is None else 10.0 ** float(value) for value in column.values]
        literals = ["" if value is None else repr(value) for value in values]
        first = next((place for place, value in enumerate(values) if value is not None), 0)
        before = str(column.values[first]) if column.values else ""
        return literals, values, [Rewritten("linear", draft.name, len(values), before, literals[first] if literals else "")]
    if draft.meta.get("role") == "error_minus" and _is_signed(column):
        return _magnitudes(column, draft)
    if column.literals is None:
        return ["" if value is None else str(value) for value in column.values], list(column.values), []
    kind = TEXTS if column.datatype == "string" else TRUTHS if column.datatype == "bool" else NUMBERS
    missing = (lambda cell: not cell) if column.datatype == "string" else is_missing
    kept = ["" if missing(cell) else str(cell) for cell in column.literals]
    rewritten = []
    for rule, rewrite in kind.items():
        new = [rewrite(cell) if cell else cell for cell in kept]
        changed = [place for place, (old, now) in enumerate(zip(kept, new, strict=True)) if old != now]
        if changed:
            rewritten.append(Rewritten(rule, draft.name, len(changed), kept[changed[0]], new[changed[0]]))
        kept = new
    expected = [cell or None for cell in kept] if column.datatype == "string" else list(column.values)
    return kept, expected, rewritten


def _is_signed(column: BareColumn) -> bool:
    """Whether downward errors are written with their sign, as HEPData does."""
    numbers = [value for value in column.values if isinstance(value, int | float)]
    return any(value < 0 for value in numbers) and not any(value > 0 for value in numbers)


def _magnitudes(column: BareColumn, draft: ColumnDraft) -> tuple[list[str], list[Any], list[Rewritten]]:
    """The lengths of downward errors: their literals without the sign."""
    stated = column.literals or [None if value is None else str(value) for value in column.values]
    before = ["" if is_missing(cell) else str(cell).replace(MINUS, "-") for cell in stated]
    literals = [cell.removeprefix("-") for cell in before]
    changed = [place for place, (old, new) in enumerate(zip(before, literals, strict=True)) if old != new]
    values = [None if value is None else abs(value) for value in column.values]
    return literals, values, [Rewritten("magnitude", draft.name, len(changed), before[changed[0]], literals[changed[0]])]
