"""What a KM3Store hands out: one module per data product, chosen by ktype."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from kpublish.model.bundle import Member, Release
from kpublish.registry import Registry


class Product(Protocol):
    """A member of a release, loaded: its verified local file and its metadata."""

    def show_metadata(self) -> str:
        """Print and return the metadata as text."""


class ProductKind(Protocol):
    """A module of this room; ``KTYPES`` are the kinds of object it reads."""

    KTYPES: tuple[str, ...]

    def load(self, release: Release, member: Member, path: Path) -> Product:
        """Return the product whose verified bytes are at ``path``."""


PRODUCTS: Registry[ProductKind] = Registry("kpublish.store.products", "data product")
