"""Tell what a figure found anywhere is, and where its data are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from kpublish.cli.console import telling_warnings
from kpublish.config import reader_address

#: Bytes of the largest figure, and characters of the longest packet, that are read.
LARGEST, LONGEST = 64 * 1024 * 1024, 1_000_000
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
#: First bytes of a file → the format; everything else is read as SVG.
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "png", b"%PDF-": "pdf"}


@click.command("identify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "--url",
    "address",
    metavar="ADDRESS",
    help="A data center, a folder of releases, or a package to ask; else KPUBLISH_DATACENTER_URL, if it is set.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what is known as JSON.")
def command(file: Path, address: str | None, as_json: bool) -> None:
    """Tell what the figure FILE (PNG, SVG or PDF) says about itself: title, kid, version, release, licence, authors and data.

    With --from or KPUBLISH_DATACENTER_URL that source is asked whether it is the newest version; nothing else is asked.
    """
    said = read(file)
    address = address or reader_address(otherwise="")
    asked = _ask(address, said) if address else {}
    if as_json:
        # JSON is written in ASCII, so that foreign control characters stay escaped.
        click.echo(json.dumps({**said, **({"published": asked} if asked else {})}, indent=2))
    else:
        _tell({**dict(_lines(said)), **({"published": _sentence(asked)} if asked else {})}, said.get("data") or [])


def read(file: Path) -> dict[str, Any]:
    """Return what a figure says about itself, as ``formats.xmp.PROPERTIES`` names it.

    Raises
    ------
    NoIdentity
        If it says nothing, or is no figure.
    IntegrityError
        If what it says cannot be read.
    MissingFile, UnreadableFile
        If the file cannot be read.
    """
    from kpublish.errors import NoIdentity
    from kpublish.files import read_bytes
    from kpublish.formats import FORMATS, FigureFormat
    from kpublish.formats.xmp import fields

    content = read_bytes(file, limit=LARGEST)
    name = next((name for beginning, name in _BEGINNINGS.items() if content.startswith(beginning)), "svg")
    format_: FigureFormat = FORMATS.get(name)  # type: ignore[assignment]
    packet = format_.extract(content)
    said = fields(packet) if packet and len(packet) <= LONGEST else {}
    if not _UUID.fullmatch(said.get("kid") or ""):
        remedy = "Only PNG, SVG and PDF files that kpublish render drew, and that nobody has converted since, say what they are."
        raise NoIdentity(f"{file} does not say which resource it is.", remedy=remedy)
    return said


def _ask(address: str, said: Mapping[str, Any]) -> dict[str, str | None]:
    """What a source says about the newest version of the figure."""
    from kpublish.errors import ArchiveError, NotFound
    from kpublish.store import KM3Store

    try:
        with telling_warnings():
            release, member = KM3Store(address).find(said["kid"])
    except NotFound:
        return {"state": "unknown", "at": address}
    except ArchiveError as error:
        return {"state": "unreachable", "at": address, "reason": error.message}
    state = "newest" if release.version == said.get("version") else "other"
    doi = (member.resource.idDOI if member else None) or release.resource.idDOI
    return {"state": state, "at": address, "version": release.version, "doi": doi, "landing": release.landing}


def _sentence(asked: Mapping[str, str | None]) -> str:
    doi = f", DOI {asked['doi']}" if asked.get("doi") else ""
    return {
        "newest": f"this is the newest version{doi}",
        "other": f"the newest version is {asked.get('version')}{doi}: {asked.get('landing')}",
        "unknown": f"not at {asked['at']}",
        "unreachable": f"not known: {asked.get('reason')}",
    }[str(asked["state"])]


def _lines(said: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
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


def _tell(lines: Mapping[str, str | None], data: list[dict[str, str]]) -> None:
    from kpublish.http import plain
    from kpublish.store.texts import aligned

    click.echo("\n".join(aligned((f"{name}:", plain(text)) for name, text in lines.items() if text)))
    if data:
        click.echo("\ndata")
    for table in data:
        known = ("path", "kid", "sha256")
        click.echo(
            "  " + "  ".join(plain(f"{key} {table[key]}" if key != "path" else table[key]) for key in known if table.get(key))
        )
