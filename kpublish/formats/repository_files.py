"""The files of a repository beside its tables and figures: which there are, and the text of each, read once and when asked for."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from kpublish.errors import KpublishError
from kpublish.files import read_bytes
from kpublish.formats.project_files import all_tables
from kpublish.model.finding import Fault, Fix, Position
from kpublish.model.project import PROJECT_FILE, GitState, PlainFile

_TEXTS = re.compile(
    r"(?i)(?:\.(?:md|rst|ipynb|cff|py|toml|cfg|sh|tex|bib|html?|log)|(?:^|/)(?:codemeta|package|\.zenodo)\.json|[._-]prov\.json|-ci\.ya?ml|"
    r"(?:^|/)(?:licen[cs]e|copying|readme|requirements|changelog|makefile|notice|authors|\.git\w+)(?:\.\w+)?)$"
)
_WORDS = re.compile(
    r"(?i)(?:\.(?:md|rst|txt|csv|tsv|dat|json|ipynb|ya?ml|toml|cff|py|tex|bib|xml|html?|svg)|(?:^|/)(?:licen[cs]e|readme|authors))$"
)
#: The largest text that is read, in bytes.
_LARGEST = 16 * 1024**2
#: Files that git does not track that are looked at, and folders of them that are not.
_MANY = 2000
_INSTALLED = re.compile(r"(?:^|/)(?:node_modules|__pycache__|site-packages|\.?v?env|build|\.snakemake|\.ipynb_checkpoints)/")
#: What rows of numbers consist of, words for no number among it.
_NUMBERS = b"0123456789.,;:|+-eEdD \t\r\nnaNINFinf"
#: Lines above the numbers of a table that are kept.
_ABOVE = 200


class RepositoryFiles(Mapping[str, PlainFile]):
    """The files of a repository by path; ``known`` are the texts that were read already."""

    def __init__(self, root: Path, paths: Sequence[str], known: Mapping[str, str]) -> None:
        self._root = root
        self._read: dict[str, PlainFile | None] = dict.fromkeys(paths)
        self._known = known

    def __getitem__(self, path: str) -> PlainFile:
        found = self._read[path]
        if found is None:
            found = self._read[path] = _file(self._root, path, self._known.get(path))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)

    def __contains__(self, path: object) -> bool:
        return path in self._read


def is_text(path: str) -> bool:
    """Whether the name is that of a text, program or metadata file, not of a table or figure."""
    return bool(_TEXTS.search(path))


def paths_of(root: Path, git: GitState | None) -> tuple[str, ...]:
    """Return what git tracks or would offer to track, sorted; without a repository of its own, what is not hidden."""
    if git is not None and PROJECT_FILE in git.tracked:
        return tuple(sorted({*git.tracked, *_own(git.untracked)}))
    return tuple(_own(all_tables(root, "", "")))


def _own(paths: Sequence[str]) -> Iterator[str]:
    """The first of many paths, without what programs install or build; git is asked for what it tracks of that."""
    return islice((path for path in paths if not _INSTALLED.search(path)), _MANY)


def _file(root: Path, path: str, known: str | None) -> PlainFile:
    try:
        found = os.lstat(root / path)
        if known or not stat.S_ISREG(found.st_mode):  # a link may lead anywhere
            return PlainFile(path, found.st_size if stat.S_ISREG(found.st_mode) else 0, known)
        if found.st_size > _LARGEST:
            return PlainFile(path, found.st_size)
        content = read_bytes(root / path, limit=_LARGEST)
    except (OSError, ValueError, KpublishError):  # whoever needs it will tell
        return PlainFile(path, 0)
    if b"\0" in content:
        return PlainFile(path, len(content))
    return PlainFile(path, len(content), _text(content), (*ends_of(path, content), *_encoding_of(path, content)))


def _text(content: bytes) -> str:
    above = 0
    for _ in range(_ABOVE):
        above = content.find(b"\n", above) + 1
        if not above:
            break
    if above and not content[above:].translate(None, _NUMBERS):
        content = content[:above]
    plain = content.replace(b"\r\n", b"\n") if b"\r" in content else content
    return plain.decode("utf-8-sig", errors="replace")


def ends_of(path: str, content: bytes) -> Iterator[Fault]:
    """Yield what is odd about the line ends and the beginning of a text."""
    marked, ended = content.startswith(b"\xef\xbb\xbf"), b"\r\n" in content
    if marked or ended:
        yield odd_ends(path, marked, content[: content.find(b"\r\n")].count(b"\n") + 1 if ended else 1)


def _encoding_of(path: str, content: bytes) -> Iterator[Fault]:
    """Tell where a file whose name is that of a text is not one in UTF-8."""
    if _WORDS.search(path):
        try:
            content.decode()
        except UnicodeDecodeError as error:
            where = Position(path, content.count(b"\n", 0, error.start) + 1, 1)
            yield Fault(where, "This is not a text in UTF-8.", "FIL07")


def odd_ends(path: str, marked: bool, line: int) -> Fault:
    """Return the fault of a text that begins with a byte order mark, or whose ``line`` ends with CR LF."""
    what = "begins with a byte order mark" if marked else "has lines that end with CR LF"
    return Fault(Position(path, line, 1), f"The text {what}.", "FIL04", fix=Fix(Position(path)))
