"""Figures: they show themselves, say in words what is to be seen, and know the tables that they were drawn from."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from kpublish.store.holding import Holding
from kpublish.store.products.file import PublishedFile

KTYPES = ("km3.figure",)
WHOLE = False


class PublishedFigure(PublishedFile):
    """A published figure; ``data`` are the bytes of the format that shows best."""

    @cached_property
    def tables(self) -> tuple[Any, ...]:
        """The tables that it was drawn from, loaded and verified.

        Raises
        ------
        NotFound
            If the release does not hold one of them.
        """
        return tuple(map(self.holding.neighbour, self.member.tables))

    @property
    def alt(self) -> str:
        """What is to be seen, in words."""
        return self.member.alt or self.metadata.title


def load(holding: Holding) -> PublishedFigure:
    """Return the figure that a holding is."""
    return PublishedFigure(holding)
