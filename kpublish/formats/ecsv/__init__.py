"""Annotated tables: comma-delimited ECSV 1.0 with a KM3Resource in its header.

The format: https://github.com/astropy/astropy-APEs/blob/main/APE6.rst
"""

from __future__ import annotations

from kpublish.formats.ecsv.reading import read
from kpublish.formats.ecsv.writing import table_text, write

KIND = "table"
SUFFIXES = (".ecsv",)
MEDIA_TYPE = "text/csv"

__all__ = ["KIND", "MEDIA_TYPE", "SUFFIXES", "read", "table_text", "write"]
