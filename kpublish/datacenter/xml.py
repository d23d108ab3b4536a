"""Text as XML may hold it (XML 1.0 section 2.2, https://www.w3.org/TR/xml/#charsets)."""

from __future__ import annotations

import re
from typing import Any

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    r"""Return the text with a blank in the place of every character that XML cannot hold.

    >>> clean("two\x0bwords")
    'two words'
    """
    return _FORBIDDEN.sub(" ", text)


def cleaned(value: Any) -> Any:
    """The same for every text in a document of JSON."""
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return clean(value) if isinstance(value, str) else value
