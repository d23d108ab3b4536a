"""What a notebook shows of a resource: its metadata, the first rows of a table, or its picture; HTML in which nothing is live."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kpublish.errors import KpublishError
from kpublish.exports.page.symbols import symbol, unit
from kpublish.files import read_bytes
from kpublish.http import plain
from kpublish.model.bundle import Member, Release
from kpublish.model.parameter import Parameter
from kpublish.model.table import Table
from kpublish.store.catalogue import entry_of
from kpublish.store.texts import fields

#: Rows that are shown of a table, and the largest picture that is shown, in bytes.
ROWS, PICTURE = 5, 8 * 1024**2
_LEFT = 'style="text-align:left"'


def card(release: Release, member: Member | None, body: str = "") -> str:
    """Return the metadata of a release, or of one of its members, followed by ``body``, as HTML."""
    said = ((name, plain(value, 2000)) for name, value in fields(release, member, technical=False) if value)
    rows = [f"<tr><th {_LEFT}>{escape(name)}</th><td {_LEFT}>{_linked(value)}</td></tr>" for name, value in said]
    title = escape(entry_of(release, member).name)
    return f"<div><strong>{title}</strong><table><tbody>{''.join(rows)}</tbody></table>{body}</div>"


def contents(release: Release) -> str:
    """Return the tables and figures of a release as HTML."""
    entries = [entry_of(release, member) for member in release.members]
    rows = [(one.name, one.kind, one.title, one.kid) for one in entries]
    return _table(["name", "kind", "title", "kid"], rows)


def head(table: Table) -> str:
    """Return the columns with symbol, unit and role, and the first rows, as HTML."""
    rows = [["" if cell is None else cell for cell in row] for row in islice(zip(*table.values, strict=True), ROWS)]
    count = len(table.values[0]) if table.values else 0
    return _table([_heading(parameter) for parameter in table.parameters], rows) + f"<p>{count} rows</p>"


def picture(path: Path, alt: str) -> str:
    """Return a PNG or SVG file as an image; other files are not shown. Scripts in an image do not run."""
    try:
        content = read_bytes(path, limit=PICTURE)
    except KpublishError:
        return ""
    kind = _kind_of(content)
    data = base64.b64encode(content).decode()
    return f'<img alt="{escape(alt)}" style="max-width:100%" src="data:{kind};base64,{data}">' if kind else ""


def _kind_of(content: bytes) -> str | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/svg+xml" if content.lstrip().startswith((b"<?xml", b"<svg")) and b"<svg" in content else None


def _linked(value: str) -> str:
    text = escape(value)
    try:
        web = urlsplit(value).scheme in ("http", "https") and " " not in value
    except ValueError:
        web = False
    return f'<a href="{text}" rel="noopener">{text}</a>' if web else text


def _heading(parameter: Parameter) -> str:
    lines = [f"<strong>{escape(plain(parameter.columnname))}</strong>"]
    if parameter.symbol:
        lines.append(symbol(plain(parameter.symbol)))
    if parameter.unit:
        lines.append(unit(plain(parameter.unit)))
    return "<br>".join(lines)


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table; ``heads`` are HTML, the cells of ``rows`` are not."""
    top = "".join(f"<th>{name}</th>" for name in heads)
    lines = ("".join(f"<td>{escape(plain(str(cell)))}</td>" for cell in row) for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"
