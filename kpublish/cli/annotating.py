"""How one table is annotated: what is open is asked for, shown before it is written, and recorded in a project."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kpublish.annotate.answering import Answers
    from kpublish.model.annotation import Draft, Question, Rewritten
    from kpublish.model.bare_table import BareTable
    from kpublish.model.provenance import StepRecord


@dataclass(frozen=True)
class How:
    """What was asked for, of one table."""

    answers: Answers
    authors: list[dict[str, Any]]
    defaults: bool = False
    linear: bool = False
    dry_run: bool = False
    force: bool = False
    output: Path | None = None


def annotate_table(file: Path, table: BareTable, how: How) -> bool:
    """Annotate one table of a file; False, if it cannot be read."""
    from kpublish.annotate.answering import answered
    from kpublish.annotate.events import first_rows, is_stored, stop_at_text
    from kpublish.annotate.outputs import kid_of, output_of, with_covariance
    from kpublish.annotate.proposing import propose
    from kpublish.cli.console import heading, note, now, step
    from kpublish.recording import keep_own

    if table.faults:
        _tell_faults(table)
        return False
    if "KM3Resource" in table.meta:
        step(f"{file}: it is annotated already")
        return True
    output = how.output or output_of(file, table)
    stop_at_text(output, table)
    heading(f"{file}{f' ({table.name})' if table.name else ''} → {output}")
    if is_stored(table):
        note(f"{table.rows} rows; what they are is proposed from the first ones")
    draft = propose(first_rows(table) if is_stored(table) else table, how.answers)
    draft = with_covariance(answered(draft, _complete(draft, how)), file.parent)
    kid = kid_of(output, table)
    root, steps = _steps(file, kid)
    _write(output, table, draft, kid, steps, how)
    if root and not how.dry_run and output.resolve().is_relative_to(root):
        keep_own(root, steps[-1], output, now())
    return True


def _write(output: Path, table: BareTable, draft: Draft, kid: str, steps: tuple[StepRecord, ...], how: How) -> None:
    """Write the table as a text, or as an event file where its name says so."""
    from kpublish.annotate.events import SUFFIX, Stated, write_annotated
    from kpublish.annotate.outputs import write
    from kpublish.annotate.writing import annotate
    from kpublish.cli.console import step

    lines = [one.line for one in steps]
    if output.suffix == SUFFIX:
        _preview(draft, (), how.linear)
        if how.dry_run:
            return
        stated = Stated(kid, how.linear, how.authors, lines, _inherited(output))
        same = write_annotated(output, table, draft, stated, force=how.force)
        proof = f"{table.rows} rows, {len(draft.columns)} columns"
    else:
        done = annotate(draft, kid, linear=how.linear, authors=how.authors, steps=lines)
        _preview(draft, done.rewritten, how.linear)
        if how.dry_run:
            return
        same, proof = write(output, done.text, force=how.force), f"{done.rows} rows, {done.columns} columns"
    but = " but for the cells that were rewritten" if output.suffix != SUFFIX and done.rewritten else ""
    step(f"{output}: {'it is up to date' if same else 'written'}; {proof}, every value equal to the original's{but}")


def _inherited(output: Path) -> dict[str, Any]:
    """What kpublish.yaml says that a file inherits."""
    from kpublish.formats.kpublish_yaml import find_root, load_project
    from kpublish.model.project import PROJECT_FILE

    root = find_root(output.resolve().parent)
    if not (root / PROJECT_FILE).is_file():
        return {}
    release = load_project(root, only=(PROJECT_FILE,)).release
    return release.model_dump(mode="json", exclude_none=True, exclude={"kid", "title", "description"}) if release else {}


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


def _complete(draft: Draft, how: How) -> Answers:
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


def _preview(draft: Draft, rewritten: Sequence[Rewritten], linear: bool) -> None:
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
    for one in rewritten:
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
