"""Make a project of a repository that holds plots and their data already."""

from __future__ import annotations

from pathlib import Path

import click

from kpublish.cli import console, findings


@click.command("adopt")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
def command(path: Path, *, dry_run: bool) -> None:
    """Make a project of the repository PATH (the current folder): annotate its tables, describe its pictures, propose its metadata.

    Tables are annotated as kpublish annotate does by default, pictures are published as they are. Metadata come from CITATION.cff,
    .zenodo.json, codemeta.json, the README and git. Nothing is deleted or overwritten, and nothing is committed.
    """
    from kpublish.templating.adopting import carry_out, plan

    adoption = plan(path)
    if not dry_run:
        carry_out(path, adoption)
    for name in adoption.files:
        made_of = ", ".join(source for source in adoption.made_of.get(name, ()) if source != name)
        told = f"{findings.shown(path, name)}{f'  of {made_of}' if made_of else ''}"
        console.note(f"would write {told}") if dry_run else console.step(told)
    for name, reason in adoption.left.items():
        console.note(f"left: {name} - {reason}")
    for text in adoption.notes:
        console.note(text)
    if not dry_run:
        click.echo("\nNext: kpublish validate shows what only you can say; then git add --all && git commit.")
