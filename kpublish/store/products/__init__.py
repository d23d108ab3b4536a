"""What a KM3Store hands out: one module per data product, chosen by ktype."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from kpublish.model.bundle import Member, Release
from kpublish.model.resource import KM3Resource
from kpublish.registry import Registry


class Product(Protocol):
    """A member of a release, loaded; its text (``str``) is its metadata."""

    @property
    def path(self) -> Path:
        """Its verified local file."""

    @property
    def metadata(self) -> KM3Resource:
        """Its complete metadata."""

    def show_metadata(self) -> None:
        """Print the metadata as text."""


class ProductKind(Protocol):
    """A module of this room; ``KTYPES`` are the kinds of object it reads."""

    KTYPES: tuple[str, ...]

    def load(self, release: Release, member: Member, path: Path) -> Product:
        """Return the product whose verified bytes are at ``path``."""


PRODUCTS: Registry[ProductKind] = Registry("kpublish.store.products", "data product", machinery=("collection",))
