"""Finds the tool that wrote a record of provenance, by its content."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from kpublish.errors import MissingFile, UnreadableFile
from kpublish.files import open_bytes
from kpublish.formats.provenance import READERS, Reader, Told

#: Bytes by which a file is recognised.
_HEAD = 4096


def read_foreign(place: Path) -> tuple[str, Told]:
    """Return the name of the tool that wrote a file or folder, and what it tells.

    Raises
    ------
    MissingFile
        If there is no such file or folder.
    UnreadableFile
        If no tool is known to write it so.
    """
    if not place.exists():
        raise MissingFile(f"There is no file or folder {place}.", remedy="Check the path.")
    tool = _tool(place)
    try:
        told = tool.read(place)
    except (ValidationError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UnreadableFile(
            f"{place} is not as {tool.TOOL} writes it ({type(error).__name__}).", remedy="Let the tool write it again."
        ) from error
    if not told.steps:
        raise UnreadableFile(f"{place} tells no step.", remedy="Import it after the tool has run.")
    return tool.TOOL, told


def _tool(place: Path) -> Reader:
    head = b""
    if not place.is_dir():
        with open_bytes(place) as stream:
            head = stream.read(_HEAD)
    for _, tool in READERS.all():
        if tool.recognises(place, head):
            return tool
    tools = ", ".join(sorted({tool.TOOL for _, tool in READERS.all()}))
    remedy = f"Name one of {tools}; record other steps by kpublish record -- COMMAND."
    raise UnreadableFile(f"{place} is no record of a tool that kpublish reads.", remedy=remedy)
