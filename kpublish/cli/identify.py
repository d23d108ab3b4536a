"""Tell what a figure, table or package found anywhere is, and where its data are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from kpublish.cli.console import telling_warnings
from kpublish.config import reader_address

if TYPE_CHECKING:
    from kpublish.errors import KpublishError
    from kpublish.store import KM3Store


@click.command("identify")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "--url",
    "address",
    metavar="ADDRESS",
    help="A data center, a record of Zenodo or InvenioRDM, a folder of releases, or a package to ask; "
    "else KPUBLISH_DATACENTER_URL, if it is set.",
)
@click.option("--data", "fetching", is_flag=True, help="Download the tables that it was drawn from, verified.")
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help="Where --data writes to; else beside FILE.")
@click.option("--force", is_flag=True, help="With --data, overwrite files that are different.")
@click.option("--json", "as_json", is_flag=True, help="Print what is known as JSON: of several files as a list.")
def command(files: tuple[Path, ...], address: str | None, fetching: bool, output: Path | None, force: bool, as_json: bool) -> None:
    """Tell what FILE says about itself: title, kid, version, release, licence, authors and data.

    FILE is a figure (PNG, SVG, PDF, or a JPEG, TIFF or WebP into which a program copied its metadata), an annotated table or an
    analysis package. With --from or KPUBLISH_DATACENTER_URL that source is asked for the DOI, whether it is the newest version,
    and where its data are; nothing else is asked. --data asks the KM3NeT Open Data Center unless another source is named.
    """
    from kpublish.errors import KpublishError

    asking = _Asking(address or (reader_address() if fetching else reader_address(otherwise="")), fetching, output, force)
    codes: list[int] = []
    known: list[dict[str, Any]] = []
    for file in files:
        try:
            with telling_warnings():
                known.append(asking.about(file))
        except KpublishError as error:
            if len(files) == 1:
                raise
            codes.append(_refuse(error))
            continue
        if not as_json:
            _tell(known[-1], file, title=len(files) > 1)
    if as_json:
        # JSON is written in ASCII, so that foreign control characters stay escaped.
        click.echo(json.dumps(known if len(files) > 1 else known[0], indent=2))
    if codes:
        raise click.exceptions.Exit(max(codes))


@dataclass(frozen=True, slots=True)
class _Asking:
    """Which source is asked (empty: none), whether data are downloaded, and whereto."""

    address: str
    fetching: bool
    output: Path | None
    force: bool

    def about(self, file: Path) -> dict[str, Any]:
        """What a file says and its source knows, with the files that were downloaded."""
        from kpublish.errors import ArchiveError
        from kpublish.store import KM3Store
        from kpublish.store.identifying import identify, published

        said = identify(file)
        if not self.address:
            return said
        store = KM3Store(self.address)
        try:
            known = published(store, said, file)
        except ArchiveError as error:
            if self.fetching:
                raise
            known = {"state": "unreachable", "at": self.address, "reason": error.message}
        fetched = {"fetched": self._fetch(store, said, self.output or file.parent)} if self.fetching else {}
        return {**said, "published": known, **fetched}

    def _fetch(self, store: KM3Store, said: Mapping[str, Any], place: Path) -> list[str]:
        from kpublish.cli.get import fetch
        from kpublish.files import safe_join
        from kpublish.store.identifying import drawn_from

        release, entries = drawn_from(store, said)
        targets = {safe_join(place, PurePosixPath(entry.path).name): entry for entry in entries}
        if len(targets) < len(entries):  # tables of one name in several folders
            targets = {safe_join(place, entry.path): entry for entry in entries}
        fetch(store, release, targets, force=self.force, quiet=True)
        return [str(target) for target in targets]


def _refuse(error: KpublishError) -> int:
    click.secho("error: ", fg="red", bold=True, err=True, nl=False)
    click.echo(f"{error.message}\n  {error.remedy}", err=True)
    return error.exit_code


def _sentence(asked: Mapping[str, Any]) -> str:
    doi = f", DOI {asked['doi']}" if asked.get("doi") else ""
    newest = f"the newest version is {asked.get('version')}{doi}: {asked.get('landing')}"
    return {
        "newest": f"this is the newest version{doi}",
        "superseded": newest,
        "unlisted": f"not in this version; {newest}",
        "unknown": f"not at {asked['at']}",
        "unreachable": f"not known: {asked.get('reason')}",
    }[str(asked["state"])]


def _lines(said: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    asked = said.get("published") or {}
    yield "title", said.get("title")
    yield "description", said.get("description")
    yield "kid", said.get("kid")
    yield "version", said.get("version")
    yield "release", said.get("release")
    yield "authors", "; ".join(said.get("authors") or [])
    yield "publisher", "; ".join(said.get("publisher") or [])
    yield "license", said.get("license")
    yield "shows", said.get("alt")
    yield "landing page", said.get("landing")
    yield "published", _sentence(asked) if asked else None
    if "unchanged" in asked:
        yield (
            "bytes",
            "as they were published" if asked["unchanged"] else "not those that were published: somebody changed or saved it anew",
        )


def _tell(said: Mapping[str, Any], file: Path, *, title: bool) -> None:
    from kpublish.cli.console import heading, step
    from kpublish.http import plain
    from kpublish.store.texts import aligned

    if title:
        heading(plain(str(file)))
    click.echo("\n".join(aligned((f"{name}:", plain(text)) for name, text in _lines(said) if text)))
    data = said.get("data") or []
    where = {one["kid"]: one["address"] for one in (said.get("published") or {}).get("data", ())}
    if data:
        click.echo("\ndata")
    for table in data:
        known = [table.get("path"), *(f"{key} {table[key]}" for key in ("kid", "sha256") if table.get(key))]
        click.echo("  " + "  ".join(plain(word) for word in known if word))
        if address := where.get(table.get("kid")):
            click.echo(f"    {plain(address)}")
    for path in said.get("fetched", ()):
        step(path)
