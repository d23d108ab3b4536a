"""Writes an annotated table, and proves that it holds what the bare one held."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from kpublish.annotate.literals import cells
from kpublish.errors import IntegrityError
from kpublish.formats.ecsv import table_text
from kpublish.formats.ecsv.reading import read_content
from kpublish.model.annotation import Annotated, ColumnDraft, Draft, Rewritten
from kpublish.model.parameter import ColumnMeta
from kpublish.model.provenance import ProcessingStep

#: The key under ``meta`` that tells where the table came from.
ORIGINAL = "original"


def annotate(
    draft: Draft,
    kid: str,
    *,
    linear: bool = False,
    authors: Sequence[Mapping[str, Any]] = (),
    steps: Sequence[ProcessingStep] = (),
) -> Annotated:
    """Return the annotated table, read again and proved equal.

    Parameters
    ----------
    draft
        With all answers.
    kid
        The identifier of the table, minted once.
    linear
        Whether logarithms become the numbers that they are of, with ``scale: log10``.
    authors
        For a table that stands alone; in a repository they are inherited.
    steps
        Processing steps that led to it, the first one first.

    Raises
    ------
    IntegrityError
        If what was written does not hold the same numbers: a fault of kpublish.
    """
    table = draft.table
    done = [cells(column, proposed, linear=linear) for column, proposed in zip(table.columns, draft.columns, strict=True)]
    rewritten = tuple(one for _, _, changes in done for one in changes)
    rows = zip(*(literals for literals, _, _ in done), strict=True)
    header = header_of(draft, kid, linear=linear, authors=authors, steps=steps, rewritten=rewritten)
    text = table_text(header["datatype"], rows, header["meta"])
    _prove(text, [expected for _, expected, _ in done])
    return Annotated(text, kid, table.rows, len(draft.columns), rewritten)


def header_of(
    draft: Draft,
    kid: str,
    *,
    linear: bool = False,
    authors: Sequence[Mapping[str, Any]] = (),
    steps: Sequence[ProcessingStep] = (),
    rewritten: Sequence[Rewritten] = (),
) -> dict[str, Any]:
    """Return ``datatype`` and ``meta`` of the header, for :func:`annotate`."""
    table = draft.table
    resource: dict[str, Any] = {"title": draft.title, "description": draft.description, "kid": kid, "authors": list(authors)}
    resource["content"] = {"covariance": draft.covariance} if draft.covariance else {}
    original: dict[str, Any] = {"file": table.path, "sha256": table.sha256}
    if table.name:
        original["table"] = table.name
    written = (as_written(column, linear=linear) for column in draft.columns)
    if said := {column.name: _said(column) for column in written if _said(column)}:
        original["columns"] = said
    if rewritten:
        original["rewritten"] = [f"{one.rule}: {one.count} cells of {one.column}" for one in rewritten]
    origin = {"origin": {"provenance": [step.model_dump(exclude_none=True) for step in steps]}} if steps else {}
    meta = {"KM3Resource": {key: value for key, value in resource.items() if value}, **origin, ORIGINAL: original}
    return {"datatype": [_entry(as_written(column, linear=linear)) for column in draft.columns], "meta": meta}


def _said(column: ColumnDraft) -> dict[str, str]:
    """What the file called a column and its unit, where that is not what we call them."""
    said = {"name": column.said} if column.said not in ("", column.name) else {}
    return {**said, **({"unit": column.said_unit} if column.said_unit and column.said_unit != column.unit else {})}


def as_written(column: ColumnDraft, *, linear: bool) -> ColumnDraft:
    """Return a column as it will stand in the file: of a logarithm, the unit and symbol, or the number that it is of."""
    if not column.log:
        return column
    if linear:
        description = column.description.removeprefix("log10 of the ")
        description = description[:1].upper() + description[1:]
        meta = {**column.meta, "scale": "log10"}
        return replace(column, name=column.name.removeprefix("log10_"), datatype="float64", description=description, meta=meta)
    meta = {**column.meta, **({"symbol": rf"\log_{{10}} {column.meta['symbol']}"} if "symbol" in column.meta else {})}
    return replace(column, unit=f"log({column.unit})" if column.unit else column.unit, meta=meta)


def _entry(column: ColumnDraft) -> dict[str, Any]:
    meta = {key: column.meta[key] for key in ColumnMeta.model_fields if key in column.meta}
    words = {key: str(value) if isinstance(value, StrEnum) else value for key, value in meta.items()}
    entry = {"name": column.name, "datatype": column.datatype, "unit": column.unit, "description": column.description or None}
    return {**{key: value for key, value in entry.items() if value is not None}, **({"meta": words} if words else {})}


def _prove(text: str, expected: Sequence[Sequence[Any]]) -> None:
    """Read the text again, and compare every cell."""
    again = read_content(text.encode(), "annotated")
    faults = [fault.message for fault in again.faults]
    if not faults and len(again.values) == len(expected):
        if all(_same(mine, theirs) for mine, theirs in zip(again.values, expected, strict=True)):
            return
        faults = ["the numbers differ"]
    raise IntegrityError(
        f"What was written does not hold what was read: {'; '.join(faults[:3]) or 'columns are missing'}.",
        remedy="Nothing was written; this is a fault of kpublish: report it with the file.",
    )


def _same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    if len(one) != len(other):
        return False
    return all(a == b or _both_nan(a, b) for a, b in zip(one, other, strict=True))


def _both_nan(one: Any, other: Any) -> bool:
    return isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other)
