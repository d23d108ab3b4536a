"""Traces of Nextflow, ``-with-trace``: a table of tasks (https://www.nextflow.io/docs/latest/reports.html#trace-file).

A trace names no files; the plugin nf-prov does, and is read as the RO-Crate that it writes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from kpublish.errors import UnreadableFile
from kpublish.formats.provenance import Told
from kpublish.formats.provenance.values import identifier, instant, text_of
from kpublish.model.provenance import StepRecord

TOOL = "Nextflow"
ADDRESS = "https://www.nextflow.io/docs/latest/reports.html#trace-file"


def recognises(place: Path, head: bytes) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether the first line names columns of a trace."""
    columns = head.partition(b"\n")[0].decode("latin-1").strip().split("\t")
    return "task_id" in columns and "hash" in columns and ("name" in columns or "process" in columns)


def read(place: Path) -> Told:
    """Read one step per task, in the order of the table; a task that was taken from the cache is one, too."""
    try:
        rows = list(csv.DictReader(io.StringIO(text_of(place)), delimiter="\t"))
    except csv.Error as error:
        raise UnreadableFile(f"{place} is no table: {error}.", remedy="Let Nextflow write it again.") from error
    names = dict.fromkeys(name for row in rows if (name := _said(row, "hostname")))
    return Told(tuple(_step(row) for row in rows if row.get("task_id")), place.parent, tuple(names))


def _step(row: Mapping[str, str | None]) -> StepRecord:
    exit_code = _said(row, "exit")
    return StepRecord(
        refID=identifier("", TOOL, *(row.get(key) for key in ("task_id", "hash", "submit"))),
        name=_said(row, "name") or _said(row, "process") or TOOL,
        settings=None if _said(row, "status") in ("", "COMPLETED") else _said(row, "status").lower(),
        command=tuple(_said(row, "script").split()),
        started=instant(_said(row, "start") or _said(row, "submit")),
        ended=instant(_said(row, "complete")),
        exitCode=int(exit_code) if exit_code.isdigit() else None,
        container=_said(row, "container") or None,
        imported=TOOL,
    )


def _said(row: Mapping[str, str | None], column: str) -> str:
    """A cell; Nextflow writes ``-`` where there is nothing to say."""
    text = (row.get(column) or "").strip()
    return "" if text == "-" else text
