"""Covariance matrices: as many rows as columns of numbers, alike on both sides of the diagonal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kpublish.annotate.rules import Rule
from kpublish.model.annotation import Draft

ORDER = 65

RULES = (
    Rule("covariance", r".*\bcov(?:ariance)?(?:[ _]?matrix)?\b.*", {"name": "Covariance"}, ("flux cov", {})),
    Rule("correlation", r".*\bcorr(?:elation)?(?:[ _]?matrix)?\b.*", {"name": "Correlation"}, ("flux correlation", {})),
)


def recognise(draft: Draft) -> Draft:
    """Name the columns of a matrix; the table that it belongs to names it: answer ``covariance`` with the matrix's file there."""
    numbers = [number for number, column in enumerate(draft.columns) if column.datatype.startswith(("float", "int", "uint"))]
    rows = [draft.table.columns[number].values for number in numbers]
    words = f"{draft.table.path} {draft.table.name}".replace("_", " ").replace("-", " ").replace(".", " ")
    said = next((found for rule in RULES if (found := rule.read(words))), None)
    if not said or len(rows) < 2 or len(rows) != draft.table.rows or not _symmetric(rows):
        return draft
    columns = list(draft.columns)
    for place, number in enumerate(numbers, 1):
        meta = {"name": said["name"], "role": "value"}
        column = columns[number]
        columns[number] = column.with_rule("matrix", description=f"{said['name']} of each row with row {place}", meta=meta)
    note = "it is a matrix: annotate its table with the answer covariance: and the name of this table's file"
    return replace(draft, columns=tuple(columns)).noting(note)


def _symmetric(rows: list[Any]) -> bool:
    return all(rows[one][other] == rows[other][one] for one in range(len(rows)) for other in range(one))
