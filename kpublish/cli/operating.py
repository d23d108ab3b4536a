"""Run a data center for the world: production, backup, restore, reindex, import."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kpublish.cli import console
from kpublish.registry import import_with_hint

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="KPUBLISH_DC_DATA",
    help="Folder of the data center.  [default: kpublish/datacenter in your data folder, ~/.local/share]",
)


def folder_of(data: Path | None) -> Path:
    """Where the data center is; what it needs is installed."""
    for name in ("django", "rest_framework", "jwt"):
        import_with_hint(name)
    from kpublish.config import data_home

    return (data or data_home() / "datacenter").absolute()


def join(data: Path | None) -> Path:
    """Open the folder of a data center in which a server may be running."""
    folder = folder_of(data)
    from kpublish.datacenter import database

    database.join(folder)
    return folder


@click.command("production")
@click.option("--bind", metavar="HOST:PORT", default="127.0.0.1:8000", show_default=True, help="Where to listen; port 0 finds one.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes.  [default: one more than there are cores]")
@click.option("--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Of each process.")
@click.option("--check", is_flag=True, help="Only check the settings, and print them.")
@data_option
def production(bind: str, workers: int | None, threads: int, check: bool, data: Path | None) -> None:
    """Serve the world under gunicorn, behind a proxy that speaks https.

    Settings come from the environment (KPUBLISH_DC_…); see the how-to "Deploy the data center". It does not start before the
    system checks kpublish.E001 to E008 pass.
    """
    import_with_hint("gunicorn")
    folder = folder_of(data)
    from kpublish.datacenter import production

    if check:
        production.prepare(folder)
        for name, value in production.told().items():
            console.note(f"{name}: {value}")
        _warn(production.refuse_faults())
        console.step("The settings are fit for the world.")
        return
    host, port = _address(bind)
    service = production.Service(host, port, workers or (os.cpu_count() or 1) + 1, threads)
    production.serve(folder, service, lambda url: click.echo(f"# The data center answers at {url}/ - stop it with SIGTERM."))


def _warn(warnings: list[str]) -> None:
    for warning in warnings:
        click.secho("warning: ", fg="yellow", bold=True, err=True, nl=False)
        click.echo(warning, err=True)


def _address(bind: str) -> tuple[str, int]:
    from kpublish.errors import UsageError

    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"{bind} is no place to listen at.", remedy="Write --bind 127.0.0.1:8000.")
    return host.strip("[]"), int(port)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@data_option
def backup(file: Path, data: Path | None) -> None:
    """Write everything to one FILE, while the server runs; it appears only when it is complete."""
    folder = join(data)
    from kpublish.datacenter.backups.writing import write
    from kpublish.datacenter.database import telling

    with telling(folder):
        about = write(file.absolute())
    console.step(f"{file} holds {sum(about.rows.values())} rows and {about.contents} files, {console.size(about.size)}.")
    if about.absent:
        console.note(f"{len(about.absent)} files of drafts were not there; their authors send them again.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@data_option
def restore(file: Path, data: Path | None) -> None:
    """Put a backup into an empty data center, also on another database or storage; run again, it goes on."""
    folder = folder_of(data)
    from kpublish.datacenter import folder as folders
    from kpublish.datacenter.database import open_, telling

    folders.prepare(folder)
    with folders.locked(folder):
        folders.secret_key(folder)
        open_(folder)
        from kpublish.datacenter.backups.restoring import restore

        with telling(folder):
            about = restore(file.absolute())
    console.step(
        f"{sum(about.rows.values())} rows and {about.contents} files, {console.size(about.size)}, of {about.made} are back."
    )


@click.command("reindex")
@data_option
def reindex(data: Path | None) -> None:
    """Make the catalogue and its index of words anew, while the server runs."""
    folder = join(data)
    from kpublish.datacenter.database import telling
    from kpublish.datacenter.search.listing import reindex

    with telling(folder):
        count = reindex()
    console.step(f"{count} releases are listed.")


@click.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="FOLDER_OR_PACKAGE...", type=click.Path(path_type=Path))
@data_option
def import_(sources: tuple[Path, ...], data: Path | None) -> None:
    """Publish finished packages of kpublish bundle, and folders of the archive directory; what is there already stays."""
    folder = join(data)
    from kpublish.datacenter.database import telling
    from kpublish.datacenter.importing import bring, find

    for found in find(sources):
        with telling(folder):
            version, is_new = bring(found)
        console.step(f"{version.kid} {version.version}: {'published' if is_new else 'there already'}")


COMMANDS = (production, backup, restore, reindex, import_)
