"""The first rows of tables on the page of a release, sorted by the column that is asked for: links in place of scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string

from kpublish.datacenter.models import Version
from kpublish.datacenter.storage import store
from kpublish.errors import KpublishError
from kpublish.model.bundle import Member, Release

#: Rows that are shown; bytes that are read for them, and of a table that is sorted; tables of one page that show rows.
SHOWN, FIRST, LARGEST, TABLES = 8, 256 * 1024, 8 * 1024**2, 20


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: the table (its kid), the column, and whether from the largest on."""

    kid: str = ""
    column: str = ""
    falling: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> Order:
        """What the address says: ``?rows=KID&by=COLUMN``, with ``-`` before the column from the largest on."""
        by = request.GET.get("by", "")
        return cls(request.GET.get("rows", ""), by.removeprefix("-"), by.startswith("-"))


def previews(row: Version, release: Release, order: Order) -> dict[str, str]:
    """Return HTML with the first rows of each table that is a text, by its kid."""
    tables = [member for member in release.members if member.kind == "table" and member.files and member.path.endswith(".ecsv")]
    found = ((member, _rows(row, release, member, order)) for member in tables[:TABLES])
    return {member.resource.kid: _html(member, rows, order) for member, rows in found if rows}


def _rows(row: Version, release: Release, member: Member, order: Order) -> list[list[str]]:
    """The first rows, after the line of names; none where the file is not there."""
    entry = release.file(member.files[0])
    if entry is None or not row.files.filter(path=entry.path, arrived=True).exists():
        return []
    place = _place(member, order)
    length = LARGEST if place is not None and entry.size <= LARGEST else FIRST
    try:
        with store().open(entry.sha256) as stream:
            content = stream.read(length)
    except (OSError, KpublishError):  # the page is there also while the store is not
        return []
    rows = list(_cells(content, whole=length >= entry.size, width=len(member.parameters)))
    if place is not None:
        rows.sort(key=lambda cells: _key(cells[place]), reverse=order.falling)
    return rows[:SHOWN]


def _place(member: Member, order: Order) -> int | None:
    """The number of the column by which is sorted."""
    names = [parameter.columnname for parameter in member.parameters]
    return names.index(order.column) if order.kid == member.resource.kid and order.column in names else None


def _cells(content: bytes, *, whole: bool, width: int) -> Iterator[list[str]]:
    """The rows of a text, without the last one where only its beginning was read."""
    text = content.decode("utf-8", "replace")
    body = io.StringIO(text if whole else text.rpartition("\n")[0])
    lines = (line for line in body if not line.startswith("#"))
    next(lines, None)
    with suppress(csv.Error):
        yield from (cells for cells in csv.reader(lines) if len(cells) == width)


def _key(cell: str) -> tuple[int, float, str]:
    """Numbers by their value, then words, then what is empty or no number."""
    try:
        number = float(cell)
    except ValueError:
        return (1 if cell else 2, 0.0, cell)
    return (2, 0.0, cell) if number != number else (0, number, "")  # noqa: PLR0124 - nan


def _html(member: Member, rows: list[list[str]], order: Order) -> str:
    columns = [
        {
            "name": parameter.columnname,
            "unit": parameter.unit,
            "by": f"-{parameter.columnname}" if _is_rising(member, parameter.columnname, order) else parameter.columnname,
            "sorted": "descending" if order.falling else "ascending",
            "is_sorted": (order.kid, order.column) == (member.resource.kid, parameter.columnname),
        }
        for parameter in member.parameters
    ]
    facts = {"kid": member.resource.kid, "columns": columns, "rows": rows, "total": member.rows}
    return render_to_string("datacenter/rows.html", facts)


def _is_rising(member: Member, column: str, order: Order) -> bool:
    return (order.kid, order.column, order.falling) == (member.resource.kid, column, False)
