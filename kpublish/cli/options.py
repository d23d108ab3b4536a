"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kpublish.model.vocabularies import Context

if TYPE_CHECKING:
    from kpublish.plots.overriding import Look

Command = TypeVar("Command", bound=Callable[..., Any])

#: Where ``ls``, ``show`` and ``get`` read.
source = click.option(
    "--from",
    "--url",
    "address",
    metavar="ADDRESS",
    help="A data center, a record of Zenodo or InvenioRDM, a folder of releases, or a package; else KPUBLISH_DATACENTER_URL "
    "or the KM3NeT Open Data Center.",
)
#: Which version ``show`` and ``get`` take.
version = click.option("--version", "version", metavar="VERSION", help="The newest one unless stated.")
#: How figures are drawn otherwise than their files say.
_LOOKS = (
    click.option(
        "--context", type=click.Choice([context.value for context in Context]), help="Draw for a paper, notebook, talk or poster."
    ),
    click.option("--dark/--light", default=None, help="Draw light on dark, or dark on light."),
    click.option(
        "--set",
        "settings",
        metavar="KEY=VALUE",
        multiple=True,
        help="Change what the figure says, e.g. layers.0.hidden=true or x.range=[1,10]; may be repeated.",
    ),
)


def looks(command: Command) -> Command:
    """Add the options that draw figures otherwise than their files say."""
    for option in reversed(_LOOKS):
        command = option(command)
    return command


def look_of(context: str | None, dark: bool | None, settings: Sequence[str]) -> Look:
    """Return how figures are to be drawn, as these options say."""
    from kpublish.plots.overriding import Look

    return Look(Context(context) if context else None, dark, dict(map(_setting, settings)))


def _setting(text: str) -> tuple[str, Any]:
    import yaml

    from kpublish.errors import UsageError

    key, mark, value = text.partition("=")
    try:
        read = yaml.safe_load(value)
    except yaml.YAMLError:
        mark = ""
    if not mark or not key:
        raise UsageError(f"--set {text} is not KEY=VALUE.", remedy="Write for example --set x.range=[1,10].")
    return key, read
