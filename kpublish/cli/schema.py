"""Print the JSON Schema of a file that people write, for editors and other programs."""

from __future__ import annotations

import json

import click


@click.command("schema")
@click.argument("name", default="kpublish")
def command(name: str) -> None:
    """Print the JSON Schema of NAME: kpublish (kpublish.yaml, if nothing is said), figure, km3resource, table or report.

    table is the header of an annotated table; report is what kpublish validate --report json prints.
    """
    from kpublish.errors import UnknownName
    from kpublish.model.schemas import schemas
    from kpublish.registry import did_you_mean

    known = {file.removesuffix(".json"): schema for file, schema in schemas().items()}
    if name.removesuffix(".json") not in known:
        remedy = did_you_mean(name, list(known)) or f"Known: {', '.join(known)}."
        raise UnknownName(f"There is no schema named {name!r}.", remedy=remedy)
    click.echo(json.dumps(known[name.removesuffix(".json")], indent=2))
