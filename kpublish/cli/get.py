"""Download a published resource and verify it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from kpublish.cli import options

if TYPE_CHECKING:
    from kpublish.model.bundle import FileEntry, Release
    from kpublish.store import KM3Store


@click.command("get")
@click.argument("identifier", required=False)
@click.option("-o", "--output", metavar="FILE|DIR", default="./", help="Where to write to; the current folder unless stated.")
@options.version
@options.source
@click.option("--locked", metavar="FILE", type=click.Path(path_type=Path), help="Download what a lock file names, the same bytes.")
@click.option("--force", is_flag=True, help="Overwrite files that are different.")
def command(
    identifier: str | None, output: str, version: str | None, address: str | None, locked: Path | None, force: bool
) -> None:
    """Download IDENTIFIER: a kid, or the name of a table, figure or package as kpublish ls lists it.

    Of a table the annotated file is downloaded, of a figure all its formats (only one, if OUTPUT is a file with the suffix of
    one), of a release its analysis package. Every byte is verified against the published checksum. With --locked, what a lock
    file (store.lock in Python) names, or IDENTIFIER of it, in the version that it names.
    """
    from kpublish.cli.console import telling_warnings

    with telling_warnings():
        if locked is None:
            if identifier is None:
                raise click.UsageError("Missing argument 'IDENTIFIER'.")
            _download(_opened(address), identifier, version, output, force)
            return
        if version:
            raise click.UsageError("--version and --locked contradict each other.")
        _download_locked(locked, identifier, address, output, force)


def _download_locked(locked: Path, identifier: str | None, address: str | None, output: str, force: bool) -> None:
    """Every resource of a lock file from the source that it was read from, unless another one is named."""
    from kpublish.store.locking import chosen, read_lock

    resources = chosen(read_lock(locked).resources, identifier)
    stores = {source: _opened(source, locked) for source in {address or one.source for one in resources}}
    for one in resources:
        _download(stores[address or one.source], one.kid, None, output, force)


def _opened(address: str | None, locked: Path | None = None) -> KM3Store:
    from kpublish.store import KM3Store

    return KM3Store(address, locked=locked)


def _download(store: KM3Store, identifier: str, version: str | None, output: str, force: bool) -> None:
    from kpublish.store.catalogue import files_of

    release, member = store.find(identifier, version)
    named = {entry.path if member is None else PurePosixPath(entry.path).name: entry for entry in files_of(release, member)}
    fetch(store, release, _targets(named, output), force=force)


def fetch(store: KM3Store, release: Release, targets: Mapping[Path, FileEntry], *, force: bool, quiet: bool = False) -> None:
    """Download files of a release to their places; nothing is written if one of them is another file already."""
    from kpublish.cli.console import note, step

    for target, entry in targets.items():
        _stop_at_other(target, entry, force)
    for target, entry in targets.items():
        _copy(store.download(release, entry), target, entry)
        if not quiet:
            step(str(target))
            note(entry.checksum)


def _targets(files: Mapping[str, FileEntry], output: str) -> dict[Path, FileEntry]:
    """Which file goes where; names from the source never lead out of the folder."""
    from kpublish.files import safe_join

    place = Path(output)
    if not (output.endswith("/") or place.is_dir()):
        fitting = [entry for name, entry in files.items() if PurePosixPath(name).suffix == place.suffix]
        chosen = fitting or list(files.values())
        if len(chosen) == 1:
            return {place: chosen[0]}
    return {safe_join(place, name): entry for name, entry in files.items()}


def _stop_at_other(target: Path, entry: FileEntry, force: bool) -> None:
    """Refuse to overwrite a file that is not the published one."""
    from kpublish.errors import UsageError
    from kpublish.store.cache import holds

    if not force and target.exists() and not holds(target, entry):
        raise UsageError(
            f"{target} is there already and is different.", remedy="Choose another place with -o, or overwrite it with --force."
        )


def _copy(kept: Path, target: Path, entry: FileEntry) -> None:
    """Copy the verified bytes to their place; they appear there complete or not at all."""
    from kpublish.files import atomic, chunks, open_bytes
    from kpublish.store.cache import holds

    if holds(target, entry):
        return
    with open_bytes(kept) as content, atomic(target) as stream:
        for block in chunks(content):
            stream.write(block)
