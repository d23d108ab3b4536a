"""Tell what a check asks for, why, how much it weighs, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kpublish.checks.engine import Entry

_WIDTH = 100


@click.command("explain")
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
def command(codes: tuple[str, ...]) -> None:
    """Tell what the checks CODE… ask for, with an example, e.g. kpublish explain TAB04."""
    from kpublish.checks.engine import rules
    from kpublish.errors import UnknownName
    from kpublish.registry import did_you_mean

    known = rules()
    for number, code in enumerate(codes):
        entry = known.get(code.upper())
        if entry is None:
            remedy = did_you_mean(code.upper(), list(known)) or "docs/reference/checks.md lists them all."
            raise UnknownName(f"There is no check {code!r}.", remedy=remedy)
        if number:
            click.echo()
        _tell(entry)


def _tell(entry: Entry) -> None:
    from textwrap import fill, indent

    from kpublish.checks.explaining import examples, severities

    click.secho(f"{entry.code}  {entry.title}", bold=True)
    if entry.why:
        click.echo(fill(entry.why, _WIDTH, initial_indent="  ", subsequent_indent="  "))
    for profile, severity in severities(entry).items():
        click.echo(f"  {profile + ':':8} {severity}")
    click.echo(fill(entry.remedy, _WIDTH, initial_indent="  remedy:  ", subsequent_indent="  " + " " * 9, break_on_hyphens=False))
    if example := examples().get(entry.code):
        click.echo("\n  A made-up example:\n")
        click.echo(indent(example, "    "))
