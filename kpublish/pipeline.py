"""The corridor: load → validate → render → bundle → push, and nothing else.

Every command is a prefix of it, so the laptop, the CI job and the tests do the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kpublish.errors import FindingsError
from kpublish.model.finding import Severity

if TYPE_CHECKING:
    from kpublish.config import ArchiveSettings
    from kpublish.model.archive import Choices, Receipt
    from kpublish.model.bundle import Bundle
    from kpublish.model.figure import DrawnFigure, Figure
    from kpublish.model.finding import Finding
    from kpublish.model.project import Project
    from kpublish.plots.comparing import Comparison
    from kpublish.plots.overriding import Look


def load(path: Path | str = ".", *, only: Sequence[str] = (), jobs: int = 1) -> Project:
    """Read a repository: the folder of a ``kpublish.yaml``, or a folder of loose annotated files.

    Parameters
    ----------
    path
        The folder, or any folder or file inside it.
    only
        Files, relative to that folder, about which findings shall be told; all, if empty.
    jobs
        Processes that read tables; 0 for one per core.

    Raises
    ------
    MissingFile, UnreadableFile
        If ``path`` cannot be read. Faults inside files are findings, not errors.
    """
    from kpublish.formats.kpublish_yaml import find_root, load_project
    from kpublish.repository import git_state

    root = find_root(Path(path))
    return load_project(root, only=tuple(only), git=git_state(root), jobs=jobs)


def validate(project: Project, profile: str = "draft") -> tuple[Finding, ...]:
    """Return every finding of every check, ordered by file and line; ``profile`` is ``draft`` or ``public``."""
    from kpublish.checks.engine import check

    return check(project, profile)


def render(
    project: Project, *, only: Sequence[str] = (), look: Look | None = None, jobs: int = 1, again: bool = False
) -> tuple[DrawnFigure, ...]:
    """Draw every figure (or those whose names are in ``only``) and write the files below ``rendered/``.

    What has been drawn from the same inputs before is not drawn again; see :mod:`kpublish.plots.remembering`.

    Parameters
    ----------
    project
        As loaded. Figures that are drawn by code of the repository run that code.
    only
        Names of figures; all, if empty.
    look
        How to draw them otherwise than their files say; such figures go into a folder of their own below ``rendered/``.
    jobs
        Processes that draw; 0 for one per core.
    again
        Draw also what has not changed.

    Raises
    ------
    FindingsError
        If a figure cannot be drawn; then nothing is written.
    StorageError
        If a file cannot be written.
    UsageError
        If ``look`` changes what a figure does not have.
    """
    from kpublish.plots.all_figures import draw_all, write
    from kpublish.plots.remembering import recall

    chosen = _chosen(project, only, look)
    known = {} if again else recall(project, chosen)
    figures = draw_all(project, chosen, known=known, jobs=jobs)
    stop_at_undrawn(figures)
    write(project, [drawn for drawn in figures if drawn.figure.rendered not in known])
    return figures


def compare(
    project: Project, *, only: Sequence[str] = (), look: Look | None = None, jobs: int = 1
) -> tuple[tuple[DrawnFigure, ...], tuple[Comparison, ...]]:
    """Draw figures anew, as :func:`render` does, and compare them with the files below ``rendered/``; nothing is written.

    Raises
    ------
    FindingsError
        If a figure cannot be drawn.
    """
    from kpublish.plots import comparing
    from kpublish.plots.all_figures import draw_all

    figures = draw_all(project, _chosen(project, only, look), jobs=jobs)
    stop_at_undrawn(figures)
    return figures, tuple(comparing.compare(figures, project.root))


def bundle(project: Project, figures: Sequence[DrawnFigure], output: Path | None = None) -> Bundle:
    """Pack the tracked files, the figures and the metadata into one deterministic zip.

    Its own checksum is not known yet (``Bundle.sha256`` is empty): ``push`` verifies and seals it.

    Raises
    ------
    NotARepository
        Without a repository with a commit.
    UsageError
        If tracked files differ from the commit.
    StorageError
        If the package cannot be written.
    """
    from kpublish.bundles.packing import pack

    return pack(project, figures, output)


def submission(
    name: str, project: Project, figures: Sequence[DrawnFigure], output: Path | None = None
) -> tuple[Path, tuple[str, ...]]:
    """Write tables and figures as one zip for an archive of others, e.g. ``hepdata``; return its place and its files.

    Raises
    ------
    UnknownName
        If there is no such export.
    StorageError
        If it cannot be written.
    """
    from kpublish.bundles.submitting import submit

    return submit(name, project, figures, output)


def released(project: Project, archives: Sequence[ArchiveSettings], *, keep: bool = True) -> tuple[Receipt, ...] | None:
    """Return how a version ended that all archives have already from the same inputs; None, if anything is left to be done.

    ``keep`` says whether receipts and reports are written into ``.kpublish/``, as after every release.

    Raises
    ------
    ArchiveError
        If an archive cannot be reached, or has this version from other inputs.
    """
    from kpublish.archives.push import released
    from kpublish.bundles.packing import inputs

    return released(inputs(project), archives, project.root, keep=keep)


def push(
    package: Bundle,
    archives: Sequence[ArchiveSettings],
    *,
    journal: Path | None = None,
    choices: Choices | None = None,
    progress: Callable[[str], None] | None = None,
    done: Callable[[Receipt], None] | None = None,
) -> tuple[Receipt, ...]:
    """Bring a package to archives, each exactly once; ``choices`` may say: only plan, or only stage.

    ``journal`` is the folder whose ``.kpublish/`` keeps journal and receipts; else the project that the package lies in.
    ``progress`` is told every step, ``done`` is given each receipt as soon as there is one.

    Raises
    ------
    ArchiveError
        If an archive cannot be reached, refuses, or has this version from other inputs.
    """
    from kpublish.archives.push import push_all
    from kpublish.model.archive import Choices

    return push_all(package, archives, journal_root=journal, choices=choices or Choices(), progress=progress, done=done)


def release(
    path: Path | str,
    archives: Sequence[ArchiveSettings],
    *,
    choices: Choices | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Receipt, ...]:
    """Validate, render, bundle and push the repository at ``path``.

    Raises
    ------
    FindingsError
        If there are findings of severity error in the profile ``public``.
    """
    project = load(path)
    stop_at_errors(validate(project, "public"))
    receipts = released(project, archives)
    if receipts is None:
        receipts = push(bundle(project, render(project)), archives, journal=project.root, choices=choices, progress=progress)
    return receipts


def _chosen(project: Project, only: Sequence[str], look: Look | None) -> list[Figure]:
    from kpublish.plots.overriding import overridden

    return [overridden(figure, look) for figure in project.figures if not only or figure.name in only]


def stop_at_errors(findings: Sequence[Finding]) -> None:
    """Raise :class:`FindingsError` if any finding is an error."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        raise FindingsError(
            f"{len(errors)} error(s), the first in {first.where.path}:{first.where.line}: {first.message}",
            remedy="Run kpublish validate to see and mend them all.",
        )


def stop_at_undrawn(figures: Sequence[DrawnFigure]) -> None:
    """Raise :class:`FindingsError` if any figure could not be drawn."""
    faults = [figure.faults[0] for figure in figures if not figure.files]
    if faults:
        told = " ".join(f"{fault.where.path}:{fault.where.line}: {fault.message}" for fault in faults)
        raise FindingsError(f"{len(faults)} figure(s) cannot be drawn. {told}", remedy=faults[0].remedy)
