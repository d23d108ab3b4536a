"""Opens ROOT files and goes through what they hold."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kpublish.formats.arrays import CELLS, fault
from kpublish.formats.bare import no_table, read_with, refused
from kpublish.formats.root.drawn import GRAPHS, axis, graph, histogram
from kpublish.formats.root.folders import is_whole, is_whole_at
from kpublish.formats.root.tree import ntuple, tree
from kpublish.model.bare_table import BareTable
from kpublish.registry import import_with_hint

#: Objects of one folder that are read.
_OBJECTS = 1000
#: Bytes that one object may unpack to.
_SIZE = 8 * CELLS
#: Folders that are looked into.
_FOLDERS = 200
#: Classes, and what makes a table of them.
_MAKERS: tuple[tuple[re.Pattern[str], Callable[[Any, str, str], BareTable]], ...] = (
    (re.compile(r"TTree|TNtupleD?"), tree),
    (re.compile(r"ROOT::(Experimental::)?RNTuple"), ntuple),
    (re.compile(r"T(H[123][A-Z]|Profile[23]?D?)"), histogram),
    (re.compile("|".join(GRAPHS)), graph),
    (re.compile("TAxis"), axis),
)
#: Classes of words about other objects.
_WORDS = ("TObjString", "TNamed", "TParameter")
_NAME = re.compile(r"[^'\"\\\n\r\0]*")
_AGAIN = "Write the file again."
_NOT_READ = "Write a tree of plain branches, a histogram or a graph."


def recognises(head: bytes, path: str) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether it begins as a ROOT file does."""
    return head.startswith(b"root\x00\x00")


def read(path: Path, name: str) -> tuple[BareTable, ...]:
    """Read the file ``path``, called ``name`` in messages; faults are in the tables, not raised.

    Raises
    ------
    MissingExtra
        If uproot is not installed.
    """
    return read_with(path, name, read_content)


def read_content(content: bytes, name: str) -> tuple[BareTable, ...]:
    """Read the bytes of a ROOT file: a table per tree, histogram and graph, the newest cycle of each."""
    uproot = import_with_hint("uproot")
    if not is_whole(content):
        return (refused(name, "This is not a whole ROOT file: its list of objects is damaged.", _AGAIN),)
    try:
        with uproot.open(io.BytesIO(content), object_cache=None, array_cache=None) as file:
            if strange := _strange(file.file.streamers):
                return (refused(name, f"It describes its classes with a name that is none: {strange!r}.", _AGAIN),)
            tables = tuple(_Walk(content, name).tables(file, ""))
    except Exception as error:
        return (refused(name, f"This is not a whole ROOT file: {_said(error)}.", _AGAIN),)
    return tables or (no_table(name, "This is a ROOT file"),)


def _strange(streamers: Any) -> str | None:
    """A name that would end a text in the Python code which uproot writes for classes that it does not know."""
    for versions in streamers.values():
        for streamer in versions.values():
            names: list[str] = [streamer.name]
            for element in streamer.elements:
                names += [str(element.member(key, none_if_missing=True) or "") for key in ("fName", "fTypeName", "fCountName")]
            if found := next((name for name in names if not _NAME.fullmatch(name)), None):
                return found
    return None


class _Walk:
    """Goes through the folders of a file, each once."""

    def __init__(self, content: bytes, path: str) -> None:
        self.content = content
        self.path = path
        self.seen: set[int] = set()

    def tables(self, folder: Any, where: str) -> Iterator[BareTable]:
        """The tables of a folder and of the folders in it; what cannot be read hides nothing else."""
        try:
            kinds = _newest(folder)
        except Exception as error:  # uproot tells broken bytes by exceptions of any kind
            yield _refused(self.path, where or "The file", f"cannot be read: {_said(error)}", _AGAIN)
            return
        for number, (key, kind) in enumerate(kinds.items()):
            name = f"{where}/{key.rpartition(';')[0]}".lstrip("/")
            if number == _OBJECTS:
                yield _refused(self.path, where or "The file", f"holds more than {_OBJECTS} objects", "Publish fewer in a file.")
                return
            try:
                if kind.startswith("TDirectory"):
                    yield from self.folder(folder, key, name)
                elif not kind.startswith(_WORDS):
                    yield _object(folder, key, kind, name, self.path)
            except Exception as error:  # see above
                yield _refused(self.path, name, f"cannot be read: {_said(error)}", _AGAIN)

    def folder(self, folder: Any, key: str, name: str) -> Iterator[BareTable]:
        """The tables of a folder in another."""
        found = folder.key(key)
        if (
            found.fSeekKey in self.seen
            or len(self.seen) > _FOLDERS
            or not is_whole_at(self.content, found.fSeekKey + found.fKeylen)
        ):
            yield _refused(self.path, name, "is a damaged folder, one that holds itself, or one of too many", _AGAIN)
            return
        self.seen.add(found.fSeekKey)
        yield from self.tables(folder[key], name)


def _newest(folder: Any) -> dict[str, str]:
    """Class of each object by its key, of several cycles the newest."""
    found: dict[str, tuple[int, str, str]] = {}
    for key, kind in folder.iterclassnames(recursive=False, cycle=True):
        name, _, cycle = key.rpartition(";")
        found[name] = max(found.get(name, (0, "", "")), (int(cycle), key, kind))
    return {key: kind for _, key, kind in found.values()}


def _object(folder: Any, key: str, kind: str, name: str, path: str) -> BareTable:
    """The table of one object."""
    make = next((make for kinds, make in _MAKERS if kinds.fullmatch(kind)), None)
    if make is None:
        return _refused(path, name, f"is a {kind}, which is not read", _NOT_READ)
    if folder.key(key).fObjlen > _SIZE:
        return _refused(path, name, "is larger than what is read into memory", "Publish a smaller table.")
    return make(folder[key], path, name)


def _refused(path: str, name: str, what: str, remedy: str) -> BareTable:
    return BareTable(path, name, faults=(fault(path, "", f"{name} {what}.", remedy),))


def _said(error: Exception) -> str:
    """The first line of what uproot says, which also tells places in its code."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".")[:200] if lines else type(error).__name__
