"""Turn tables as they fell out of an analysis into annotated ones."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kpublish.annotate.answering import Answers
    from kpublish.model.annotation import Annotated, Draft, Question
    from kpublish.model.bare_table import BareTable
    from kpublish.model.provenance import StepRecord


@click.command("annotate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--defaults", is_flag=True, help="Ask nothing; what nobody can know stays as proposed.")
@click.option("--answers", "answers_file", metavar="FILE", type=click.Path(path_type=Path), help="A YAML file of answers.")
@click.option("--linear", is_flag=True, help="Write numbers in place of their log10, with scale: log10.")
@click.option("--authors", "authors_file", metavar="FILE", type=click.Path(path_type=Path), help="INSPIRE's author.xml, or a list.")
@click.option("--sidecar", "beside", is_flag=True, help="Write metadata beside the file, FILE.km3.yaml, and no table.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the table to this file; for one FILE.")
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
    dry_run: bool,
    force: bool,
) -> None:
    """Annotate each FILE, a table of any format, and write it beside the original as .ecsv; numbers keep all their digits.

    Names, units, roles, axes, errors, coordinates and times are proposed; what only you can know is asked for. What cannot hold a
    table (a PDF, a picture) gets a sidecar FILE.km3.yaml, and so does, by --sidecar, what shall stay as it is (a ROOT file).
    """
    from kpublish.annotate.authors import read_authors
    from kpublish.annotate.sidecar import sidecar, stands_alone
    from kpublish.errors import KpublishError
    from kpublish.formats.reading_any import read_any

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
            for table in read_any(file, file.name):
                how = _How(_about(said, table), defaults, linear, dry_run, force, output)
                codes.append(0 if _annotate(file, table, how, authors) else 1)
        except KpublishError as error:
            if len(files) == 1:
                raise
            click.secho("error: ", fg="red", bold=True, err=True, nl=False)
            click.echo(f"{error.message}\n  {error.remedy}", err=True)
            codes.append(error.exit_code)
    if any(codes):
        raise click.exceptions.Exit(max(codes))


class _How:
    """What was asked for, of one table."""

    def __init__(self, answers: Answers, defaults: bool, linear: bool, dry_run: bool, force: bool, output: Path | None) -> None:
        self.answers, self.defaults, self.linear, self.dry_run, self.force = answers, defaults, linear, dry_run, force
        self.output = output


def _annotate(file: Path, table: BareTable, how: _How, authors: list[dict[str, Any]]) -> bool:
    """Annotate one table; False, if it cannot be read."""
    from kpublish.annotate.answering import answered
    from kpublish.annotate.outputs import kid_of, output_of, with_covariance, write
    from kpublish.annotate.proposing import propose
    from kpublish.annotate.writing import annotate
    from kpublish.cli.console import heading, now, step
    from kpublish.recording import keep_own

    if table.faults:
        _tell_faults(table)
        return False
    if "KM3Resource" in table.meta:
        step(f"{file}: it is annotated already")
        return True
    output = how.output or output_of(file, table)
    heading(f"{file}{f' ({table.name})' if table.name else ''} → {output}")
    draft = propose(table, how.answers)
    draft = with_covariance(answered(draft, _complete(draft, how)), file.parent)
    kid = kid_of(output, table)
    root, steps = _steps(file, kid)
    done = annotate(draft, kid, linear=how.linear, authors=authors, steps=[step.line for step in steps])
    _preview(draft, done, how.linear)
    if how.dry_run:
        return True
    same = write(output, done.text, force=how.force)
    but = " but for the cells that were rewritten" if done.rewritten else ""
    proof = f"{done.rows} rows, {done.columns} columns, every value equal to the original's{but}"
    step(f"{output}: {'it is up to date' if same else 'written'}; {proof}")
    if root and output.resolve().is_relative_to(root):
        keep_own(root, steps[-1], output, now())
    return True


def _steps(file: Path, kid: str) -> tuple[Path | None, tuple[StepRecord, ...]]:
    """In a project: its folder, and the recorded steps that lead to a file, with the one that is done now."""
    from kpublish.formats.kpublish_yaml import find_root
    from kpublish.formats.step_records import chain_to, records_in
    from kpublish.model.project import PROJECT_FILE
    from kpublish.recording import own_step

    root = find_root(file.resolve().parent)
    if not (root / PROJECT_FILE).is_file():
        return None, ()
    own = own_step(root, "kpublish annotate", kid, file)
    return root, (*chain_to(tuple(records_in(root).values()), own.inputs[0]), own)


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


def _complete(draft: Draft, how: _How) -> Answers:
    """All answers: given before, asked for on a terminal, or as proposed."""
    from kpublish.annotate.answering import defaults, open_questions
    from kpublish.errors import UsageError

    answers = dict(how.answers)
    left = open_questions(draft, answers)
    if how.defaults or how.dry_run or not left:
        return defaults(draft, answers)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        asked = "".join(f"\n    {'.'.join(question.key)}: {question.text}{_possible(question)}" for question in left)
        raise UsageError(
            f"{draft.table.path}: nobody is here to answer {len(left)} questions:{asked}",
            remedy=f"Use --defaults, or --answers FILE with {draft.table.path}: {{title: …, columns: {{NAME: {{unit: …}}}}}}.",
        )
    for question in left:
        choices = click.Choice(question.choices) if question.choices else None
        answers[question.key] = click.prompt(f"  {question.text}", default=question.default, type=choices, show_default=True)
    return {key: answer for key, answer in answers.items() if answer != ""}


def _possible(question: Question) -> str:
    """The possible answers, and the one that holds if nobody answers."""
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    return f"{choices}{f' [{question.default}]' if question.default else ''}"


def _preview(draft: Draft, done: Annotated, linear: bool) -> None:
    """The columns as they will be, each with what it was made of."""
    from kpublish.annotate.writing import as_written

    rows = [("column", "unit", "role", "meaning", "from", "by")]
    for column in (as_written(column, linear=linear) for column in draft.columns):
        role = " ".join(str(column.meta[key]) for key in ("role", "axis") if column.meta.get(key))
        unit = "" if column.unit is None else column.unit or "1"
        said = column.said if column.said != column.name else ""
        meaning = str(column.meta.get("name") or column.description)
        rows.append((column.name, unit, role, meaning, said, ", ".join(dict.fromkeys(column.rules))))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    for number, row in enumerate(rows):
        text = "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        click.secho(f"  {text}".rstrip(), dim=number == 0)
    for one in done.rewritten:
        click.echo(f"  {one.rule}: {one.count} cells of {one.column}, e.g. {one.before!r} becomes {one.after!r}")
    for text in draft.notes:
        click.echo(f"  {text}")


def _tell_faults(table: BareTable) -> None:
    from kpublish.cli.console import heading

    heading(f"{table.path}: it is not annotated, as not all of it can be read")
    for fault in table.faults:
        where = f":{fault.where.line}" if fault.where.line else ""
        click.secho(f"  {table.path}{where}: ", nl=False, err=True)
        click.echo(f"{fault.message} {fault.remedy}".rstrip(), err=True)


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
