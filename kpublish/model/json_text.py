"""JSON as people read it (RFC 8259): two blanks for each level, keys in the order in which they were said, few escapes."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json


def json_text(value: Any) -> bytes:
    r"""Return the text of a value; written in compiled code, as Python's own encoder is not where it indents.

    >>> json_text({"b": [1, "é"], "a": None})
    b'{\n  "b": [\n    1,\n    "\xc3\xa9"\n  ],\n  "a": null\n}\n'
    """
    return to_json(value, indent=2) + b"\n"
