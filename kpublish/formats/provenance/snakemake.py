"""What Snakemake keeps of its jobs: the JSON files of ``.snakemake/metadata`` (https://snakemake.readthedocs.io/)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kpublish.formats.provenance import Told
from kpublish.formats.provenance.values import identifier, instant, json_of, short
from kpublish.model.provenance import StepFile, StepRecord

TOOL = "Snakemake"
ADDRESS = "https://snakemake.readthedocs.io/"

#: Files of metadata that are read.
_MOST = 20_000


def recognises(place: Path, head: bytes) -> bool:
    """Whether it is a folder in which Snakemake ran, or its folder ``.snakemake``."""
    return not head and _metadata(place).is_dir()


def read(place: Path) -> Told:
    """Read the jobs, the earliest one first: one for all files that it made at once."""
    metadata = _metadata(place)
    jobs: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for file in sorted(metadata.rglob("*"))[:_MOST]:
        if file.is_file():
            said = json_of(file)
            key = repr([said.get(name) for name in ("rule", "input", "params", "shellcmd", "code", "log", "job_hash")])
            jobs.setdefault(key, (said, []))[1].append(_output(file.relative_to(metadata).parts))
    steps = [_step(said, outputs) for said, outputs in jobs.values() if not said.get("incomplete")]
    return Told(tuple(sorted(steps, key=lambda step: (step.ended or "", step.name))), metadata.parents[1].resolve())


def _metadata(place: Path) -> Path:
    """The folder ``metadata`` of a folder in which Snakemake ran, of its ``.snakemake``, or that itself."""
    if place.name == "metadata" and place.resolve().parent.name == ".snakemake":
        return place.resolve()
    return place.resolve() / ("metadata" if place.resolve().name == ".snakemake" else ".snakemake/metadata")


def _output(parts: tuple[str, ...]) -> str:
    """The path of which the name of a file of metadata is made; a long one stands in folders whose names begin with ``@``."""
    return base64.b64decode("".join(part.removeprefix("@") for part in parts), altchars=b"+_").decode("utf-8", "replace")


def _step(said: Mapping[str, Any], outputs: list[str]) -> StepRecord:
    shell = said.get("shellcmd")
    params = said.get("params") or None
    return StepRecord(
        refID=identifier("", TOOL, said.get("rule"), *sorted(outputs), said.get("starttime")),
        name=str(said["rule"]),
        settings=short(params) if shell else short(said.get("code")),
        command=tuple(shell.split()) if shell else (),
        started=instant(said.get("starttime")),
        ended=instant(max(said.get("endtime") or 0, said.get("starttime") or 0)),
        exitCode=0,
        inputs=tuple(_inputs(said)),
        outputs=tuple(StepFile(path=path) for path in sorted(outputs)),
        container=said.get("container_img_url"),
        imported=TOOL,
    )


def _inputs(said: Mapping[str, Any]) -> Iterator[StepFile]:
    """The inputs, with the checksums that Snakemake kept of small ones."""
    checksums = said.get("input_checksums") or {}
    for path in said.get("input") or ():
        kind, _, digest = str(checksums.get(path) or "").partition(":")
        yield StepFile(path=path, sha256=digest if kind == "sha256" and len(digest) == 64 else "")
