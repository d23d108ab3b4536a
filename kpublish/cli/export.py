"""Write tables and figures in the form that an archive of others asks for."""

from __future__ import annotations

from pathlib import Path

import click

from kpublish.cli import findings


@click.command("export")
@click.argument("name")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the zip to this file instead of dist/.")
def command(name: str, path: Path, output: Path | None) -> None:
    """Write what an archive or standard asks for of the repository around PATH (the current folder) as one zip.

    NAME says for whom: hepdata is a submission; to upload it to HEPData, choose the zip at "Upload a new submission". prov,
    rocrate, datacite and others are documents that packages hold, by themselves. Tables and figures are validated and drawn first.
    """
    from kpublish.cli.console import note, size, step
    from kpublish.pipeline import load, render, submission

    project = load(path)
    findings.stop_at_errors(project, "draft")
    findings.tell_code(project)
    place, files = submission(name, project, render(project), output)
    step(f"{findings.shown(Path.cwd(), str(place))}  {size(place.stat().st_size)}")
    for file in files:
        note(file)
