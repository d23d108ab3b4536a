"""Tell where the numbers of a file come from, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import options
from kpublish.cli.console import telling_warnings
from kpublish.config import reader_address

if TYPE_CHECKING:
    from kpublish.store.tracing import Link


@click.command("trace")
@click.argument("file", type=click.Path(path_type=Path))
@options.source
def command(file: Path, address: str | None) -> None:
    """Print the chain from FILE, a figure, table or other result, back to what nobody recorded the making of.

    Steps are those of kpublish record: in provenance/ of the repository around FILE, and, with --from or KPUBLISH_DATACENTER_URL,
    in the releases to which kids lead.
    """
    from kpublish.store import KM3Store
    from kpublish.store.tracing import trace

    asked = address or reader_address(otherwise="")
    with telling_warnings():
        for link in trace(file, KM3Store(asked) if asked else None):
            _tell(link)


def _tell(link: Link) -> None:
    from kpublish.http import plain

    margin = "  " * link.depth
    digest = f"  sha256 {plain(link.sha256[:12])}…" if link.sha256 else ""
    kid = f"  kid {plain(link.kid)}" if link.kid else ""
    click.echo(f"{margin}{click.style(plain(link.path), bold=True)}{digest}{kid}")
    if step := link.made_by:
        settings = f" ({step.settings})" if step.settings else ""
        commit = f", commit {step.commit[:12]}" if step.commit else ""
        ended = f", {step.ended}" if step.ended else ""
        told = f"{step.name}{settings}{ended}{commit}, recorded {link.found} as {step.refID}"
        click.echo(f"{margin}  made by {plain(told)}")
    elif link.found and link.depth:
        click.echo(f"{margin}  made of, as its header says:")
    if link.ends:
        click.secho(f"{margin}  {plain(link.ends)}", dim=True)
