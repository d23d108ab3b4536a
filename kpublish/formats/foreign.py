"""Files that are no tables, or hide one: what they are, told from their first bytes, and what to do with them."""

from __future__ import annotations

import re

_UNPACK = "Unpack it, and name the file that is in it."
_SPREADSHEET = "Save the sheet as CSV in UTF-8, or unpack the archive, and name that file."
_ARRAY = "Write the columns with numpy.savetxt or as Parquet."
_PICTURE = "Name the table that was drawn."
_EXPORT = "Write the table as CSV, HDF5 or Parquet with the program that made this file."

#: First bytes, what has them, and the remedy.
_KNOWN: tuple[tuple[bytes, str, str], ...] = (
    (rb"\x1f\x8b", "compressed by gzip", _UNPACK),
    (rb"BZh[1-9]1AY", "compressed by bzip2", _UNPACK),
    (rb"\xfd7zXZ\0", "compressed by xz", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "compressed by zstd", _UNPACK),
    (rb"PK[\x03\x05]", "a spreadsheet or another zip archive", _SPREADSHEET),
    (rb"\xd0\xcf\x11\xe0", "a document of an old Office", _SPREADSHEET),
    (rb"\x93NUMPY", "an array of NumPy", _ARRAY),
    (rb"\x80[\x02-\x05]", "a pickle of Python, which can run any code when it is opened", _ARRAY),
    (rb"MATLAB 5", "a file of MATLAB", _EXPORT),
    (rb"SQLite format 3", "a database of SQLite", _EXPORT),
    (rb"ARROW1|FEA1", "a file of Arrow or Feather", "Write it as Parquet."),
    (rb"CDF[\x01\x02\x05]", "a file of netCDF 3", "Write it as HDF5 (netCDF 4)."),
    (rb"%PDF-|\x89PNG|\xff\xd8\xff|GIF8|<svg|%!PS", "a picture or document", _PICTURE),
    (rb".*\\begin\{(?:tabular|longtable|deluxetable)|[^\n&]*&[^\n]*\\\\", "a table of LaTeX", "Write the same numbers as CSV."),
    (rb"\s*(?i:<!doctype html|<html)", "a web page, perhaps one that asks for a password", "Download the table again, logged in."),
    (rb"version https://git-lfs", "a note of git in place of the file", "Fetch the file: git lfs pull."),
    (rb"<{7} |={7}\n|>{7} ", "a file with a conflict of git", "Resolve the conflict."),
)
_PATTERNS = tuple((re.compile(start, re.DOTALL), what, remedy) for start, what, remedy in _KNOWN)


def refusal(head: bytes) -> tuple[str, str] | None:
    """Return why a file that begins with ``head`` cannot be read, and the remedy; None if it may be read.

    >>> refusal(b"\\x1f\\x8b\\x08")
    ('This file is compressed by gzip.', 'Unpack it, and name the file that is in it.')
    """
    return next((((f"This file is {what}.", remedy)) for start, what, remedy in _PATTERNS if start.match(head)), None)
