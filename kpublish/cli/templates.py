"""List the templates, or install them for cookiecutter."""

from __future__ import annotations

import click

from kpublish.cli import console


@click.group("templates", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the templates that came with kpublish."""
    if context.invoked_subcommand is None:
        tell()


def tell() -> None:
    """List the templates with what each makes."""
    from kpublish.templating import templates

    for name, template in sorted(templates().items()):
        click.secho(name.removeprefix("km3net-"), bold=True)
        console.note(template.summary)
    click.echo("\nMake a repository from one of them: kpublish new TEMPLATE FOLDER")


@command.command("install")
def install() -> None:
    """Copy the templates to where cookiecutter looks for names, so that cookiecutter km3net-public-plots works in any folder."""
    from kpublish.templating.installing import install

    for folder in install():
        console.step(f"{folder}")
        console.note(f"cookiecutter {folder.name}")
        console.note(f"copier copy {folder} my-plots")
