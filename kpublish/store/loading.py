"""The forms in which a resource is handed out: as it is, as plain lists, as a DataFrame, or drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kpublish.errors import UsageError
from kpublish.http import plain
from kpublish.registry import did_you_mean, import_with_hint
from kpublish.store.products.table import AnnotatedTable

#: What ``loadoption`` may be, and how it hands out a table.
FORMS: dict[str, Callable[[AnnotatedTable], Any]] = {
    "plain": lambda table: {
        one.columnname: list(cells) for one, cells in zip(table.table.parameters, table.table.values, strict=True)
    },
    "pandas": AnnotatedTable.get_dataframe,
    "plot": lambda table: import_with_hint("kpublish.store.plotting").draw(table),
}


def handed_out(product: Any, loadoption: str | None) -> Any:
    """Return a product in the form that ``loadoption`` names; None: as it is.

    Raises
    ------
    UsageError
        If there is no such form, or the product is no table.
    """
    if loadoption is None:
        return product
    form = FORMS.get(loadoption)
    if form is None:
        hint = did_you_mean(loadoption, [*FORMS]) or f"Known: {', '.join(FORMS)}."
        raise UsageError(f"There is no loadoption {plain(loadoption)!r}.", remedy=hint)
    if not isinstance(product, AnnotatedTable):
        raise UsageError(f"Only tables can be loaded as {loadoption}.", remedy="Leave the loadoption out, or name a table.")
    return form(product)
