"""The process that checks: unpacks a package, or takes the files that lie there, and tells as JSON what it found.

``python -I -m kpublish.datacenter.inspection.child``, with the job as JSON in standard input.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpublish.datacenter.inspection.confining import confine
from kpublish.errors import KpublishError

if TYPE_CHECKING:
    from kpublish.model.bundle import Release
    from kpublish.model.project import GitState

#: Findings that are told.
_MOST = 1000


def main() -> None:
    """Confine this process, do the job, and tell."""
    job = json.load(sys.stdin)
    work = Path(job["work"])
    os.environ.update({"TMPDIR": str(work), "HOME": str(work), "MPLCONFIGDIR": str(work), "OPENBLAS_NUM_THREADS": "1"})
    told: dict[str, Any] = {"held": confine(work, job["largest"])}
    try:
        told |= _done(job, work)
    except KpublishError as error:
        told |= {"fault": error.message, "remedy": error.remedy}
    except MemoryError:
        told |= {"fault": "The checks need more memory than they may have.", "remedy": "Publish fewer or smaller files."}
    json.dump(told, sys.stdout)


def _done(job: dict[str, Any], work: Path) -> dict[str, Any]:
    if job["package"]:
        from kpublish.bundles.unpacking import unpack

        return {"release": unpack(work / job["package"], work / "new").release.model_dump(mode="json")}
    from kpublish.model.bundle import Release

    return _checked(Release.model_validate(job["release"]), job["tables"], work)


def _checked(release: Release, before: dict[str, str], work: Path) -> dict[str, Any]:
    """The findings of every check but those about git, which no package tells; and the numbers that changed."""
    from kpublish.checks.engine import check
    from kpublish.datacenter.inspection.numbers import compared
    from kpublish.formats import FORMATS
    from kpublish.formats.kpublish_yaml import load_project

    project = load_project(work / "new", git=_git(release))
    findings = [finding for finding in check(project, "public") if not finding.code.startswith("GIT")]
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
    from kpublish.model.project import GitState

    tracked = tuple(sorted(entry.path for entry in release.files if entry.role not in ("metadata", "package")))
    tags = (release.tag,) if release.tag else (release.version, f"v{release.version}")
    return GitState(release.commit, f"{release.resource.datePublication}T00:00:00Z", tags=tags, tracked=tracked)


if __name__ == "__main__":
    main()
