"""The only place that writes and renames files: atomic writing, safe joining, bounded reading, hashing in one pass."""

from __future__ import annotations

from kpublish.files.folders import fresh_folder, safe_join
from kpublish.files.growing import Busy, Elsewhere, Growing, open_growing
from kpublish.files.reading import CHUNK, TEXT_LIMIT, chunks, open_bytes, read_bytes, sha256_of
from kpublish.files.writing import (
    adopt,
    append,
    atomic,
    beside,
    open_to_append,
    remove_file,
    rename_folder,
    resumable,
    storage_error,
    storing,
    sync_folder,
    write_bytes,
)

__all__ = [
    "CHUNK",
    "TEXT_LIMIT",
    "Busy",
    "Elsewhere",
    "Growing",
    "adopt",
    "append",
    "atomic",
    "beside",
    "chunks",
    "fresh_folder",
    "open_bytes",
    "open_growing",
    "open_to_append",
    "read_bytes",
    "remove_file",
    "rename_folder",
    "resumable",
    "safe_join",
    "sha256_of",
    "storage_error",
    "storing",
    "sync_folder",
    "write_bytes",
]
