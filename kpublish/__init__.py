"""kpublish: publish plots and their data — validated, rendered, bundled, released exactly once, and loaded back in one line.

>>> from kpublish import load, validate
>>> project = load("my-plots")                      # doctest: +SKIP
>>> findings = validate(project)                    # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpublish.model.resource import KM3Resource
    from kpublish.pipeline import bundle, load, push, release, render, validate
    from kpublish.store import KM3Store

__version__ = "0.1.0"
__all__ = ["KM3Resource", "KM3Store", "bundle", "load", "push", "release", "render", "validate"]

_HOMES = {
    "KM3Resource": "kpublish.model.resource",
    "KM3Store": "kpublish.store",
    **dict.fromkeys(("bundle", "load", "push", "release", "render", "validate"), "kpublish.pipeline"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kpublish' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
