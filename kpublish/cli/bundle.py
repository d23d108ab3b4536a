"""Pack data, figures and metadata into one verifiable zip, or verify one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import findings

if TYPE_CHECKING:
    from kpublish.model.bundle import Bundle


@click.command("bundle")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the package to this file instead of dist/.")
@click.option(
    "--verify", "package", metavar="FILE", type=click.Path(path_type=Path), help="Check every byte of this package instead."
)
def command(path: Path, output: Path | None, package: Path | None) -> None:
    """Pack the repository around PATH (the current folder): validate, render, and write one deterministic zip.

    With --verify nothing is written: the package is compared with the checksums in it.
    """
    if package is not None:
        if output is not None:
            raise click.UsageError("--output and --verify do not go together.")
        from kpublish.bundles.verifying import verify

        _tell("Verified", verify(package))
        return
    from kpublish.pipeline import bundle, load, render
    from kpublish.repository import missing

    project = load(path)
    findings.stop_at_errors(project, "draft")
    if project.git is None:
        raise missing(project.root)
    findings.tell_code(project)
    drawn = render(project)
    _tell("Packed", bundle(project, drawn, output))
    findings.warn(project, (fault for figure in drawn for fault in figure.faults))
    _tell_left_out(project.root, project.git.tracked)


def _tell(verb: str, package: Bundle) -> None:
    from kpublish.cli.console import note, size, step

    release = package.release
    step(f"{verb} {os.path.relpath(package.path)}: {len(package.contents)} files, {size(package.path.stat().st_size)}")
    note(f"{release.resource.title}, version {release.version}")
    if package.sha256:
        note(f"sha256 {package.sha256}")


def _tell_left_out(root: Path, tracked: tuple[str, ...]) -> None:
    from kpublish.cli.console import note
    from kpublish.repository import leaving

    for path, reason in leaving(root, tracked).items():
        note(f"left out: {path} {reason}")
