"""Understands data as a model: every error of a document at once, each with its place in the file, and what is right is kept."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from kpublish.formats.yaml_document import renaming, replacing
from kpublish.model.document import Document, NodePath, PlainScalar
from kpublish.model.finding import Fault, Position
from kpublish.registry import did_you_mean

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

#: Rounds of leaving out what is wrong; each round finds what the one before hid.
_ROUNDS = 8
#: Ends the location of a fault in a key of a free mapping.
_OF_KEY = "[key]"
_BRITISH = {"licence": "license", "colour": "color", "licences": "license", "organisation": "organization"}
_SHOULD_BE = {
    "string_type": "text",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "int_type": "an integer",
    "int_parsing": "an integer",
    "int_from_float": "an integer",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "too_short": "a list of one item or more",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
}


def understand(
    model: type[Model], data: Any, document: Document, *node: str | int, codes: Mapping[str, str] | None = None
) -> tuple[Model | None, tuple[Fault, ...]]:
    """Return ``data`` as ``model``, without what is wrong, and every fault.

    Parameters
    ----------
    model
        What the data should be.
    data
        Data of ``document`` at the path ``node``.
    codes
        First key below ``node`` → code of all its faults; else RES01 (missing), RES02 (unknown key), RES03 (wrong value).

    Returns
    -------
    The value, None if it lacks something required; and the faults.
    """
    faults: list[Fault] = []
    dropped: set[NodePath] = set()
    value: Model | None = None
    for _ in range(_ROUNDS):
        try:
            value = model.model_validate(data)
            break
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=True)
        reader = _Explaining(model, data, document, node, codes or {})
        nodes = [(detail, _node(detail["loc"], data)) for detail in details]
        paths = {path for _, path in nodes}
        for detail, path in nodes:  # a list is too short because its items are wrong
            if not _follows(path, dropped | paths - {path} if detail["type"] == "too_short" else dropped):
                faults.append(reader.fault(detail, path))
        wrong = {path[:-1] if detail["type"] == "missing" else path for detail, path in nodes}
        dropped |= wrong | paths
        if () in wrong:
            break
        data = _without(data, wrong)
    faults += _doubtful(model, document, node)
    return value, tuple(sorted(faults, key=lambda fault: (fault.where.line, fault.where.column)))


def _node(location: tuple[str | int, ...], data: Any) -> NodePath:
    """The path in the data of an error: models may have made a list or a mapping out of a single value."""
    path: list[str | int] = []
    for position, part in enumerate(location):
        if isinstance(data, Mapping):
            if part in data:
                data = data[part]
            elif isinstance(part, int):  # a single mapping stands for a list
                continue
            else:
                return (*path, part) if position == len(location) - 1 and part != _OF_KEY else tuple(path)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            break
        path.append(part)
    return tuple(path)


def _follows(path: NodePath, dropped: set[NodePath]) -> bool:
    """Whether a fault is only there because something at its place or inside was left out before."""
    return any(other[: len(path)] == path for other in dropped)


def _without(data: Any, paths: set[NodePath]) -> Any:
    """A copy of the data without the values at ``paths``."""
    here = {path[0] for path in paths if len(path) == 1}
    below: dict[str | int, set[NodePath]] = {}
    for path in paths:
        if len(path) > 1:
            below.setdefault(path[0], set()).add(path[1:])
    if isinstance(data, Mapping):
        return {key: _without(item, below.get(key, set())) for key, item in data.items() if key not in here}
    if isinstance(data, list):
        return [_without(item, below.get(index, set())) for index, item in enumerate(data) if index not in here]
    return data


class _Explaining:
    """Makes sentences of errors."""

    def __init__(self, model: type[BaseModel], data: Any, document: Document, node: NodePath, codes: Mapping[str, str]) -> None:
        self.model = model
        self.data = data
        self.document = document
        self.node = node
        self.codes = codes

    def fault(self, detail: ErrorDetails, path: NodePath) -> Fault:
        kind = detail["type"]
        if kind == "missing":
            return self._missing(path)
        if kind == "extra_forbidden":
            return self._unknown(path)
        code = self._code(path, "RES03")
        where = self._where(path, detail["input"])
        seen, name = _shown(detail["input"]), _dotted((*self.node, *path)) or self.document.path
        context = detail.get("ctx", {})
        if kind in ("enum", "literal_error"):
            allowed = _allowed(str(context["expected"]))
            remedy = did_you_mean(str(detail["input"]), allowed) or f"Write one of: {', '.join(allowed)}."
            same = _same(str(detail["input"]), allowed)
            fix = replacing(self.document, where, str(detail["input"]), same) if same else None
            return Fault(where, f"{name} is {seen}, which is not one of its words.", code, remedy, fix)
        if kind in _SHOULD_BE:
            return Fault(where, f"{name} is {seen}; it must be {_SHOULD_BE[kind]}.", code, f"Write {_SHOULD_BE[kind]}.")
        if detail["loc"][-1:] == (_OF_KEY,):
            where = self.document.at_key(*self.node, *path)
            return Fault(where, f"The name {name} is not usable.", code, f"Write it in the form {context.get('pattern')}.")
        if kind == "value_error":
            return Fault(where, f"{name} {context['error']}.", code, "Correct it.")
        message = detail["msg"].removeprefix("Input ").removeprefix("String ")
        return Fault(where, f"{name} is {seen}; it {message[:1].lower()}{message[1:]}.", code, "Correct the value.")

    def _missing(self, path: NodePath) -> Fault:
        parent = _dotted((*self.node, *path[:-1])) or self.document.path
        where = self.document.at_key(*self.node, *path[:-1]) if (*self.node, *path[:-1]) else self.document.at()
        owner = self.data
        for part in path[:-1]:
            owner = owner[part]
        near = did_you_mean(str(path[-1]), [str(key) for key in owner]) if isinstance(owner, Mapping) else ""
        remedy = f"Write {path[-1]} instead of {near.split(chr(39))[1]}." if near else f"Add {path[-1]}: …"
        return Fault(where, f"{parent} has no {path[-1]!r}.", self._code(path, "RES01"), remedy)

    def _unknown(self, path: NodePath) -> Fault:
        known = [key for owner in _models_at(self.model, path[:-1]) for key in _keys(owner)]
        parent = _dotted((*self.node, *path[:-1])) or self.document.path
        name = path[-1] if path else ""
        remedy = did_you_mean(str(name), known) or f"Remove it; known keys: {', '.join(known)}."
        where = self.document.at_key(*self.node, *path)
        same = _same(str(name), [key for key in known if key not in _value_at(self.data, path[:-1])])
        fix = renaming(self.document, where, str(name), same) if same else None
        return Fault(where, f"{parent} has no field {name!r}.", self._code(path, "RES02"), remedy, fix)

    def _code(self, path: NodePath, code: str) -> str:
        return self.codes.get(str(path[0]), code) if path else code

    def _where(self, path: NodePath, seen: Any) -> Position:
        where = self.document.at(*self.node, *path)
        if isinstance(seen, str) and seen and "\n" not in seen:
            return Position(where.path, where.line, where.column, len(seen))
        return where


def _same(text: str, known: Sequence[str]) -> str:
    """The known word that ``text`` certainly is: in other capitals, or in British English."""
    small = {word.lower().replace("_", ""): word for word in known}
    plain = text.lower().replace("_", "").replace("-", "").strip()
    return small.get(plain) or small.get(_BRITISH.get(plain, "")) or ""


def _dotted(path: NodePath) -> str:
    """A path as people write it.

    >>> _dotted(("KM3Resource", "authors", 1, "orcid"))
    'KM3Resource.authors[1].orcid'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _shown(value: Any) -> str:
    if isinstance(value, PlainScalar):
        return str(value)
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "…")
    return {type(None): "empty", dict: "a mapping", list: "a list"}.get(type(value), str(value))


