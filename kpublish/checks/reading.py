"""What the readers said: rules whose faults are found while a file is read pass them on by their code."""

from __future__ import annotations

from collections.abc import Iterator

from kpublish.model.finding import Fault
from kpublish.model.project import Project


def told(project: Project, code: str) -> Iterator[Fault]:
    """Yield every fault that a reader met and that carries ``code``."""
    return (fault for fault in everything(project) if fault.code == code)


def everything(project: Project) -> dict[Fault, None]:
    """Return every fault that a reader met, each once, in the order of reading."""
    faults = dict.fromkeys(project.faults)
    if project.document:
        faults |= dict.fromkeys(project.document.faults)
    for table in project.tables:
        faults |= dict.fromkeys((*table.header.faults, *table.faults))
    for figure in project.figures:
        faults |= dict.fromkeys((*figure.document.faults, *figure.faults))
    return faults
