"""Writes YAML that YAML 1.1 and 1.2 read alike: stable, small collections of scalars on one line, numbers with their literal."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from kpublish.formats.yaml_document.reading import resolved_tag
from kpublish.model.document import PlainScalar

#: Text that needs no quotes in block and flow style, for YAML 1.1 and 1.2 alike.
_UNQUOTED = re.compile(r"[^\W_][\w./()+^$\\=~;<>|&%@! -]*(?::[\w./()+^$\\=~;<>|&%@!-]+[\w./()+^$\\=~;<>|&%@! -]*)*")
#: Longest collection of scalars that is written on one line.
_FLOW_LENGTH = 132
#: Keys whose mappings are never written on one line.
_BLOCK = ("KM3Resource",)


def write_text(data: Any) -> str:
    r"""Return ``data`` as YAML: block style, small collections of scalars on one line, order as given.

    Examples
    --------
    >>> print(write_text({"title": "A", "keywords": ["b", "1.10"], "contact": {"name": "C: D"}}), end="")
    title: A
    keywords: [b, '1.10']
    contact: {name: 'C: D'}
    """
    return "\n".join(_lines(data, block=True)) + "\n"


def _lines(value: Any, *, block: bool = False) -> Iterator[str]:
    """Lines of a value, not indented."""
    flow = _flow(value)
    if flow is not None and (not block or not value or not isinstance(value, Mapping | list | tuple)):
        yield flow
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _entry(f"{scalar_text(key)}:", item, key in _BLOCK)
    else:
        for item in value:
            lines = _lines(item)
            yield f"- {next(lines)}"
            yield from (f"  {line}" for line in lines)


def _entry(key: str, item: Any, block: bool) -> Iterator[str]:
    lines = list(_lines(item, block=block))
    if len(lines) == 1 and (flow := _flow(item)) is not None and lines[0] == flow:
        yield f"{key} {lines[0]}"
        return
    yield key
    indent = "  " if isinstance(item, Mapping) else ""
    yield from (indent + line for line in lines)


def _flow(value: Any) -> str | None:
    """The value on one line, or None if it is too long or holds collections."""
    if isinstance(value, Mapping):
        inside = [(key, item) for key, item in value.items()]
        items = [item for _, item in inside]
        text = "{" + ", ".join(f"{scalar_text(key)}: {scalar_text(item)}" for key, item in inside if not _nested(item)) + "}"
    elif isinstance(value, list | tuple):
        items = list(value)
        text = "[" + ", ".join(scalar_text(item) for item in items if not _nested(item)) + "]"
    else:
        return scalar_text(value)
    return None if any(map(_nested, items)) or len(text) > _FLOW_LENGTH else text


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)


def scalar_text(value: Any) -> str:
    """Return a scalar as it is written in YAML, so that it is read as the same value.

    Examples
    --------
    >>> [scalar_text(value) for value in ("1.0.0", "1.10", "no", 1e-5, True, None, "a: b")]
    ['1.0.0', "'1.10'", "'no'", '1.0e-05', 'true', 'null', "'a: b'"]
    """
    if value is None:
        return "null"
    if isinstance(value, PlainScalar):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return _quoted(str(value.value) if isinstance(value, Enum) else str(value))


def _float_text(value: float) -> str:
    if math.isfinite(value):
        text = repr(value)
        return text if "." in text or "e" not in text else text.replace("e", ".0e")  # YAML 1.1 wants the point
    return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")


def _quoted(text: str) -> str:
    if _UNQUOTED.fullmatch(text) and text[-1] != " " and not _is_number(text) and resolved_tag(text).endswith(":str"):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _is_number(text: str) -> bool:
    """Also what only YAML 1.2 takes for a number, e.g. 1e5 and 0o17."""
    try:
        float(text)
    except ValueError:
        return bool(re.fullmatch(r"0[box][0-9a-fA-F_]+", text))
    return True


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return named.get(character) or f"\\U{ord(character):08x}"
