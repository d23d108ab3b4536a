"""Show the metadata, columns and files of a published resource."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from kpublish.cli import options

if TYPE_CHECKING:
    from kpublish.model.bundle import Member, Release


@click.command("show")
@click.argument("identifier")
@options.version
@options.source
@click.option("--json", "as_json", is_flag=True, help="Print the metadata as JSON.")
@click.option("--web", is_flag=True, help="Open the landing page in the web browser instead.")
def command(identifier: str, version: str | None, address: str | None, as_json: bool, web: bool) -> None:
    """Show what is known about IDENTIFIER: a kid, or the name of a table, figure or package as kpublish ls lists it."""
    from kpublish.cli.console import telling_warnings
    from kpublish.store import KM3Store
    from kpublish.store.texts import describe

    with telling_warnings():
        release, member = KM3Store(address).find(identifier, version)
    if web:
        _browse(release.landing)
        return
    # JSON is written in ASCII, so that foreign control characters stay escaped.
    click.echo(json.dumps(_document(release, member), indent=2) if as_json else describe(release, member))


def _browse(landing: str) -> None:
    """Open a landing page; its address is printed, too, for those who have no browser here."""
    from kpublish.http import check_address

    check_address(landing)
    click.echo(landing)
    click.launch(landing)


def _document(release: Release, member: Member | None) -> dict[str, Any]:
    """A release as it is; a member with its files and the release that holds it."""
    if member is None:
        return release.model_dump(mode="json", exclude_none=True)
    from kpublish.store.catalogue import files_of

    files = [entry.model_dump(mode="json", exclude_none=True) for entry in files_of(release, member)]
    holder = {"kid": release.kid, "version": release.version, "landing": release.landing}
    return {**member.model_dump(mode="json", exclude_none=True), "files": files, "release": holder}
