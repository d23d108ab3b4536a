"""One job of the process that checks: unpacks a package, or takes the files that lie there, and tells as JSON what it found."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from kpublish.bundles.agreeing import refuse_contradictions
from kpublish.bundles.unpacking import unpack
from kpublish.checks.engine import check
from kpublish.datacenter.inspection.confining import confine
from kpublish.datacenter.inspection.numbers import compared
from kpublish.errors import KpublishError, UsageError
from kpublish.formats import FORMATS
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.bundle import Release
from kpublish.model.finding import Severity
from kpublish.model.project import PROJECT_FILE, GitState

#: Findings that are told.
_MOST = 1000


def work_on(job: dict[str, Any]) -> None:
    """Confine this process, do the job in its folder ``work``, and write the answer there."""
    work = Path(job["work"])
    os.environ.update({"TMPDIR": str(work), "HOME": str(work), "MPLCONFIGDIR": str(work)})
    with (work / job["answer"]).open("w") as said:
        told: dict[str, Any] = {"held": confine(work, job["largest"])}
        try:
            told |= _done(job, work)
        except KpublishError as error:
            told |= {"fault": error.message, "remedy": error.remedy}
        except MemoryError:
            told |= {"fault": "The checks need more memory than they may have.", "remedy": "Publish fewer or smaller files."}
        json.dump(told, said)


def _done(job: dict[str, Any], work: Path) -> dict[str, Any]:
    if job["package"]:
        return {"release": unpack(work / job["package"], work / "new").release.model_dump(mode="json")}
    return _checked(Release.model_validate(job["release"]), job["tables"], work)


def _checked(release: Release, before: dict[str, str], work: Path) -> dict[str, Any]:
    """The findings of every check but those about git, which no package tells; and the numbers that changed."""
    if not (work / "new" / PROJECT_FILE).is_file():  # without it, nothing of the metadata would be checked
        raise UsageError(f"The release holds no {PROJECT_FILE}.", remedy="Make it with kpublish bundle.")
    project = load_project(work / "new", git=_git(release))
    findings = [finding for finding in check(project, "public") if not finding.code.startswith("GIT")]
    if not any(finding.severity is Severity.ERROR for finding in findings):
        refuse_contradictions(project, release)
    reader: Any = FORMATS.get("ecsv")
    numbers = []
    for member in release.members:
        path, table = before.get(member.resource.kid), project.table(member.path)
        if path and table:
            difference = compared(reader.read(work / "old" / path, path), table)
            numbers.append({"kid": member.resource.kid, "name": member.name, **difference})
    return {"findings": [finding.as_dict() for finding in findings[:_MOST]], "count": len(findings), "numbers": numbers}


def _git(release: Release) -> GitState:
    """The commit as the release tells it; what lies in the package was tracked."""
    tracked = tuple(sorted(entry.path for entry in release.files if entry.role not in ("metadata", "package")))
    tags = (release.tag,) if release.tag else (release.version, f"v{release.version}")
    return GitState(release.commit, f"{release.resource.datePublication}T00:00:00Z", tags=tags, tracked=tracked)
