"""Jupyter notebooks (nbformat 4, https://nbformat.readthedocs.io): whole, and run without errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kpublish.checks import Rule
from kpublish.checks.plain import meant, place, texts
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import Project

CODE = "NBK"

_ERROR = re.compile(r'"output_type"\s*:\s*"error"')
_SUFFIX = (".ipynb",)


class NBK01(Rule):
    """A notebook shows the error of a cell.

    Readers cannot tell whether the results below the error are those of the code above it.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Mend the cell and run the whole notebook anew (Restart and run all), or clear its outputs."""
        for path, text in texts(project, _SUFFIX):
            if matches := list(_ERROR.finditer(text)):
                errors = list(_errors(_loaded(text)))
                for number, match in enumerate(matches):
                    said = errors[number] if len(errors) == len(matches) else "an error"
                    yield Fault(meant(path, text, match), f"A cell ended with {said}.")


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _errors(notebook: Any) -> Iterator[str]:
    """What the outputs say of errors, in the order of the text."""
    cells = notebook.get("cells") if isinstance(notebook, Mapping) else None
    for cell in cells if isinstance(cells, list) else ():
        outputs = cell.get("outputs") if isinstance(cell, Mapping) else None
        for output in outputs if isinstance(outputs, list) else ():
            if isinstance(output, Mapping) and output.get("output_type") == "error":
                said = f"{output.get('ename') or 'an error'}: {output.get('evalue') or ''}".strip(": ")
                yield said.partition("\n")[0][:120].rstrip(".")


class NBK02(Rule):
    """The file is no notebook.

    Jupyter does not open it: it is no JSON, or has no cells (nbformat 4).
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Open the notebook in Jupyter, save it anew, and resolve what git left of a merge."""
        for path, text in texts(project, _SUFFIX):
            try:
                notebook = json.loads(text)
            except json.JSONDecodeError as error:
                yield Fault(place(path, text, min(error.pos, len(text) - 1)), f"This is not JSON: {_plain(error)}.")
                continue
            except (ValueError, RecursionError):  # a number of too many digits, too many brackets
                yield Fault(Position(path, 1, 1), "This is not JSON that can be read.")
                continue
            if not isinstance(notebook, Mapping) or not isinstance(notebook.get("cells"), list):
                yield Fault(Position(path, 1, 1), "The notebook has no list of cells.")


def _plain(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]
