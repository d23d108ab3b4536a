"""Trees of files as people draw them in texts, in the manner of the program ``tree``."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINE = re.compile(r"^(?P<indent>[│|\u00a0 ]*)(?:[├└+|]|`)[─-]{1,3}[ \u00a0](?P<name>[^\s#←<(]+)[^\n]*\n?", re.MULTILINE)
#: Columns by which each level is indented.
_STEP = 4


def entries(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each entry of the trees in a text, with its path from the top of its tree.

    >>> [path for _, path in entries("plots\\n├── data\\n│   └── a.csv\\n└── README.md")]
    ['data', 'data/a.csv', 'README.md']
    """
    above: list[str] = []
    start, last = 0, -1
    for match in _LINE.finditer(text):
        if match.start() != last:  # another tree begins
            start = len(match["indent"])
        depth = max(0, len(match["indent"]) - start + 1) // _STEP
        above[depth:] = [match["name"].strip("/*")]
        last = match.end()
        yield match, "/".join(above)
