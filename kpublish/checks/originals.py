"""Annotated tables against the files that they were made of, where these lie in the repository, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpublish.checks import Rule
from kpublish.errors import KpublishError
from kpublish.files import safe_join, sha256_of
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project
from kpublish.model.table import Table

CODE = "ORG"

#: Larger files are not read again, in bytes.
_LIMIT = 10 * 1024**2


def _originals(project: Project) -> Iterator[tuple[Table, str, Mapping[str, Any]]]:
    """Tables whose original lies beside them, its path, and what the header says of it."""
    for table in project.tables:
        meta = table.header.data.get("meta") if isinstance(table.header.data, Mapping) else None
        original = meta.get("original") if isinstance(meta, Mapping) else None
        if not isinstance(original, Mapping) or table.faults:
            continue
        path = f"{table.path.rpartition('/')[0]}/{original.get('file')}".lstrip("/")
        if path in project.files:
            yield table, path, original


class ORG01(Rule):
    """The file that a table was made of has changed since.

    The table that is published holds other numbers than the file beside it.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Run kpublish annotate --force with the file; the kid stays. Or bring the file back as it was."""
        for table, path, original in _originals(project):
            if original.get("sha256") and _checksum(project, path) not in ("", original["sha256"]):
                where = table.header.at("meta", "original", "sha256", length=64)
                yield Fault(where, f"{path} is not the file any more that this table was made of.")


class ORG02(Rule):
    """A table has other rows than the file that it was made of.

    A row was eaten on the way, as happens where the first one is taken for names, or rows were edited by hand.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Run kpublish annotate --force with the file, which compares every value; the kid stays."""
        for table, path, original in _originals(project):
            if project.files[path].size > _LIMIT or _checksum(project, path) != original.get("sha256"):
                continue
            rows = _rows(project, path, str(original.get("table") or ""))
            if rows not in (None, len(table.lines)):
                where = table.header.at("meta", "original", "file", length=len(str(original.get("file"))))
                yield Fault(where, f"The table has {len(table.lines)} rows, {path} has {rows}.")


def _checksum(project: Project, path: str) -> str:
    try:
        return sha256_of(safe_join(project.root, path))[0]
    except KpublishError:  # another rule tells of it
        return ""


def _rows(project: Project, path: str, name: str) -> int | None:
    from kpublish.formats.reading_any import read_any

    try:
        tables = read_any(safe_join(project.root, path))
    except KpublishError:  # a package that reads it is missing
        return None
    return next((table.rows for table in tables if not table.faults and table.name in (name, "")), None)
