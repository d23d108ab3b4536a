"""Reports of Snakemake, ``snakemake --report`` as HTML or zip (https://snakemake.readthedocs.io/en/stable/snakefiles/reporting.html).

A report tells of every rule what all its jobs read and made together, when they ran, and with which version of Snakemake.
"""

from __future__ import annotations

import html
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kpublish.errors import UnreadableFile
from kpublish.formats.provenance import Told
from kpublish.formats.provenance.values import identifier, instant, named, short, text_of
from kpublish.model.provenance import StepRecord

TOOL = "Snakemake report"
ADDRESS = "https://snakemake.readthedocs.io/en/stable/snakefiles/reporting.html"

#: What a broken zip raises.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError)
_LARGEST = 512 * 1024**2
#: Of the numbers beside the lines of code.
_NUMBERS = re.compile(r'(?s)<td class="linenos">.*?</td>')
_TAGS = re.compile(r"<[^>]*>")


def recognises(place: Path, head: bytes) -> bool:
    """Whether it is a page with the data of a report, or a zip that holds one."""
    if head.startswith(b"PK\3\4"):
        return zipfile.is_zipfile(place) and bool(_page(place))
    return place.suffix in (".html", ".htm") and b"<html" in head.lower() and '<script id="rulegraph">' in text_of(place)


def read(place: Path) -> Told:
    """Read one step per rule that made files, in the order in which they ran."""
    page = _unzipped(place) if zipfile.is_zipfile(place) else text_of(place)
    rules = _data(page, "rules", "rules")
    own = _data(page, "packages", "packages").get("snakemake") or {}  # the others are those of the page
    jobs = _data(page, "timeline", "timeline_spec").get("data", {}).get("values") or []
    software = {"Snakemake": str(own["version"])} if own.get("version") else {}
    steps = [_step(name, rule, jobs, software) for name, rule in rules.items() if rule.get("output")]
    return Told(tuple(sorted(steps, key=lambda step: (step.ended or "", step.name))), place.parent)


def _page(place: Path) -> str:
    """The name of the page in a zip, if there is one."""
    with suppress(*_BROKEN), zipfile.ZipFile(place) as folder:
        return next((name for name in folder.namelist() if name.count("/") == 1 and name.endswith("/report.html")), "")
    return ""


def _unzipped(place: Path) -> str:
    try:
        with zipfile.ZipFile(place) as folder, folder.open(_page(place)) as stream:
            content = stream.read(_LARGEST + 1)
    except _BROKEN as error:
        raise UnreadableFile(f"{place} is a zip that cannot be read.", remedy="Let Snakemake write the report again.") from error
    if len(content) > _LARGEST:
        raise UnreadableFile(f"The page in {place} is larger than {_LARGEST} bytes.", remedy="Import .snakemake instead.")
    return content.decode("utf-8", "replace")


def _data(page: str, element: str, name: str) -> Mapping[str, Any]:
    """The value of the variable ``name`` in the script ``element``."""
    start = re.search(rf'<script id="{element}">\s*var {name} = ', page)
    if not start:
        return {}
    value = json.JSONDecoder().raw_decode(page, start.end())[0]
    return value if isinstance(value, dict) else {}


def _step(name: str, rule: Mapping[str, Any], jobs: list[Mapping[str, Any]], software: Mapping[str, str]) -> StepRecord:
    own = [job for job in jobs if job.get("rule") == name]
    return StepRecord(
        refID=identifier("", TOOL, name, *sorted(rule["output"]), *sorted(str(job.get("starttime")) for job in own)),
        name=name,
        settings=short(html.unescape(_TAGS.sub("", _NUMBERS.sub("", rule.get("code") or "")))),
        started=instant(min((job["starttime"] for job in own), default=None)),
        ended=instant(max((max(job["starttime"], job["endtime"] or job["starttime"]) for job in own), default=None)),
        exitCode=0,
        inputs=named(rule.get("input") or ()),
        outputs=named(rule["output"]),
        software=dict(software),
        container=rule.get("container_img_url"),
        imported=TOOL,
    )
