"""The process in which a Python file of the repository draws: ``python -I -m kpublish.plots.drawing``, started by ``coding``."""

from __future__ import annotations

import json
import os
import pickle
import runpy
import sys
import traceback
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpublish.model.figure import Figure, FigureDescription
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.plots.canvas import Finishing, save, settings
from kpublish.plots.composing import laid_out
from kpublish.plots.layers import Part
from kpublish.plots.scales import prepare
from kpublish.plots.series import named, numbers
from kpublish.plots.style import axis_label, plain
from kpublish.plots.wording import axis_text

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture
    from numpy.typing import NDArray


class Columns:
    """A table as code sees it: ``table["energy"]`` are numbers (NaN where a cell is empty), or the texts of a column of texts."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __getitem__(self, name: str) -> NDArray[np.float64] | list[Any]:
        """Return a column, shape (rows,)."""
        column = named(self._table, name)
        if self._table.parameter(column).datatype in ("string", "bool"):
            return list(self._table.column(column))
        return numbers(self._table, column, range(min(map(len, self._table.values), default=0)))

    def label(self, name: str) -> str:
        """Return the label of an axis that shows a column: symbol, and unit in square brackets."""
        return axis_label(self._table.parameter(named(self._table, name)))

    def unit(self, name: str) -> str | None:
        """Return the unit of a column, as VOUnits."""
        return self._table.parameter(named(self._table, name)).unit


def drawn(figure: Figure, project: Project, file: Path) -> dict[str, Any]:
    """Return what the code drew, as values of JSON."""
    description = figure.description
    assert description is not None
    with settings(figure, description) as heard:
        picture = _picture(figure, description, project, file)
        alt = description.alt or _alternative_text(description, picture.axes[0])
        files = {suffix: b64encode(content).decode("ascii") for suffix, content in save(picture).items()}
    return {"files": files, "alt": alt, "heard": sorted({" ".join(str(one.message).split()) for one in heard})}


def _picture(figure: Figure, description: FigureDescription, project: Project, file: Path) -> Picture:
    code = runpy.run_path(str(file))
    if not callable(code.get("draw")):
        raise KeyError("it does not define draw(tables, axes)")
    tables = {table.path: Columns(table) for table in project.tables}

    def fill(panels: Sequence[Axes]) -> None:
        axes = panels[0]
        axes.set_title(description.heading or "")
        prepare(axes, Part((), description, (), {}), (description.x.label or "", description.y.label or ""))
        code["draw"](tables, axes)
        Finishing(figure, description, project)(axes, description, [], 0)

    return laid_out(description, fill)


def _alternative_text(description: FigureDescription, axes: Axes) -> str:
    across = axis_text(axes.get_xlabel(), description.x.model_copy(update={"scale": axes.get_xscale()}), *axes.get_xlim())
    upward = axis_text(axes.get_ylabel(), description.y.model_copy(update={"scale": axes.get_yscale()}), *axes.get_ylim())
    names = [plain(text) for text in axes.get_legend_handles_labels()[1]]
    return f"Plot of {upward} against {across}." + (f" Shown: {'; '.join(names)}." if names else "")


def _fault(file: Path, error: BaseException) -> dict[str, Any]:
    """Where in the code it failed, and why."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == str(file) else lines[-1] if lines else None
    reason = error.args[0] if isinstance(error, KeyError) and error.args else error
    return {"fault": [line or 0, f"{type(error).__name__}: {' '.join(str(reason).split())}"]}


def main() -> None:
    """Read figure, project and code from standard input, and write JSON to standard output; what the code prints is lost."""
    figure, project, file = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    answer = os.dup(1)
    os.dup2(2, 1)
    os.chdir(file.parent)
    try:
        said = drawn(figure, project, file)
    except (Exception, SystemExit) as error:
        said = _fault(file, error)
    with open(answer, "w", encoding="utf-8") as stream:
        json.dump(said, stream)


if __name__ == "__main__":
    main()
