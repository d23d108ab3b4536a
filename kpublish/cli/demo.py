"""Run the main job end to end on real data, on an embedded data center.

A repository is generated from the template, validated, rendered, bundled and released into a data center on 127.0.0.1; everything
is read back through KM3Store and every checksum compared; a second release sends nothing.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import console
from kpublish.errors import IntegrityError
from kpublish.files import sha256_of

if TYPE_CHECKING:
    from kpublish.config import ArchiveSettings
    from kpublish.datacenter.server import Server
    from kpublish.model.bundle import Bundle
    from kpublish.store import KM3Store

_ANSWERS = {"slug": "km3net-effective-area"}


@click.command()
@click.option("--keep", is_flag=True, envvar="KEEP", help="Keep the data center running until Ctrl-C, to be browsed.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="An empty folder to work in; else a temporary one."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default="a free one", help="Port of the data center.")
def command(keep: bool, folder: Path | None, port: int) -> None:
    """Run the main job end to end on real data, on an embedded data center."""
    started = time.monotonic()
    work = folder or Path(tempfile.mkdtemp(prefix="kpublish-demo-"))
    repository = _generate(work / _ANSWERS["slug"])
    package = _make(repository)
    with _data_center(work / "datacenter", port) as server:
        settings = _settings(repository, server)
        _release(repository, settings)
        _read_back(server.url, package)
        _release_again(repository, settings)
        page = f"{server.url}/r/{package.release.kid}"
        console.heading(f"Published in {time.monotonic() - started:.1f} s")
        console.note(f"landing page  {page}")
        console.note(f"package       {package.path}")
        console.note(f"figure        {repository / 'rendered' / 'effective_area.png'}")
        if not keep:
            console.note("KEEP=1 make demo, or kpublish demo --keep, keeps the data center running to be browsed.")
            return
        console.note("The data center keeps running: Ctrl-C stops it.")
        with suppress(KeyboardInterrupt):
            server.process.wait()


def _generate(folder: Path) -> Path:
    from kpublish import repository
    from kpublish.templating import new

    console.heading("kpublish new public-plots")
    new("public-plots", folder, dict(_ANSWERS), defaults=True)
    repository.tag(folder, "v1.0.0")
    console.step(f"a repository with KM3NeT/ARCA230 data in {folder}, tagged v1.0.0")
    return folder


def _make(folder: Path) -> Bundle:
    from kpublish import pipeline
    from kpublish.bundles.verifying import seal

    console.heading("kpublish validate · render · bundle")
    project = pipeline.load(folder)
    findings = pipeline.validate(project, "public")
    pipeline.stop_at_errors(findings)
    console.step(f"{len(project.tables)} table, {len(project.figures)} figure, {len(findings)} findings")
    figures = pipeline.render(project)
    for figure in figures:
        for name, content in figure.files.items():
            console.step(f"{name}  {console.size(len(content))}")
    package = seal(pipeline.bundle(project, figures))
    console.step(f"{package.path.name}  {console.size(package.path.stat().st_size)}  sha256 {package.sha256[:16]}…")
    return package


@contextmanager
def _data_center(data: Path, port: int) -> Iterator[Server]:
    from kpublish.registry import import_with_hint

    import_with_hint("django")
    from kpublish.datacenter.server import start

    console.heading("kpublish serve")
    server = start(data, port=port)
    try:
        console.step(f"data center on {server.url}")
        yield server
    finally:
        server.stop()


def _settings(folder: Path, server: Server) -> tuple[ArchiveSettings, ...]:
    from kpublish import config, pipeline

    entries = pipeline.load(folder).archives
    environ = {"KPUBLISH_DATACENTER_URL": server.url, "KPUBLISH_DATACENTER_TOKEN_FILE": str(server.token_file)}
    return config.configure(entries, environ=environ).archives


def _release(folder: Path, settings: tuple[ArchiveSettings, ...]) -> None:
    from kpublish import pipeline

    console.heading("kpublish release")
    for receipt in pipeline.release(folder, settings):
        console.step(f"{receipt.archive}: {receipt.state.status}, {receipt.sent} files sent, checksums verified")


def _release_again(folder: Path, settings: tuple[ArchiveSettings, ...]) -> None:
    from kpublish import pipeline

    console.heading("kpublish release, once more")
    for receipt in pipeline.release(folder, settings):
        if receipt.sent:
            raise IntegrityError(f"The second release sent {receipt.sent} files.", remedy="This is a fault of kpublish: report it.")
        console.step(f"{receipt.archive}: there already, nothing sent")


def _read_back(address: str, package: Bundle) -> None:
    from kpublish.store import KM3Store

    console.heading(f"KM3Store({address!r})")
    store = KM3Store(address, cache=package.path.parent / "cache")
    _compare(store, package)
    for entry in store.list():
        if entry.kind == "table":
            console.step(f"store.get({entry.name!r}).data")
            click.echo(_indented(str(store.get(entry.kid).data)))


def _compare(store: KM3Store, package: Bundle) -> None:
    """Fetch every file of the release and compare its checksum with the package's."""
    release, _ = store.find(package.release.kid, package.release.version)
    for entry in package.release.files:
        found, _ = sha256_of(store.download(release, entry))
        if found != entry.sha256:
            raise IntegrityError(f"{entry.path} came back different.", remedy="This is a fault of kpublish: report it.")
    console.step(f"{len(package.release.files)} files read back, every checksum equal")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
