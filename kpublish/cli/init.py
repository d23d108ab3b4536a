"""Make a repository of a folder that cookiecutter or copier made, so that kpublish update can follow the template."""

from __future__ import annotations

from pathlib import Path

import click

from kpublish.cli import console


@click.command("init")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--from", "source", metavar="TEMPLATE", default="", help="The template that it was made from, if it is not ours: its folder."
)
def command(path: Path, *, source: str) -> None:
    """Give the folder PATH (the current one), made from a template, a git repository and the branch kpublish-template.

    The branch holds what the template rendered, so that kpublish update can tell its changes from yours. In a repository that has
    commits already, no file is changed. kpublish new does the same by itself.
    """
    from kpublish.templating import BRANCH
    from kpublish.templating.updating import init

    done = init(path, source)
    if done.new:
        console.step(f"git repository; the branch {BRANCH} holds {done.name} {done.version.removeprefix('v')} as it was rendered")
    else:
        console.note(f"There is nothing to do: the branch {BRANCH} is there.")
