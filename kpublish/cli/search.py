"""Search what is published."""

from __future__ import annotations

import click

from kpublish.cli import options


@click.command("search")
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--type", "type", metavar="TYPE", help="resourceType, e.g. eventlist, irf, plotdata.")
@click.option("--instrument", metavar="NAME", help="Detector, e.g. KM3NeT/ARCA230.")
@click.option("--keyword", metavar="WORD", help="One of the keywords.")
@click.option("--year", type=int, metavar="YEAR", help="Of publication.")
@click.option("--author", metavar="NAME", help="Part of an author's name, or an ORCID.")
@click.option("--ktype", metavar="KTYPE", help="Kind of object, e.g. km3.events.")
@click.option("--level", type=int, metavar="N", help="Processing level of the data.")
@options.source
def command(words: tuple[str, ...], address: str | None, **filters: str | int | None) -> None:
    """List what is published and has every WORD in title, description, keywords, authors, columns, kid or DOI.

    Case and accents do not matter. Filters narrow it down; without a WORD they choose alone.
    """
    from kpublish.cli.console import telling_warnings
    from kpublish.cli.ls import tell
    from kpublish.store import KM3Store

    store = KM3Store(address)
    with telling_warnings():
        found = store.search(" ".join(words), **filters)
    tell(found, f"Nothing at {store.address} fits.")
