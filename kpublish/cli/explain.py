"""Tell what a check asks for, how much it weighs, and what to do."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
def command(codes: tuple[str, ...]) -> None:
    """Tell what the checks CODE… ask for, e.g. kpublish explain TAB04."""
    from kpublish.checks.engine import PROFILES, rules
    from kpublish.errors import UnknownName
    from kpublish.registry import did_you_mean

    known = rules()
    for code in codes:
        entry = known.get(code.upper())
        if entry is None:
            remedy = did_you_mean(code.upper(), list(known)) or "docs/reference/checks.md lists them all."
            raise UnknownName(f"There is no check {code!r}.", remedy=remedy)
        click.secho(f"{entry.code}  {entry.title}", bold=True)
        for profile in PROFILES:
            click.echo(f"  {profile + ':':8} {entry.severity(profile) or 'silent'}")
        click.echo(f"  remedy:  {entry.remedy}")
