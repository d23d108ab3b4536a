"""What the checks found in versions: asked once for each state of a version, kept, and shown beside its tables and figures."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kpublish.datacenter.catalogue import published
from kpublish.datacenter.inspection.running import run
from kpublish.datacenter.models import File, Inspection, Version
from kpublish.datacenter.storage import store
from kpublish.errors import IntegrityError
from kpublish.files import safe_join
from kpublish.model.bundle import Release

#: The most bytes that are laid out for the checks: who publishes waits for them.
_LARGEST = 1024**3


def inspect(version: Version) -> Inspection:
    """Check a version whose files have arrived; if that was done for this state already, return what was found then."""
    mark = _mark(version)
    known = Inspection.objects.filter(version=version, mark=mark).first()
    if known:
        return known
    release = version.release
    with tempfile.TemporaryDirectory(prefix="kpublish-checks-") as name:
        work = Path(name)
        wanted = {entry.path for entry in release.files if entry.role not in ("metadata", "package")}
        files = list(version.files.filter(arrived=True, path__in=wanted))
        if sum(file.size for file in files) > _LARGEST:
            told: dict[str, Any] = {
                "fault": "The files are too large to be checked here.",
                "remedy": "Check them with kpublish validate.",
                "large": True,
            }
        else:
            lay_out(files, work / "new")
            tables = before(release.kid, work)
            told = run({"package": "", "release": release.model_dump(mode="json"), "tables": tables}, work, 0)
    return keep(version, told)


def keep(version: Version, told: Mapping[str, Any]) -> Inspection:
    """Keep what was found in the version as it is now."""
    text = json.dumps({key: value for key, value in told.items() if key != "release"}, ensure_ascii=False, separators=(",", ":"))
    return Inspection.objects.update_or_create(version=version, defaults={"mark": _mark(version), "document": text})[0]


def found(version: Version) -> dict[str, Any] | None:
    """What was found in the version as it is now; None, if it was not checked."""
    inspection = Inspection.objects.filter(version=version, mark=_mark(version)).first()
    return inspection.json if inspection else None


def errors(told: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The findings that stop a release."""
    return [finding for finding in (told or {}).get("findings", ()) if finding["severity"] == "error"]


def by_member(release: Release, findings: Iterable[dict[str, Any]]) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """The findings about each table and figure, by kid; and those about the release as a whole."""
    owners = {path: member.resource.kid for member in release.members for path in (*member.files, member.path)}
    beside: dict[str, list[dict[str, Any]]] = {}
    others: list[dict[str, Any]] = []
    for finding in findings:
        kid = owners.get(finding["path"])
        (beside.setdefault(kid, []) if kid else others).append(finding)
    return beside, others


def lay_out(files: Iterable[File], folder: Path) -> None:
    """Copy files out of the store: who checks them can spoil the copies only."""
    folder.mkdir()
    kept = store()
    for file in files:
        try:
            place = safe_join(folder, file.path)
        except IntegrityError:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        with kept.open(file.sha256) as source, place.open("wb") as copy:
            shutil.copyfileobj(source, copy)


def before(kid: str, work: Path) -> dict[str, str]:
    """Lay out the tables of the version that was published last; return their paths by kid."""
    last = published().filter(kid=kid).first()
    members = [member for member in last.release.members if member.kind == "table"] if last else []
    tables = {member.resource.kid: member.path for member in members if member.path.endswith(".ecsv")}
    files = last.files.filter(path__in=tables.values(), arrived=True) if last else []
    lay_out(files, work / "old")
    return tables


def _mark(version: Version) -> str:
    """Which state was checked: what the release says, and what it is compared with."""
    last = published().filter(kid=version.kid).first()
    text = f"{version.document}\n{last.pk if last and last.pk != version.pk else 0}"
    return hashlib.sha256(text.encode()).hexdigest()
