"""Turn tables as they fell out of an analysis into annotated ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kpublish.annotate.answering import Answers
    from kpublish.model.bare_table import BareTable


@click.command("annotate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--defaults", is_flag=True, help="Ask nothing; what nobody can know stays as proposed.")
@click.option("--answers", "answers_file", metavar="FILE", type=click.Path(path_type=Path), help="A YAML file of answers.")
@click.option("--linear", is_flag=True, help="Write numbers in place of their log10, with scale: log10.")
@click.option("--authors", "authors_file", metavar="FILE", type=click.Path(path_type=Path), help="INSPIRE's author.xml, or a list.")
@click.option("--sidecar", "beside", is_flag=True, help="Write metadata beside the file, FILE.km3.yaml, and no table.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the table to this file; for one FILE.")
@click.option("--table", "name", help="Only this table of the file; of KM3NeT's offline and DST files: events.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@click.option("--force", is_flag=True, help="Overwrite an annotated table that differs; its kid stays.")
def command(  # noqa: PLR0913 - one parameter for each option
    files: tuple[Path, ...],
    *,
    defaults: bool,
    answers_file: Path | None,
    linear: bool,
    authors_file: Path | None,
    beside: bool,
    output: Path | None,
    name: str | None,
    dry_run: bool,
    force: bool,
) -> None:
    """Annotate each FILE, a table of any format, and write it beside the original as .ecsv; numbers keep all their digits.

    Names, units, roles, axes, errors, coordinates and times are proposed; what only you can know is asked for. What cannot hold a
    table (a PDF, a picture) gets a sidecar FILE.km3.yaml, and so does, by --sidecar, what shall stay as it is (a ROOT file).
    """
    from kpublish.annotate.authors import read_authors
    from kpublish.annotate.sidecar import sidecar, stands_alone
    from kpublish.cli.annotating import How, annotate_table
    from kpublish.errors import KpublishError

    if output and len(files) != 1:
        raise click.UsageError("--output is for one FILE.")
    said = _answers(answers_file, [file.name for file in files])
    authors = read_authors(authors_file) if authors_file else []
    codes = []
    for file in files:
        try:
            if beside or stands_alone(file):
                _write_sidecar(file, sidecar(file, authors), dry_run=dry_run)
                continue
            for table in _tables(file, name, output):
                how = How(_about(said, table), authors, defaults, linear, dry_run, force, output)
                codes.append(0 if annotate_table(file, table, how) else 1)
        except KpublishError as error:
            if len(files) == 1:
                raise
            click.secho("error: ", fg="red", bold=True, err=True, nl=False)
            click.echo(f"{error.message}\n  {error.remedy}", err=True)
            codes.append(error.exit_code)
    if any(codes):
        raise click.exceptions.Exit(max(codes))


def _tables(file: Path, name: str | None, output: Path | None) -> tuple[BareTable, ...]:
    """The tables of a file that are meant."""
    from kpublish.errors import UsageError
    from kpublish.formats import offline_events
    from kpublish.formats.reading_any import read_any
    from kpublish.registry import did_you_mean

    if name == offline_events.NAME and file.suffix == ".root":
        return (offline_events.read(file, file.name),)
    found = read_any(file, file.name)
    if name is not None:
        known = [table.name for table in found]
        found = tuple(table for table in found if table.name == name)
        if not found:
            raise UsageError(f"{file} holds no table {name!r}.", remedy=did_you_mean(name, known) or f"Known: {', '.join(known)}.")
    if output and len(found) > 1:
        names = ", ".join(table.name for table in found)
        raise UsageError(f"{file} holds {len(found)} tables, and --output is for one.", remedy=f"Name it: --table, of {names}.")
    return found


def _answers(file: Path | None, names: list[str]) -> Mapping[str, Any]:
    """What a file of answers says: of the files that are named, or of all."""
    from kpublish.errors import UsageError
    from kpublish.files import read_bytes
    from kpublish.formats.yaml_document import read_text

    if file is None:
        return {}
    document = read_text(read_bytes(file).decode("utf-8", "replace"), str(file))
    if document.faults or not isinstance(document.data, Mapping):
        why = document.faults[0].message if document.faults else "It is no mapping."
        raise UsageError(f"{file} holds no answers: {why}", remedy="Write, for each file: flux.csv: {title: …, columns: {…}}.")
    if _names_files(document.data):
        from kpublish.registry import did_you_mean

        for name in document.data:
            if str(name).partition(":")[0] not in names:
                remedy = did_you_mean(str(name), names) or f"Files of this call: {', '.join(names)}."
                raise UsageError(f"{file} answers for {name!r}, which is not asked about.", remedy=remedy)
    return document.data


def _names_files(said: Mapping[str, Any]) -> bool:
    return all(isinstance(value, Mapping) and key != "columns" for key, value in said.items())


def _about(said: Mapping[str, Any], table: BareTable) -> Answers:
    """The answers that are meant for a table: those below the name of its file, else all, if no file is named."""
    from kpublish.annotate.answering import flat

    for name in (f"{table.path}:{table.name}", table.path):
        if isinstance(said.get(name), Mapping):
            return flat(said[name])
    return {} if _names_files(said) else flat(said)


def _write_sidecar(file: Path, text: str, *, dry_run: bool) -> None:
    from kpublish.annotate.outputs import write
    from kpublish.annotate.sidecar import sidecar_of
    from kpublish.cli.console import step

    output = sidecar_of(file)
    if output.exists():
        step(f"{output}: it is there already")
    elif dry_run:
        click.echo(text)
    else:
        write(output, text, force=False)
        step(f"{output}: written")
