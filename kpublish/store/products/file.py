"""Files that are handed out as they are: whatever has no reader of its own."""

from __future__ import annotations

from kpublish.files import read_bytes
from kpublish.store.cards import picture
from kpublish.store.holding import Holding
from kpublish.store.products.described import Published

KTYPES = ("km3.file",)
WHOLE = False


class PublishedFile(Published):
    """A published file as it is."""

    @property
    def data(self) -> bytes:
        """The bytes."""
        return read_bytes(self.path)

    def _inside(self) -> str:
        return picture(self.path, self.member.alt or self.metadata.title)


def load(holding: Holding) -> PublishedFile:
    """Return the file that a holding is."""
    return PublishedFile(holding)
