"""A table on its way to be annotated: what is proposed for each column, by which rule, and what only its owner can know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kpublish.model.bare_table import BareTable
from kpublish.model.table import Datatype


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """What is proposed for one column.

    Attributes
    ----------
    key
        By which answers name it: its name in the file, or its number from 1 where that has none, or several have the same.
    said
        The column as its file names it; empty without a name.
    rest
        What of the name no rule has understood yet.
    name
        Its name in the annotated table; empty until the last recogniser.
    datatype
        ECSV datatype.
    unit
        In VOUnits; None where none is known, empty where the numbers have none.
    said_unit
        As the file writes it.
    log
        Whether the numbers are log10 of the quantity.
    base
        What columns of one quantity share: edges, value and errors.
    description, meta
        As in the header: symbol, name, ucd, role, axis, frame, …
    rules
        Names of the rules that fired.
    """

    key: str
    said: str
    rest: str
    datatype: Datatype
    name: str = ""
    unit: str | None = None
    said_unit: str | None = None
    log: bool = False
    base: str = ""
    description: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()

    @property
    def quantity(self) -> str:
        """What columns share that are of one quantity: edges, value, errors."""
        return self.base or self.rest.lower() or self.key

    def with_rule(self, rule: str, **changes: Any) -> ColumnDraft:
        """The same with ``changes``, by a rule; ``meta`` is added to, what it says already stays."""
        meta = {**changes.pop("meta", {}), **self.meta}
        return replace(self, rules=(*self.rules, rule), meta=meta, **changes)


@dataclass(frozen=True, slots=True)
class Question:
    """What only the owner can know: where the answer goes, how it is asked, and what holds if nobody answers.

    ``key`` is ``("title",)`` or, of a column, ``("columns", key of the column, "unit")``.
    """

    key: tuple[str, ...]
    text: str
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A bare table with what is proposed for it; ``questions`` come in the order in which they are asked.

    ``covariance`` is the kid of the table that holds the covariances of its rows.
    """

    table: BareTable
    columns: tuple[ColumnDraft, ...]
    title: str = ""
    description: str = ""
    covariance: str = ""
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()

    def asking(self, *questions: Question) -> Draft:
        """The same with further questions."""
        return replace(self, questions=(*self.questions, *questions))

    def noting(self, *notes: str) -> Draft:
        """The same with further notes."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Cells that were written otherwise than they stood: by which rule, in which column, how many, and the first one."""

    rule: str
    column: str
    count: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """An annotated table that was proved equal to the bare one: its text, kid, rows, and what was rewritten."""

    text: str
    kid: str
    rows: int
    columns: int
    rewritten: tuple[Rewritten, ...] = ()
