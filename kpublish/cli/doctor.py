"""Find out, before a release, what would stop it."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpublish.cli import archives

if TYPE_CHECKING:
    from kpublish.config import ArchiveSettings
    from kpublish.model.archive import Probe
    from kpublish.model.project import Project

#: What the bytes of a release depend on, or what speaks to archives.
_LIBRARIES = ("matplotlib", "pikepdf", "pillow", "numpy", "pandas", "astropy", "pydantic", "requests", "Django")
#: Less free space than this may not suffice for a package, in bytes.
_ROOM = 2 * 1024**3
_COLOURS = {"ok": "green", "warning": "yellow", "wrong": "red", "unknown": "cyan"}


@click.command("doctor")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@archives.to
@archives.url
@archives.token_file
def command(path: Path, names: tuple[str, ...], urls: tuple[str, ...], token_files: tuple[str, ...]) -> None:
    """Look at this machine, the repository around PATH and its archives: versions, disk, git, tokens, rights, communities, clock.

    Nothing is changed anywhere. What cannot be known is said to be unknown. Ends with exit code 1 if anything is wrong.
    """
    from kpublish.pipeline import load

    project = load(path)
    settings = archives.chosen(project, names, urls, token_files)
    wrong = [_tell("here", list(_here(project))), _tell("git", list(_git(project)))]
    wrong += [_tell(f"{one.name} ({one.url})", list(_archive(one))) for one in settings]
    if any(wrong):
        raise click.exceptions.Exit(1)


def _tell(title: str, probes: list[Probe]) -> bool:
    """Print what was found; return whether anything is wrong."""
    from kpublish.cli.console import heading

    heading(title)
    for probe in probes:
        click.secho(f"  {probe.verdict:<8}", fg=_COLOURS[probe.verdict], nl=False)
        click.echo(f"{probe.what}: {probe.told}")
        if probe.remedy and probe.verdict != "ok":
            click.echo(f"          {probe.remedy}")
    return any(probe.verdict == "wrong" for probe in probes)


def _here(project: Project) -> Iterator[Probe]:
    from kpublish import __version__
    from kpublish.model.archive import Probe

    yield Probe("kpublish", "ok", f"{__version__} on Python {platform.python_version()} ({sys.platform})")
    known = ", ".join(f"{name} {found}" for name in _LIBRARIES if (found := _version(name)))
    yield Probe("libraries", "ok", known)
    free = shutil.disk_usage(project.root).free
    verdict = "ok" if free > _ROOM else "warning"
    yield Probe("disk", verdict, f"{free / 1e9:.1f} GB are free", "Free some space: package and figures are written there.")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _git(project: Project) -> Iterator[Probe]:
    from kpublish.model.archive import Probe

    git, release = project.git, project.release
    if git is None:
        yield Probe("repository", "wrong", "there is no commit", "Run git init, git add --all and git commit.")
        return
    yield Probe("commit", "ok", f"{git.commit[:12]} of {git.date}")
    dirty = f"{len(git.dirty)} tracked file(s) differ from it: {', '.join(git.dirty[:3])}"
    yield Probe("files", "wrong", dirty, "Commit or restore them.") if git.dirty else Probe("files", "ok", "all are committed")
    wanted = release.version if release else None
    fits = [tag for tag in git.tags if wanted and tag in (wanted, f"v{wanted}")]
    if fits:
        yield Probe("tag", "ok", f"{fits[0]}, as kpublish.yaml says")
    else:
        told = f"version {wanted} has no tag here" + (f", but {', '.join(git.tags)}" if git.tags else "")
        yield Probe("tag", "warning", told, f"Run git tag v{wanted} before the release.")


def _archive(settings: ArchiveSettings) -> Iterator[Probe]:
    from kpublish.archives import ARCHIVES
    from kpublish.errors import KpublishError
    from kpublish.model.archive import Probe

    probe = getattr(ARCHIVES.get(settings.kind), "probe", None)
    if probe is None:
        yield Probe("archive", "unknown", "it cannot be asked before a release")
        return
    try:
        yield from probe(settings)
    except KpublishError as error:
        yield Probe("answer", "wrong", error.message, error.remedy)
