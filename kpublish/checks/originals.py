"""Annotated tables against the files that they were made of, where these lie in the repository, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from kpublish.checks import Rule
from kpublish.checks.subjects import Same
from kpublish.errors import KpublishError
from kpublish.files import safe_join, sha256_of
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.model.provenance import Original
from kpublish.model.table import Table

CODE = "ORG"

#: Larger files are not read again, in bytes.
_LIMIT = 10 * 1024**2


class _Original(NamedTuple):
    """A table whose original lies beside it: the table, what its header says of the original, and the present file."""

    table: Table
    said: Original
    path: str
    is_same: bool


def _originals(project: Project) -> tuple[_Original, ...]:
    return _found(Same(project))


@lru_cache(maxsize=1)  # both rules ask
def _found(same: Same) -> tuple[_Original, ...]:
    found = []
    for table in same.project.tables:
        path = f"{table.path.rpartition('/')[0]}/{table.original.file}".lstrip("/") if table.original else ""
        if table.original and table.original.sha256 and not table.faults and path in same.project.files:
            with suppress(KpublishError):  # a file that cannot be read: another rule tells of it
                checksum, _ = sha256_of(safe_join(same.project.root, path))
                found.append(_Original(table, table.original, path, checksum == table.original.sha256))
    return tuple(found)


class ORG01(Rule):
    """The file that a table was made of has changed since.

    The table that is published holds other numbers than the file beside it.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Run kpublish annotate --force with the file; the kid stays. Or bring the file back as it was."""
        for table, _, path, is_same in _originals(project):
            if not is_same:
                where = table.header.at("meta", "original", "sha256", length=64)
                yield Fault(where, f"{path} is not the file any more that this table was made of.")


class ORG02(Rule):
    """A table has other rows than the file that it was made of.

    A row was eaten on the way, as happens where the first one is taken for names, or rows were edited by hand.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Run kpublish annotate --force with the file, which compares every value; the kid stays."""
        for table, said, path, is_same in _originals(project):
            rows = _rows(project, path, said.table or "") if is_same and project.files[path].size <= _LIMIT else None
            if rows not in (None, len(table.lines)):
                where = table.header.at("meta", "original", "file", length=len(said.file))
                yield Fault(where, f"The table has {len(table.lines)} rows, {path} has {rows}.")


def _rows(project: Project, path: str, name: str) -> int | None:
    from kpublish.formats.reading_any import read_any

    try:
        tables = read_any(safe_join(project.root, path))
    except KpublishError:  # a package that reads it is missing
        return None
    return next((table.rows for table in tables if not table.faults and table.name in (name, "")), None)
