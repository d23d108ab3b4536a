"""Serve a data center of your own on this machine.

Prints the lines that a shell needs to publish there (they also stand in ``DIR/client.env``), then serves until it is stopped.
"""

from __future__ import annotations

from pathlib import Path

import click

from kpublish.registry import import_with_hint


@click.command("serve")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port on 127.0.0.1; 0 finds a free one."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="KPUBLISH_DC_DATA",
    help="Folder that holds everything.  [default: kpublish/datacenter in your data folder, ~/.local/share]",
)
def command(port: int, data: Path | None) -> None:
    """Serve a data center of your own on this machine, until Ctrl-C.

    It listens on 127.0.0.1 only. To publish there, read the printed lines into another shell: . DIR/client.env
    """
    for name in ("django", "rest_framework", "jwt"):
        import_with_hint(name)
    from kpublish.config import data_home
    from kpublish.datacenter.server import serve

    serve(data or data_home() / "datacenter", port, _announce)


def _announce(url: str, lines: str) -> None:
    """Everything printed can be read by a shell."""
    click.echo(lines, nl=False)
    click.echo(f"# The data center answers at {url}/ - stop it with Ctrl-C.")
