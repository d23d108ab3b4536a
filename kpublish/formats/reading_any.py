"""Reads a bare table of any format: what its first bytes say decides, then its suffix; what nothing else knows is read as text."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from kpublish.errors import KpublishError
from kpublish.files import open_bytes
from kpublish.formats import FORMATS, BareFormat
from kpublish.formats.bare import refused
from kpublish.formats.foreign import refusal
from kpublish.model.bare_table import BareTable

#: Bytes from which a format is recognised.
_HEAD = 4096
#: What is tried last, as any text may be one.
_LAST = "delimited"


def read_any(path: Path, name: str = "") -> tuple[BareTable, ...]:
    """Return the tables of a file, whatever its format.

    Parameters
    ----------
    path
        The file.
    name
        What it is called in messages; its own name, if empty.

    Raises
    ------
    MissingExtra
        If the format needs a package that is not installed.
    """
    name = name or path.name
    try:
        with open_bytes(path) as stream:
            head = stream.read(_HEAD)
    except KpublishError as error:
        return (refused(name, error.message, error.remedy),)
    if not head:
        return (refused(name, "The file is empty.", "Name a file that holds a table."),)
    if why := refusal(head):
        return (refused(name, *why),)
    return format_of(head, name).read(path, name)


def format_of(head: bytes, path: str) -> BareFormat:
    """Return the format of a file that begins with ``head``."""
    members = {name: cast(BareFormat, member) for name, member in FORMATS.all() if getattr(member, "KIND", "") == "bare"}
    last = members.pop(_LAST)
    suffix = Path(path).suffix.lower()
    by_content = (member for member in members.values() if member.recognises(head, path))
    by_suffix = (member for member in members.values() if suffix in member.SUFFIXES)
    return next(by_content, None) or next(by_suffix, last)
