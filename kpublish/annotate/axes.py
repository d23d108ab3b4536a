"""Which axis a column belongs to, and what it is where its name does not tell: points along x, or values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kpublish.annotate.rules import Rule
from kpublish.model.annotation import ColumnDraft, Draft
from kpublish.model.bare_table import BareColumn

ORDER = 70

RULES: tuple[Rule, ...] = ()
_AXES = ("x", "y", "z")
_SIDES = {"lower_edge": "low", "upper_edge": "high"}
_ALONG = ("lower_edge", "upper_edge", "center", "xvalue", "time")


def recognise(draft: Draft) -> Draft:
    """Give each quantity along which values stand an axis, in order, and the values the next one."""
    columns = list(draft.columns)
    columns = _bands(draft, columns)
    along = list(dict.fromkeys(column.quantity for column in columns if column.meta.get("role") in _ALONG))
    is_list = any(column.meta.get("role") == "coordinate" for column in columns)
    numbers = [number for number, column in enumerate(columns) if column.datatype not in ("string", "bool")]
    if not along and not is_list and len(numbers) > 1 and _rises(draft.table.columns[numbers[0]]):
        columns[numbers[0]] = columns[numbers[0]].with_rule("rising-first-column", meta={"role": "xvalue"})
        along = [columns[numbers[0]].quantity]
    axes = dict(zip(along, _AXES, strict=False))
    of_values = _AXES[len(axes)] if axes and len(axes) < len(_AXES) and not is_list else None
    axes |= {column.said.lower(): axes[column.quantity] for column in columns if column.said and column.quantity in axes}
    return replace(draft, columns=tuple(_placed(column, axes, of_values) for column in columns))


def _bands(draft: Draft, columns: list[ColumnDraft]) -> list[ColumnDraft]:
    """Edges that do not join, beside a column that rises, are the edges of a band: values, not bins."""
    numbers = [number for number, column in enumerate(columns) if column.datatype not in ("string", "bool")]
    free = [number for number in numbers[:1] if "role" not in columns[number].meta and _rises(draft.table.columns[number])]
    if not free:
        return columns
    for base in {column.base for column in columns if column.meta.get("role") == "lower_edge"}:
        pair = [number for number, column in enumerate(columns) if column.base == base and column.meta.get("role") in _ALONG[:2]]
        low, high = (set(draft.table.columns[number].values) for number in pair)
        if len(low) > 2 and len(low & high) < len(low) / 2:
            for number in pair:
                column = columns[number]
                said = replace(
                    column, meta={**column.meta, "role": "value"}, rest=f"{column.rest} {_SIDES[column.meta['role']]}", base=""
                )
                columns[number] = said.with_rule("band")
    return columns


def _rises(column: BareColumn) -> bool:
    """Whether the numbers of a column only rise, or only fall."""
    values: Sequence[float] = [value for value in column.values if value is not None]
    if len(values) < 2 or len(values) < len(column.values):
        return False
    return all(one < other for one, other in pairwise(values)) or all(one > other for one, other in pairwise(values))


def _placed(column: ColumnDraft, axes: dict[str, str], of_values: str | None) -> ColumnDraft:
    role = column.meta.get("role")
    if role in _ALONG:
        return column.with_rule("axis", meta={"axis": axes[column.quantity]}) if column.quantity in axes else column
    if column.datatype in ("string", "bool") or role in ("id", "coordinate"):
        return column
    if column.base and column.base in axes:  # the error of a position
        of_values = axes[column.base]
    meta = {"role": role or "value", **({"axis": of_values} if of_values else {})}
    return column.with_rule("axis", meta=meta)
