"""Changes a figure's description without changing its file: for a context, or by settings from the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from kpublish.errors import UsageError
from kpublish.model.figure import Figure, FigureDescription
from kpublish.model.vocabularies import Context

_REMEDY = "Write the way with dots, as in layers.0.color=black or x.range=[1, 10]."
#: The key that gives layers another order: names or numbers, the first one lowest.
ORDER = "order"


@dataclass(frozen=True, slots=True)
class Look:
    """How figures are drawn otherwise than their files say.

    Attributes
    ----------
    context
        ``paper``, ``notebook``, ``talk`` or ``poster``; None: as the file says.
    dark
        Light on dark; None: as the file says.
    settings
        Key, with dots on the way, → its new value.
    """

    context: Context | None = None
    dark: bool | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the folder for such figures."""
        ground = "" if self.dark is None else "dark" if self.dark else "light"
        return "-".join(filter(None, (self.context, ground, "changed" if self.settings else "")))


def overridden(figure: Figure, look: Look | None = None) -> Figure:
    """Return the figure with what its file says for its context, and what ``look`` changes.

    Layers are named by ``name`` or number: ``layers.0.color``, ``layers.model.hidden``, ``panels.1.y.range``.
    ``order`` beside ``layers`` lists those that are drawn last, the uppermost one at the end.

    Raises
    ------
    UsageError
        If a setting leads nowhere, or the description does not allow it.
    """
    look = look or Look()
    described = figure.description
    if described is None:
        return figure
    context = look.context or described.context
    if not look.name and context not in described.contexts:
        return figure
    data = _plain(figure) | {"context": context} | ({} if look.dark is None else {"dark": look.dark})
    for key, value in {**described.contexts.get(context, {}), **look.settings}.items():
        _change(data, key.split("."), value, f"{figure.path}: {key}")
    try:
        description = FigureDescription.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"{figure.path} cannot be changed so: {place}: {first['msg']}.", remedy=_REMEDY) from error
    return replace(figure, description=description, variant=look.name)


def _plain(figure: Figure) -> dict[str, Any]:
    """What the file says under ``figure``, to be changed; of a figure without a file, what its description says."""
    stated = figure.document.data.get("figure") if isinstance(figure.document.data, Mapping) else None
    assert figure.description is not None
    return _copy(stated) if isinstance(stated, Mapping) else figure.description.model_dump(exclude_defaults=True)


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _change(data: Any, way: Sequence[str], value: Any, told: str) -> None:
    """Put ``value`` to where the way leads."""
    *steps, last = way
    for step in steps:
        data = _item(data, step, told) if isinstance(data, list) else data.setdefault(step, {})
        if not isinstance(data, dict | list):
            raise UsageError(f"{told} leads nowhere: {step} holds a single value.", remedy=_REMEDY)
    if isinstance(data, list):
        data[data.index(_item(data, last, told))] = value
    elif last == ORDER:
        data["layers"] = _ordered(data.get("layers", []), value, told)
    else:
        data[last] = value


def _ordered(layers: list[Any], names: Any, told: str) -> list[Any]:
    if not isinstance(names, list):
        raise UsageError(f"{told} is no list.", remedy="Write names or numbers of layers, as in order=[model, 0].")
    last = [_item(layers, str(name), told) for name in names]
    moved = set(map(id, last))  # two layers may say the same
    return [layer for layer in layers if id(layer) not in moved] + last


def _item(items: list[Any], name: str, told: str) -> Any:
    """The layer or panel of that name or number."""
    for item in items:
        if isinstance(item, dict) and item.get("name") == name:
            return item
    if name.isdigit() and int(name) < len(items):
        return items[int(name)]
    known = [str(item.get("name", number)) for number, item in enumerate(items) if isinstance(item, dict)]
    raise UsageError(f"{told} leads nowhere: there is no {name!r}. Known: {', '.join(known)}.", remedy=_REMEDY)
