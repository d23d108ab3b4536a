"""Annotated event files in HDF5 (https://support.hdfgroup.org/documentation/hdf5/latest/), larger than memory if need be.

The rows are the table ``/events``, as PyTables 2 writes tables, so that pandas reads them; what an ECSV header says stands in YAML
in ``/events.__table_column_meta__``, as astropy writes it. ``kid``, ``ktype`` and the complete KM3Resource are attributes of the
root; ``/header`` and ``/provenance`` say the most important of it as tables of fixed-length texts, ``/group_info`` which rows
belong together.
"""

from kpublish.formats.h5.reading import is_annotated, read
from kpublish.formats.h5.writing import write

KIND = "table"
SUFFIXES = (".h5",)
MEDIA_TYPE = "application/x-hdf5"

__all__ = ["KIND", "MEDIA_TYPE", "SUFFIXES", "is_annotated", "read", "write"]
