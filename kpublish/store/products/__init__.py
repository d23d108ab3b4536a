"""What a KM3Store hands out: one module per data product, chosen by ktype."""

from __future__ import annotations

from typing import Protocol

from kpublish.model.resource import KM3Resource
from kpublish.registry import Registry
from kpublish.store.holding import Holding


class Product(Protocol):
    """A resource, loaded; its text (``str``) is its metadata."""

    @property
    def metadata(self) -> KM3Resource:
        """Its complete metadata."""

    def show_metadata(self) -> None:
        """Print the metadata as text."""


class ProductKind(Protocol):
    """A module of this room; ``KTYPES`` are the kinds of object it reads.

    ``WHOLE`` says what of: True for releases as a whole, False for the tables, figures and files in them, None for both.
    """

    KTYPES: tuple[str, ...]
    WHOLE: bool | None

    def load(self, holding: Holding) -> Product:
        """Return the product that a holding is."""


PRODUCTS: Registry[ProductKind] = Registry("kpublish.store.products", "data product", machinery=("described",))
