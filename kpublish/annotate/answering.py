"""Answers: what the owner of a table says goes before what was proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from kpublish.annotate.units import vounit
from kpublish.errors import UsageError
from kpublish.model.annotation import ColumnDraft, Draft, Question
from kpublish.model.parameter import ColumnMeta
from kpublish.registry import did_you_mean

#: What can be said of the table, and of all its columns of a kind.
_OF_TABLE = ("title", "description", "frame", "timescale", "covariance")

Answers = Mapping[tuple[str, ...], Any]


def flat(said: Any) -> dict[tuple[str, ...], Any]:
    """Return answers as a file holds them, by key.

    Raises
    ------
    UsageError
        If they do not have that form.

    Examples
    --------
    >>> flat({"title": "A", "columns": {"E": {"unit": "GeV"}}})
    {('title',): 'A', ('columns', 'E', 'unit'): 'GeV'}
    """
    if not isinstance(said, Mapping):
        raise UsageError("Answers are no mapping.", remedy="Write title: …, description: …, columns: {E: {unit: GeV}}.")
    answers: dict[tuple[str, ...], Any] = {}
    for key, value in said.items():
        if key != "columns":
            answers[(str(key),)] = value
            continue
        for column, fields in value.items() if isinstance(value, Mapping) else ():
            for field, answer in fields.items() if isinstance(fields, Mapping) else ():
                answers["columns", str(column), str(field)] = answer
    return answers


def _stop_at_equal_names(columns: Iterable[ColumnDraft]) -> None:
    names = [column.name for column in columns if "answer" in column.rules and column.name]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UsageError(
            f"The answers name {names.count(twice[0])} columns {twice[0]!r}.", remedy="Give each column a name of its own."
        )


def open_questions(draft: Draft, answers: Answers) -> tuple[Question, ...]:
    """Return the questions that nobody has answered."""
    return tuple(question for question in draft.questions if question.key not in answers)


def answered(draft: Draft, answers: Answers) -> Draft:
    """Return the draft as its owner wants it.

    Raises
    ------
    UsageError
        For an answer to something that is not there, or that is not possible.
    """
    columns = {column.key: column for column in draft.columns}
    for key, answer in answers.items():
        if key[0] == "columns":
            name = _known(key[1], columns, "column")
            columns[name] = _said(columns[name], key[2], answer)
        else:
            _known(key[0], dict.fromkeys((*_OF_TABLE, "columns")), "answer")
    _stop_at_equal_names(columns.values())
    units = {column.quantity: column.unit for column in columns.values() if column.unit is not None}
    told = [_with_scale(_with_unit(column, units), answers) for column in columns.values()]
    title, description = (str(answers.get((field,), getattr(draft, field))) for field in ("title", "description"))
    covariance = str(answers.get(("covariance",), ""))
    return replace(draft, columns=tuple(told), title=title, description=description, covariance=covariance)


def defaults(draft: Draft, answers: Answers) -> dict[tuple[str, ...], Any]:
    """Return the answers with what holds if nobody answers the others."""
    return {**{question.key: question.default for question in draft.questions if question.default}, **answers}


def _known(name: str, among: Mapping[str, Any], what: str) -> str:
    if name not in among:
        known = list(among)
        raise UsageError(
            f"There is no {what} {name!r} to say something about.",
            remedy=did_you_mean(name, known) or f"Known: {', '.join(known)}.",
        )
    return name


def _said(column: ColumnDraft, field: str, answer: Any) -> ColumnDraft:
    if field == "unit":
        unit = vounit(str(answer or ""))
        if unit is None:
            raise UsageError(f"{answer!r} is no unit of VOUnits.", remedy="Write symbols with exponents: GeV-1 m-2 s-1 sr-1.")
        return replace(column, unit=unit, said_unit=column.said_unit or str(answer), rules=(*column.rules, "answer"))
    if field == "name":
        return replace(column, name=str(answer), rules=(*column.rules, "answer"))
    if field == "description":
        return replace(column, description=str(answer), rules=(*column.rules, "answer"))
    meta = {**column.meta, field: answer}
    try:
        meta[field] = getattr(ColumnMeta.model_validate(meta), field)
    except ValidationError as error:
        message = error.errors()[0]["msg"].lower()
        raise UsageError(
            f"{field}: {answer!r} is not possible for the column {column.said or column.name!r}: {message}.",
            remedy="See the reference page of metadata, ColumnMeta.",
        ) from None
    return replace(column, meta=meta, rules=(*column.rules, "answer"))


def _with_unit(column: ColumnDraft, units: Mapping[str, str]) -> ColumnDraft:
    """A unit holds for all columns of its quantity."""
    said = units.get(column.quantity)
    if column.unit is not None or said is None or column.datatype in ("string", "bool"):
        return column
    return replace(column, unit=said, rules=(*column.rules, "unit-of-quantity"))


def _with_scale(column: ColumnDraft, answers: Answers) -> ColumnDraft:
    """Frame and time scale are said once for all columns that need one."""
    on_the_sky, in_time = str(column.meta.get("ucd", "")).startswith("pos.eq"), column.meta.get("role") == "time"
    for field, needed in (("frame", on_the_sky), ("timescale", in_time)):
        if needed and field not in column.meta and answers.get((field,)):
            column = replace(column, meta={**column.meta, field: str(answers[field,])})
    return column
