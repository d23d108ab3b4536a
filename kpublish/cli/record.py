"""Run a processing step and record where its results come from, or import what another tool recorded."""

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
@click.option("--import", "importing", is_flag=True, help="Run nothing; COMMAND names records of other tools: files or folders.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def command(
    command: tuple[str, ...],
    *,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    importing: bool,
    **said: str | tuple[str, ...],
) -> None:
    """Run COMMAND (after --) in the current folder, and write provenance/<refID>.json: what it read, made and was.

    Files that it changed without being declared are listed as such. Nothing personal is recorded. Ends with the exit code of the
    command, or with 1 if that succeeded without making what was declared.

    With --import, the records of thepipe and km3pipe, Jpp, Snakemake (.snakemake or a report), cwltool (--provenance), Nextflow
    (a trace, or nf-prov's RO-Crate) and other Workflow Run RO-Crates become such files.
    """
    if importing:
        if inputs or outputs or any(said.values()):
            raise click.UsageError("--import takes no other option: the tool has recorded what they would say.")
        _import(command)
        return
    from kpublish.recording import Step, missing, record

    software = tuple((each.partition("=")[0], each.partition("=")[2]) for each in said["versions"])
    done, place = record(Path(), Step(command, inputs, outputs, str(said["name"]), str(said["settings"]), software), console.now)
    line = done.line
    console.step(place.relative_to(Path().resolve()).as_posix())
    console.note(f"{len(done.inputs)} inputs, {len(done.outputs)} outputs")
    for file in done.undeclared:
        console.note(f"not declared: {file.path}")
    header = {"refID": line.refID, "name": line.name, "settings": line.settings, "software": line.software}
    click.echo("For the headers of its results, under origin: provenance:")
    click.echo("- {" + ", ".join(f"{key}: {_quoted(str(value))}" for key, value in header.items()) + "}")
    for path in missing(Path(), done, outputs):
        click.secho(f"✗ {path} was not made", fg="red", err=True)
    raise click.exceptions.Exit(done.exitCode or int(bool(missing(Path(), done, outputs))))


def _import(places: tuple[str, ...]) -> None:
    """Write the records of other tools, and say what they hold."""
    from kpublish.http import plain
    from kpublish.recording import bring

    for place in places:
        brought = bring(Path(), Path(place))
        for file, step in brought.records.items():
            console.step(file.relative_to(Path().resolve()).as_posix())
            console.note(f"{plain(step.name)}, of {brought.tool}: {len(step.inputs)} inputs, {len(step.outputs)} outputs")
        if brought.names:
            console.note(f"{plain(place)} itself tells a person or computer: keep it out of the repository.")


def _quoted(text: str) -> str:
    """A text as a YAML scalar in single quotes, on one line."""
    from kpublish.http import plain

    return "'" + plain(text).replace("'", "''") + "'"
