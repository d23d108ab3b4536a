"""The form that does for one package what the command line does for a repository: upload, check, then submit or publish."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from kpublish.datacenter import deposit
from kpublish.datacenter.appearance import show
from kpublish.datacenter.authentication import Caller, person_of
from kpublish.datacenter.inspection import reports
from kpublish.datacenter.inspection.running import run
from kpublish.datacenter.models import Project, Version
from kpublish.datacenter.people.entrance import signed_in
from kpublish.datacenter.people.projects import in_which
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.reading import Sent, understood
from kpublish.errors import KpublishError
from kpublish.files import CHUNK, open_bytes, safe_join
from kpublish.model.bundle import Release

_PACKAGE = "package.zip"


@signed_in
def upload(request: HttpRequest) -> HttpResponseBase:
    """The form, and what comes of it."""
    user = request.user
    assert isinstance(user, User)
    projects = in_which(user, "write")
    if request.method != "POST":
        return _form(request, projects)
    try:
        row = _taken(request, projects)
    except KpublishError as error:
        return _form(request, projects, Problem(422, "invalid", error.message, error.remedy))
    except Problem as problem:
        return _form(request, projects, problem)
    return HttpResponseRedirect(f"/drafts/{row.kid}/{row.version}#findings")


def _form(request: HttpRequest, projects: list[Project], fault: Problem | None = None) -> HttpResponse:
    facts: dict[str, object] = {
        "projects": projects,
        "fault": fault,
        "chosen": request.POST.get("project", ""),
        "embargo": request.POST.get("embargo", ""),
    }
    return show(request, "datacenter/upload.html", facts, status=fault.status_code if fault else 200)


def _taken(request: HttpRequest, projects: list[Project]) -> Version:
    """Check the package in a process of its own, then open its draft and fill it.

    Raises
    ------
    Problem, KpublishError
        What is wrong with it, or stands in the way.
    """
    project = next((one for one in projects if str(one.pk) == request.POST.get("project")), None)
    caller = person_of(request, project)
    if project is None and not caller.is_steward:
        raise Problem(422, "invalid", "No project is chosen.", "Choose the project that the package belongs to.")
    package, embargo = request.FILES.get("package"), _embargo(request)
    if not isinstance(package, UploadedFile) or not package.size:
        raise Problem(422, "invalid", "No package was sent.", "Choose the zip that kpublish bundle made.")
    if package.size > settings.LARGEST_PACKAGE:
        raise Problem(413, "too-large", "The package is too large for this form.", "Publish it with kpublish release.")
    with tempfile.TemporaryDirectory(prefix="kpublish-upload-") as name:
        work = Path(name)
        with (work / _PACKAGE).open("wb") as copy:
            for block in package.chunks(CHUNK):
                copy.write(block)
        told = _unpacked(work, package.size)
        return _stored(told["release"], work, caller, embargo)


def _unpacked(work: Path, size: int) -> dict[str, Any]:
    """Compare the package with its checksums and unpack it, in the process that can do nothing else."""
    told = run({"package": _PACKAGE, "release": None, "tables": {}}, work, size)
    if "fault" in told or "release" not in told:
        raise Problem(
            422, "package", told.get("fault", "This is no package."), told.get("remedy", "Send what kpublish bundle made.")
        )
    return told


def _embargo(request: HttpRequest) -> date | None:
    text = request.POST.get("embargo", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Problem(422, "invalid", "The embargo is no date.", "Write it as 2027-01-31, or leave it empty.") from error


def _stored(document: Any, work: Path, caller: Caller, embargo: date | None) -> Version:
    """Open the draft that a package describes, and give it its files; each is compared with its checksum once more."""
    if embargo and isinstance(document, dict):
        document = {**document, "embargo": embargo.isoformat()}
    release = understood(document)
    deposit.check(release)
    caller.require("write", release.kid)
    sent = Sent(release, json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    row, _ = deposit.open_draft(sent, caller)
    if row.has_ended:
        detail = f"Version {row.version} of {row.kid} is published already, from the same inputs."
        raise Problem(409, "published", detail, "Raise the version in kpublish.yaml, then make the package again.")
    for file in row.files.filter(arrived=False):
        with _opened(release, file.path, work) as stream:
            deposit.receive(row, file.sha256, file.size, _blocks(stream), caller.holder)
    row.refresh_from_db()
    reports.inspect(row)
    return row


def _opened(release: Release, path: str, work: Path) -> BinaryIO:
    """A file of the package, or the package itself; nothing that is not a plain file is opened."""
    entry = release.file(path)
    place = work / _PACKAGE if entry and entry.role == "package" else safe_join(work / "new", path)
    return open_bytes(place)


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(CHUNK):
        yield block
