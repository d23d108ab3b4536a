"""Bring a repository to the newest version of the template that it was made from."""

from __future__ import annotations

from pathlib import Path

import click

from kpublish.cli import console, findings


@click.command("update")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--from", "source", metavar="TEMPLATE", default="", help="Follow another template: its name, or its folder.")
def command(path: Path, *, source: str) -> None:
    """Merge the template as it came with this kpublish into the repository PATH (the current folder).

    It is rendered with the answers in .copier-answers.yml onto the branch kpublish-template, which git merges. Where both changed
    the same lines, the files are listed and left with git's marks (exit code 1): mend and commit them, or go back with git merge
    --abort. No kid changes. Afterwards the repository is validated.
    """
    from kpublish.pipeline import load, validate
    from kpublish.templating.updating import update

    done = update(path, source)
    if done.conflicts:
        click.echo(f"{len(done.conflicts)} file(s) changed here and in {done.name} {done.version}:", err=True)
        for file in done.conflicts:
            click.echo(f"  {file}", err=True)
        click.echo("Mend them, then: git add --all && git commit - or go back: git merge --abort", err=True)
        raise click.exceptions.Exit(1)
    told = f"{done.name} {done.version}"
    console.step(f"merged {told}") if done.new else console.note(f"There is nothing new in {told}.")
    project = load(path)
    if found := validate(project):
        findings.tell(project, found)
    findings.stop_at_errors(project, "draft")
