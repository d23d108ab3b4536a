"""Which numbers of a table differ from those of the version before."""

from __future__ import annotations

from typing import Any

from kpublish.model.table import Table

#: Cells that are told one by one.
_MOST = 20


def compared(before: Table, after: Table) -> dict[str, Any]:
    """What differs: rows, columns, and cells (with their place, and what stood and stands there), row by row.

    Rows are compared in their order; where their number differs, as far as both go.
    """
    old, new = (
        {item.columnname: values for item, values in zip(table.parameters, table.values, strict=False)} for table in (before, after)
    )
    rows = len(before.lines), len(after.lines)
    cells: list[dict[str, Any]] = []
    count = 0
    for name in (name for name in new if name in old):
        for row, (was, now) in enumerate(zip(old[name], new[name], strict=False)):
            if _differ(was, now):
                count += 1
                if len(cells) < _MOST:
                    cells.append({"row": row + 1, "column": name, "before": _text(was), "after": _text(now)})
    return {
        "rows": list(rows),
        "added": [name for name in new if name not in old],
        "removed": [name for name in old if name not in new],
        "changed": count,
        "cells": cells,
    }


def _differ(was: Any, now: Any) -> bool:
    return bool(was != now and not (was != was and now != now))  # noqa: PLR0124 - NaN is what differs from itself


def _text(value: Any) -> str:
    return "nothing" if value is None else str(value)[:100]
