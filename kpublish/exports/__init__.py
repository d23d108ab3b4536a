"""BUNDLE: one module per standard; a whole release becomes documents of that standard.

An export that offers ``documents`` tells a release without the rows of its tables and is part of every package. One that offers
``submission`` is made of the rows and the pictures, for an archive of others. ``kpublish export`` writes either by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, cast

from kpublish.model.bundle import Release
from kpublish.model.figure import DrawnFigure
from kpublish.model.project import Project
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


class Submission(Protocol):
    """A standard in which tables and pictures are submitted elsewhere; its names are those of :class:`Export`."""

    STANDARD: str
    VERSION: str
    ADDRESS: str

    def submission(self, project: Project, figures: Sequence[DrawnFigure]) -> Mapping[str, bytes]:
        """Return path → bytes of every file: a pure function of what is given."""


EXPORTS: Registry[Export | Submission] = Registry("kpublish.exports", "export", machinery=("chain", "dcat", "names", "runs"))


def in_packages(further: Iterable[str] = ()) -> Iterator[Export]:
    """The exports that are part of every package, and those of others that a project names.

    Raises
    ------
    UnknownName
        If nobody offers one of ``further``.
    """
    for name in (*EXPORTS.names(), *further):
        export = EXPORTS.get(name)
        if hasattr(export, "documents"):
            yield cast(Export, export)
