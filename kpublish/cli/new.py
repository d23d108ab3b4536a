"""Make a repository from a template, with git and a first commit; without arguments, list the templates."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import console
from kpublish.errors import UsageError

if TYPE_CHECKING:
    from kpublish.templating import Question


@click.command("new")
@click.argument("template", required=False)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--defaults", is_flag=True, help="Ask nothing.")
@click.option("--set", "settings", metavar="KEY=ANSWER", multiple=True, help="Answer a question; may be given several times.")
def command(template: str | None, folder: Path | None, defaults: bool, settings: tuple[str, ...]) -> None:
    """Make a repository in FOLDER from TEMPLATE, with git and a first commit; without arguments, list the templates."""
    from kpublish import templating

    if template is None:
        from kpublish.cli.templates import tell

        tell()
        return
    if folder is None:
        templating.template(template)
        raise UsageError("The folder is missing.", remedy=f"Run: kpublish new {template} my-plots")
    answers = dict(_setting(each) for each in settings)
    for key, answer in answers.items():
        if fault := _fault(key, answer):
            raise UsageError(f"{answer!r} is no possible answer for {key}.", remedy=fault)
    made = templating.new(template, folder, answers, defaults=defaults, ask=_ask)
    console.step(f"made {made}")
    _next(made, folder, templating.template(template).following)


def _setting(text: str) -> tuple[str, str]:
    key, equals, answer = text.partition("=")
    if not equals:
        raise UsageError(f"--set {text} has no answer.", remedy="Write --set KEY=ANSWER, e.g. --set status=final.")
    return key.strip(), answer.strip()


def _ask(question: Question) -> str:
    """Ask until the answer is possible."""
    kind = click.Choice(question.choices) if question.choices else None
    while True:
        answer = str(
            click.prompt(question.prompt, default=question.default, type=kind, show_default=bool(question.default))
        ).strip()
        fault = _fault(question.key, answer) or question.fault(answer)
        if not fault:
            return answer
        click.secho(f"  {fault}", fg="red", err=True)


def _fault(key: str, answer: str) -> str:
    """What no template takes, as a remedy; empty if nothing is wrong."""
    if not answer.isprintable():
        return "Write it on one line, without control characters."
    if key in ("title", "description", "version", "contact_email", "instrument") and not answer.strip():
        return "It must not be empty."
    if key == "date" and answer and not _is_day(answer):
        return "Write a day such as 2026-11-22, or leave it empty for today."
    if key == "author_orcid" and answer:
        from kpublish.checks.identifiers import orcid_fault

        fault = orcid_fault(answer)
        return f"{fault[:1].upper()}{fault[1:]}: copy it from your page at https://orcid.org." if fault else ""
    return ""


def _is_day(text: str) -> bool:
    from kpublish.checks.calendar import day

    return day(text) is not None


def _next(made: Path, folder: Path, following: tuple[str, ...]) -> None:
    from kpublish import repository

    if (made / ".git").is_dir():
        console.step("git repository with its first commit")
    else:
        reason = repository.missing(made)
        console.note(f"No git repository was made: {reason.message} {reason.remedy}")
    click.echo("\nNext:")
    for line in (f"cd {shlex.quote(str(folder))}", *following):
        click.echo(f"  {line}")