def _allowed(expected: str) -> list[str]:
    """The words in pydantic's ``'a', 'b' or 'c'``."""
    return [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]


def _value_at(data: Any, path: NodePath) -> Any:
    """The value at ``path``, or None where the data have no such path any more."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _doubtful(model: type[BaseModel], document: Document, node: NodePath) -> Iterator[Fault]:
    """Plain numbers and booleans where text is wanted, which other readers of YAML would print differently."""
    for path in document.doubtful:
        below = path[len(node) :]
        if path[: len(node)] != node or not below or not any(_is_text(kind) for kind in _annotations(model, below)):
            continue
        value = _value_at(document.data, path)
        if not isinstance(value, PlainScalar):  # overwritten by a second key of the same name, which is a fault of its own
            continue
        where = document.at(*path)
        yield Fault(
            Position(where.path, where.line, where.column, len(value)),
            f"{_dotted(path)} is text, but without quotes YAML reads {value} as {value.native}.",
            "RES04",
            f"Write '{value}' in quotes.",
            replacing(document, where, value, str(value)),
        )


def _is_text(annotation: Any) -> bool:
    return annotation is str


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The plain types of an annotation: without Annotated, Optional and Union."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin is Union or origin is types.UnionType:
        for member in get_args(annotation):
            yield from _alternatives(member)
    else:
        yield annotation


def _annotations(annotation: Any, path: NodePath) -> Iterator[Any]:
    """The types a model wants at ``path``; values of free mappings are nobody's."""
    for kind in _alternatives(annotation):
        if not path:
            yield kind
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                if path[0] in (name, *_aliases(field.validation_alias)):
                    yield from _annotations(field.annotation, path[1:])
        elif get_origin(kind) in (tuple, list):
            yield from _annotations(get_args(kind)[0], path[1:] if isinstance(path[0], int) else path)
        elif get_origin(kind) is dict and len(path) > 1:
            yield from _annotations(get_args(kind)[1], path[1:])


def _models_at(model: type[BaseModel], path: NodePath) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    for kind in _annotations(model, path):
        inner = get_args(kind)[0] if get_origin(kind) in (tuple, list) else kind  # a single mapping that stands for a list
        found += [one for one in _alternatives(inner) if isinstance(one, type) and issubclass(one, BaseModel)]
    return found


def _keys(model: type[BaseModel]) -> list[str]:
    """The keys a model knows, in all spellings."""
    return [key for name, field in model.model_fields.items() for key in dict.fromkeys((name, *_aliases(field.validation_alias)))]


def _aliases(alias: Any) -> tuple[str, ...]:
    choices = getattr(alias, "choices", None) or ([alias] if isinstance(alias, str) else [])
    return tuple(choice for choice in choices if isinstance(choice, str))
