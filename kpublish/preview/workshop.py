"""Makes snapshots of a repository: loads and checks it, and draws what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kpublish.errors import KpublishError
from kpublish.formats.step_records import records_in
from kpublish.model.figure import DrawnFigure, Figure
from kpublish.model.finding import Fault, Finding, Severity
from kpublish.model.project import Project
from kpublish.pipeline import load, validate
from kpublish.plots.all_figures import alone
from kpublish.plots.canvas import draw
from kpublish.plots.libraries import fingerprint
from kpublish.plots.overriding import Look, overridden
from kpublish.plots.remembering import digest
from kpublish.preview.snapshot import Picture, Snapshot

#: Formats of given figures that browsers show, best first.
_SHOWN = ("png", "svg", "pdf")


class Workshop:
    """Keeps what was drawn, so that only what has changed is drawn again."""

    def __init__(self, root: Path, look: Look | None = None) -> None:
        self._root, self._look = root, look
        self._libraries = fingerprint()
        self._drawn: dict[str, tuple[str, Picture, tuple[Finding, ...]]] = {}
        self._number = 0

    def snapshots(self) -> Iterator[Snapshot]:
        """Give the repository as it is: at once with the pictures there are, then again after each new one."""
        try:
            yield from self._snapshots()
        except Exception as error:  # the preview goes on: the next change may mend it
            yield self._next(error=f"Internal error: {type(error).__name__}: {error}. Please report it.")

    def _snapshots(self) -> Iterator[Snapshot]:
        try:
            project = load(self._root)
            findings = validate(project)
            figures = [overridden(figure, self._look) for figure in project.figures]
        except KpublishError as error:
            yield self._next(error=f"{error.message} {error.remedy}".strip())
            return
        wanted = {figure.rendered: digest(figure, project, self._libraries) for figure in figures}
        missing = [figure for figure in figures if not wanted[figure.rendered] or self._key(figure) != wanted[figure.rendered]]
        broken = {finding.where.path for finding in findings if finding.severity is Severity.ERROR}
        pending = {figure.rendered for figure in missing if not {figure.path, *figure.tables} & broken}
        yield self._shown(project, findings, figures, pending)
        for figure in missing:
            if figure.rendered in pending:
                self._drawn[figure.rendered] = (wanted[figure.rendered], *_drawn(figure, project))
                pending.remove(figure.rendered)
                yield self._shown(project, findings, figures, pending)

    def _key(self, figure: Figure) -> str:
        return self._drawn.get(figure.rendered, ("", Picture(), ()))[0]

    def _shown(self, project: Project, findings: tuple[Finding, ...], figures: list[Figure], pending: set[str]) -> Snapshot:
        known = [self._drawn.get(figure.rendered, ("", Picture(), ())) for figure in figures]
        pictures = [
            replace(picture, drawing=figure.rendered in pending) for figure, (_, picture, _) in zip(figures, known, strict=True)
        ]
        noticed = [finding for _, _, told in known for finding in told]
        return self._next(
            project=replace(project, figures=tuple(figures)),
            findings=(*findings, *noticed),
            pictures=tuple(pictures),
            steps=tuple(reversed(records_in(project.root).values())),
        )

    def _next(self, **said: object) -> Snapshot:
        self._number += 1
        return replace(Snapshot(self._number), **said)  # type: ignore[arg-type]


def _drawn(figure: Figure, project: Project) -> tuple[Picture, tuple[Finding, ...]]:
    drawn = draw(figure, alone(figure, project), formats=("png",))
    severity = Severity.WARNING if drawn.files else Severity.ERROR
    told = tuple(_finding(fault, severity) for fault in drawn.faults)
    return _picture(drawn), told


def _finding(fault: Fault, severity: Severity) -> Finding:
    return Finding(fault.code, severity, fault.where, fault.message, fault.remedy)


def _picture(drawn: DrawnFigure) -> Picture:
    files = {path.rpartition(".")[2].lower(): content for path, content in drawn.files.items()}
    suffix = next((suffix for suffix in _SHOWN if suffix in files), "")
    return Picture(files[suffix], suffix, drawn.alt) if suffix else Picture(alt=drawn.alt)
