"""BUNDLE: one module per standard; a whole release becomes documents of that standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kpublish.model.bundle import Release
from kpublish.registry import Registry


class Export(Protocol):
    """A standard that a release can be told in.

    ``STANDARD`` is its name, ``VERSION`` the version written, ``ADDRESS`` where it is defined.
    """

    STANDARD: str
    VERSION: str
    ADDRESS: str

    def documents(self, release: Release) -> Mapping[str, bytes]:
        """Return path in the package → bytes: a pure function of the release (the same bytes for the same release)."""


EXPORTS: Registry[Export] = Registry("kpublish.exports", "export", machinery=("dcat", "names"))
