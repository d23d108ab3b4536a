"""Tell how published resources are cited, as text or in BibTeX."""

from __future__ import annotations

import click

from kpublish.cli import options


@click.command("cite")
@click.argument("identifiers", metavar="ID...", nargs=-1, required=True)
@options.source
@click.option("--bibtex", is_flag=True, help="Print BibTeX entries instead of lines of text.")
def command(identifiers: tuple[str, ...], address: str | None, bibtex: bool) -> None:
    """Tell how each ID is cited: a kid, name, DOI or landing page, with a version as in name@1.0.0.

    The release that holds it is cited, each once.
    """
    from kpublish.cli.console import telling_warnings
    from kpublish.store import KM3Store

    with telling_warnings():
        citations = KM3Store(address).cite(*identifiers)
    click.echo(citations.bibtex if bibtex else citations.text)
