"""Show the figures and tables of a repository in a browser, with the findings beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpublish.cli import findings, options

if TYPE_CHECKING:
    from kpublish.model.project import Project
    from kpublish.plots.overriding import Look
    from kpublish.preview.changes import Last


@click.command("preview")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port on 127.0.0.1; 0 finds a free one."
)
@click.option("--open", "browsing", is_flag=True, help="Open it in the browser.")
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help="Write the page into DIR instead, and end.")
@click.option(
    "--against", metavar="ADDRESS", help="With --output, compare with the last release there: a data center, folder, package."
)
@options.looks
def command(path: Path, *, port: int, browsing: bool, output: Path | None, against: str | None, **changed: Any) -> None:
    """Show the figures and tables of the repository around PATH (the current folder) in a browser, until Ctrl-C.

    The page follows what is saved, and shows the findings beside each figure and table. It listens on 127.0.0.1 only and writes
    nothing, unless --output asks for the page as it is. Where a figure is drawn by a Python file of the repository, this runs it
    after every change.
    """
    from threading import Event

    from kpublish.pipeline import load
    from kpublish.preview.server import Preview

    if against and output is None:
        raise click.UsageError("--against compares a page that is written: name its folder with --output.")
    project = load(path)
    findings.stop_at_loose(project)
    if output is not None:
        _write(project, output, options.look_of(**changed), _last(project, against) if against else None)
        return
    with Preview(project.root, port, options.look_of(**changed)) as preview:
        click.echo(f"The preview of {findings.shown(Path.cwd(), str(project.root))} stands at {preview.url} - stop it with Ctrl-C.")
        findings.tell_code(project)
        if browsing:
            click.launch(preview.url)
        Event().wait()


def _last(project: Project, address: str) -> Last | None:
    """The last release of the project at an address; None, with a note, if there is none."""
    from kpublish.cli.console import note, telling_warnings
    from kpublish.errors import NotFound
    from kpublish.files import read_bytes
    from kpublish.preview.changes import Last
    from kpublish.store import KM3Store

    kid = (project.release and project.release.kid) or ""
    with telling_warnings():
        store = KM3Store(address)
        try:
            release, _ = store.find(kid)
        except NotFound:
            note(f"No version was released to {address} yet, so nothing is compared.")
            return None
        pictures, tables = {}, {}
        for member in release.members:
            for entry in (entry for path in member.files if (entry := release.file(path))):
                if member.kind == "figure" and entry.path.endswith(".png"):
                    pictures[member.resource.kid] = read_bytes(store.download(release, entry))
                elif member.kind == "table":
                    tables[member.resource.kid] = store.download(release, entry)
    return Last(release.version, release.resource, pictures, tables)


def _write(project: Project, output: Path, look: Look, last: Last | None) -> None:
    from kpublish.cli.console import note, step
    from kpublish.preview.written import write
    from kpublish.reports.text import summary

    findings.tell_code(project)
    snapshot = write(project.root, output, look, last)
    step(f"{output / 'index.html'}  {len(snapshot.pictures)} figures, {len(project.tables)} tables")
    note(summary(snapshot.findings))
