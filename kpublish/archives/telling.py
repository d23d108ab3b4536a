"""How a release ended, for machines and pages: a dotenv report and Markdown for GitLab, and a badge.

Values of a dotenv report become variables of later jobs (https://docs.gitlab.com/ci/yaml/artifacts_reports/), so each must match a
pattern; what does not is left empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from kpublish.files import write_bytes
from kpublish.journal import FOLDER
from kpublish.model.archive import Receipt
from kpublish.model.bundle import Release

ENVIRONMENT, MARKDOWN, BADGE = "release.env", "release.md", "badge.svg"
_STATE = re.compile(r"[a-z ]{1,20}")
_DOI = re.compile(r"10\.\d{4,9}/[A-Za-z0-9._;()/:-]{1,200}")
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,200}(?:/[A-Za-z0-9._~%/-]{0,500})?")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")


def write_reports(root: Path, release: Release, receipts: Sequence[Receipt]) -> None:
    """Write the three reports beside the receipts of a project.

    Raises
    ------
    StorageError
        If they cannot be written.
    """
    texts = {ENVIRONMENT: environment(release, receipts), MARKDOWN: markdown(release, receipts), BADGE: badge(release, receipts)}
    for name, text in texts.items():
        write_bytes(root / FOLDER / name, text.encode())


def environment(release: Release, receipts: Sequence[Receipt]) -> str:
    """Return the dotenv report: version, and of each archive state, DOI and landing page."""
    values = {"KPUBLISH_VERSION": _matching(_VERSION, release.version)}
    for receipt in receipts:
        name, state = f"KPUBLISH_{receipt.archive.upper()}", receipt.state
        values[f"{name}_STATE"] = _matching(_STATE, state.status.value)
        values[f"{name}_DOI"] = _matching(_DOI, state.doi)
        values[f"{name}_PAGE"] = _matching(_URL, state.url)
    return "".join(f"{name}={value}\n" for name, value in values.items())


def markdown(release: Release, receipts: Sequence[Receipt]) -> str:
    """Return what a GitLab release says."""
    lines = [f"{_plain(release.resource.title)}, version {release.version}", ""]
    for receipt in receipts:
        state = receipt.state
        doi = f", DOI [{state.doi}](https://doi.org/{state.doi})" if _DOI.fullmatch(state.doi) else ""
        page = f" at <{state.url}>" if _URL.fullmatch(state.url) else ""
        lines.append(f"- {receipt.archive}: {state.status}{page}{doi}")
    return "\n".join([*lines, "", f"sha256 of the inputs: `{release.digest}`", ""])


def badge(release: Release, receipts: Sequence[Receipt]) -> str:
    """Return a badge: the DOI where there is one, else the state; the same bytes for the same release."""
    doi = next((receipt.state.doi for receipt in receipts if receipt.state.doi), "")
    left, right = ("DOI", doi) if doi else (release.version, receipts[0].state.status.value if receipts else "draft")
    widths = [8 + 7 * len(text) for text in (left, right)]
    total = sum(widths)
    told = f"{escape(left)}: {escape(right)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{told}">'
        f'<rect width="{widths[0]}" height="20" fill="#595959"/>'
        f'<rect x="{widths[0]}" width="{widths[1]}" height="20" fill="#006BA4"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{widths[0] / 2}" y="14">{escape(left)}</text>'
        f'<text x="{widths[0] + widths[1] / 2}" y="14">{escape(right)}</text></g></svg>\n'
    )


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))
