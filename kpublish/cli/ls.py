"""List what is published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kpublish.cli import options

if TYPE_CHECKING:
    from kpublish.store.catalogue import Entry

#: Titles are cut to this many characters, so that a line fits the screen.
_TITLE = 60


@click.command("ls")
@click.argument("identifier", required=False)
@options.source
def command(identifier: str | None, address: str | None) -> None:
    """List what is published: name, kind, version, title and kid; with IDENTIFIER (kid or name) only that.

    Each release is listed as a package, followed by the tables and figures that it holds.
    """
    from kpublish.cli.console import telling_warnings
    from kpublish.store import KM3Store

    store = KM3Store(address)
    with telling_warnings():
        found = store.list(identifier)
    tell(found, f"Nothing is published at {store.address} yet.")


def tell(found: Sequence[Entry], nothing: str) -> None:
    """Print one line for each resource; ``nothing`` where there is none."""
    from kpublish.store.texts import aligned

    if not found:
        click.echo(nothing, err=True)
        return
    rows = [("name", "kind", "version", "title", "kid")]
    rows += [(entry.name, entry.kind, entry.version, _cut(entry.title), entry.kid) for entry in found]
    head, *lines = aligned(rows)
    click.secho(head, bold=True)
    click.echo("\n".join(lines))


def _cut(title: str) -> str:
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
