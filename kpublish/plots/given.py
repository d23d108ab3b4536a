"""Figures made elsewhere, e.g. by a macro of ROOT: the files as they are, with their identity beside them or inside."""

from __future__ import annotations

from kpublish.errors import KpublishError
from kpublish.files import read_bytes, safe_join
from kpublish.formats.xmp import SIDECAR
from kpublish.model.figure import DrawnFigure, Figure, FigureDescription
from kpublish.model.project import Project
from kpublish.plots.canvas import identified
from kpublish.plots.identity import packet_of
from kpublish.plots.layers import fault

#: Formats of pictures.
SUFFIXES = ("pdf", "png", "svg")
#: The largest file, in bytes.
LIMIT = 64 * 1024**2


def taken(figure: Figure, description: FigureDescription, project: Project, data: dict[str, str]) -> DrawnFigure:
    """Return a figure whose files are those that are given.

    Raises
    ------
    Undrawable
        With fault FIG15 if a file is missing or no picture, or if two have the same format.
    """
    alt = description.alt or ""
    packet = packet_of(figure, project, alt)
    files: dict[str, bytes] = {}
    for number, path in enumerate(description.pictures):
        node = ("given",) if isinstance(description.given, str) else ("given", number)
        suffix = suffix_of(path)
        name = f"{figure.rendered}.{suffix}"
        if suffix not in SUFFIXES or name in files:
            remedy = f"Give each format once, of {', '.join(SUFFIXES)}."
            raise fault(figure, node, "FIG15", f"{path!r} is not a picture of a format of its own.", remedy)
        try:
            content = read_bytes(safe_join(project.root, path), limit=LIMIT)
            embedded = identified(suffix, content, packet)
        except KpublishError as error:
            raise fault(figure, node, "FIG15", f"{path!r} cannot be taken: {error.message}", error.remedy) from error
        files[name] = embedded if description.embed else content
    if not description.embed:
        files[f"{figure.rendered}{SIDECAR}"] = packet.encode()
    return DrawnFigure(figure, files, data, alt)


def suffix_of(path: str) -> str:
    """Return the suffix of a path in small letters, without its dot."""
    return path.rpartition(".")[2].lower()
