"""Figures that a Python file of the repository draws, in a process of its own: no environment, no settings, a time limit.

What comes back is JSON, since code that is not ours could have written it.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from typing import Any

from kpublish.errors import IntegrityError
from kpublish.files import safe_join
from kpublish.model.figure import DrawnFigure, Figure, FigureDescription
from kpublish.model.finding import Fault, Position
from kpublish.model.project import Project
from kpublish.plots.canvas import SILENT, finished
from kpublish.plots.layers import Undrawable, fault


def run(figure: Figure, description: FigureDescription, project: Project, data: dict[str, str]) -> DrawnFigure:
    """Let the code draw, and return the figure with its identity.

    Raises
    ------
    Undrawable
        With fault FIG03 if a table is missing, or FIG16 if there is no such code, it fails, or takes too long.
    """
    for number, path in enumerate(description.tables):
        if project.table(path) is None:
            message = f"There is no table {path!r}."
            raise fault(figure, ("tables", number), "FIG03", message, "Name a table of this repository.")
    code = description.draw or ""
    try:
        file = safe_join(project.root, code)
    except IntegrityError as error:
        raise fault(figure, ("draw",), "FIG16", error.message, error.remedy) from error
    if not file.is_file():
        raise fault(figure, ("draw",), "FIG16", f"There is no file {code!r}.", "Name a Python file of this repository.")
    tables = tuple(table for path in description.tables if (table := project.table(path)))
    work = pickle.dumps((figure, replace(project, tables=tables, figures=(figure,), git=None), file))
    answer = _answer(figure, description, _process(figure, description, work))
    if "fault" in answer:
        line, message = answer["fault"]
        where = Position(code, line) if line else figure.document.at("figure", "draw")
        raise Undrawable(Fault(where, f"{code} fails: {message}", "FIG16", "Mend the code, and draw again."))
    faults = tuple(
        Fault(figure.document.at("figure", "draw"), message, "FIG10", "Look at the figure.") for message in answer["heard"]
    )
    return finished(figure, project, data, answer["files"], answer["alt"], faults)


def _process(figure: Figure, description: FigureDescription, work: bytes) -> bytes:
    """Run the child and return what it wrote; what it started ends with it."""
    command = [sys.executable, "-I", "-m", "kpublish.plots.drawing"]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen(command, env={}, start_new_session=True, stderr=subprocess.DEVNULL, **pipes) as process:  # noqa: S603
        try:
            return bytes(process.communicate(work, timeout=description.limit)[0])
        except subprocess.TimeoutExpired:
            remedy = "Make it faster, or give it more seconds: limit:."
            message = f"{description.draw} takes longer than {description.limit:g} s."
            raise fault(figure, ("draw",), "FIG16", message, remedy) from None
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()


def _answer(figure: Figure, description: FigureDescription, said: bytes) -> dict[str, Any]:
    """What the child said: ``fault``, a line and a sentence; or ``files``, their bytes by suffix, ``alt`` and ``heard``."""
    try:
        answer = json.loads(said)
        if "fault" in answer:
            line, message = answer["fault"]
            return {"fault": (int(line), str(message))}
        files = {suffix: b64decode(answer["files"][suffix], validate=True) for suffix in SILENT}
        return {"files": files, "alt": str(answer["alt"]), "heard": [str(one) for one in answer["heard"]]}
    except (ValueError, KeyError, TypeError) as error:
        message = f"{description.draw} ended without a figure."
        remedy = "It must define draw(tables, axes) and not end the process."
        raise fault(figure, ("draw",), "FIG16", message, remedy) from error
