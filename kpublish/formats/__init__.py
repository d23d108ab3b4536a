"""LOAD: one module per file format, both directions.

A member says what it is by ``KIND`` and offers the functions of that kind: :class:`TableFormat` (annotated tables),
:class:`DocumentFormat` (YAML with positions), :class:`FigureFormat` (the identity inside PNG, SVG, PDF) or :class:`BareFormat`
(tables as they fell out of an analysis).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kpublish.model.document import Document
from kpublish.model.table import Table
from kpublish.registry import Registry

if TYPE_CHECKING:
    from kpublish.model.bare_table import BareTable


class Format(Protocol):
    """What every format has: the kind of thing it holds, its suffixes and its media type."""

    KIND: str
    SUFFIXES: tuple[str, ...]
    MEDIA_TYPE: str


class TableFormat(Format, Protocol):
    """Annotated tables: ``KIND = "table"``; reading and writing gives the same bytes."""

    def read(self, path: Path, name: str) -> Table:
        """Read the file ``path``, called ``name`` in messages; faults are in the table, not raised."""

    def write(self, table: Table) -> bytes:
        """Return the bytes of the file."""


class DocumentFormat(Format, Protocol):
    """Documents with positions: ``KIND = "document"``."""

    def read_text(self, text: str, name: str) -> Document:
        """Read ``text``, called ``name`` in messages; faults are in the document, not raised."""

    def write_text(self, data: Any) -> str:
        """Return ``data`` as text, in a stable order."""


class FigureFormat(Format, Protocol):
    """Figures that carry an XMP packet: ``KIND = "figure"``."""

    def embed(self, content: bytes, packet: str) -> bytes:
        """Return the figure's bytes with the XMP packet inside."""

    def extract(self, content: bytes) -> str | None:
        """Return the XMP packet of a figure, or None."""


class BareFormat(Format, Protocol):
    """Tables without a KM3Resource: ``KIND = "bare"``; they are only read."""

    def recognises(self, head: bytes, path: str) -> bool:
        """Whether a file that begins with ``head`` has this format."""

    def read(self, path: Path, name: str) -> tuple[BareTable, ...]:
        """Read the file ``path``, called ``name`` in messages; faults are in the tables, not raised."""


FORMATS: Registry[Format] = Registry(
    "kpublish.formats",
    "file format",
    machinery=(
        "arrays",
        "bare",
        "cells",
        "compact",
        "foreign",
        "heads",
        "kpublish_yaml",
        "many",
        "offline_events",
        "personal",
        "project_files",
        "provenance",
        "reading_any",
        "repository_files",
        "step_records",
        "text_rows",
        "understanding",
        "xmp",
    ),
)
