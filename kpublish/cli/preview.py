"""Show the figures and tables of a repository in a browser, with the findings beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpublish.cli import findings, options

if TYPE_CHECKING:
    from kpublish.model.project import Project
    from kpublish.plots.overriding import Look


@click.command("preview")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port on 127.0.0.1; 0 finds a free one."
)
@click.option("--open", "browsing", is_flag=True, help="Open it in the browser.")
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help="Write the page into DIR instead, and end.")
@options.looks
def command(path: Path, *, port: int, browsing: bool, output: Path | None, **changed: Any) -> None:
    """Show the figures and tables of the repository around PATH (the current folder) in a browser, until Ctrl-C.

    The page follows what is saved, and shows the findings beside each figure and table. It listens on 127.0.0.1 only and writes
    nothing, unless --output asks for the page as it is. Where a figure is drawn by a Python file of the repository, this runs it
    after every change.
    """
    from threading import Event

    from kpublish.pipeline import load
    from kpublish.preview.server import Preview

    project = load(path)
    findings.stop_at_loose(project)
    if output is not None:
        _write(project, output, options.look_of(**changed))
        return
    with Preview(project.root, port, options.look_of(**changed)) as preview:
        click.echo(f"The preview of {findings.shown(Path.cwd(), str(project.root))} stands at {preview.url} - stop it with Ctrl-C.")
        findings.tell_code(project)
        if browsing:
            click.launch(preview.url)
        Event().wait()


def _write(project: Project, output: Path, look: Look) -> None:
    from kpublish.cli.console import note, step
    from kpublish.preview.written import write
    from kpublish.reports.text import summary

    findings.tell_code(project)
    snapshot = write(project.root, output, look)
    step(f"{output / 'index.html'}  {len(snapshot.pictures)} figures, {len(project.tables)} tables")
    note(summary(snapshot.findings))
