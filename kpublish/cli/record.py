"""Run a processing step and record where its results come from."""

from __future__ import annotations

from pathlib import Path

import click

from kpublish.cli import console


@click.command("record")
@click.option("-i", "--input", "inputs", metavar="FILE", multiple=True, help="A file that the step reads; may be repeated.")
@click.option("-o", "--output", "outputs", metavar="FILE", multiple=True, help="A file that the step makes; may be repeated.")
@click.option("--name", default="", help="Name of the step; the program's, if not given.")
@click.option("--settings", default="", help="Its settings, in a short line.")
@click.option("--software", "versions", metavar="NAME=VERSION", multiple=True, help="Software and its version; may be repeated.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def command(
    command: tuple[str, ...],
    *,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    name: str,
    settings: str,
    versions: tuple[str, ...],
) -> None:
    """Run COMMAND (after --) in the current folder, and write provenance/<refID>.json: what it read, made and was.

    Files that it changed without being declared are listed as such. Nothing personal is recorded. Ends with the exit code of the
    command, or with 1 if that succeeded without making what was declared.
    """
    from kpublish.recording import Step, missing, record

    software = tuple((each.partition("=")[0], each.partition("=")[2]) for each in versions)
    done, place = record(Path(), Step(command, inputs, outputs, name, settings, software), console.now)
    line = done.line
    console.step(place.relative_to(Path().resolve()).as_posix())
    console.note(f"{len(done.inputs)} inputs, {len(done.outputs)} outputs")
    for file in done.undeclared:
        console.note(f"not declared: {file.path}")
    said = {"refID": line.refID, "name": line.name, "settings": line.settings, "software": line.software}
    click.echo("For the headers of its results, under origin: provenance:")
    click.echo("- {" + ", ".join(f"{key}: {_quoted(str(value))}" for key, value in said.items()) + "}")
    for path in missing(Path(), done, outputs):
        click.secho(f"✗ {path} was not made", fg="red", err=True)
    raise click.exceptions.Exit(done.exitCode or int(bool(missing(Path(), done, outputs))))


def _quoted(text: str) -> str:
    """A text as a YAML scalar in single quotes, on one line."""
    from kpublish.http import plain

    return "'" + plain(text).replace("'", "''") + "'"
