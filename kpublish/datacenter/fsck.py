"""Whether everything that was published is there byte for byte; what nobody refers to is removed after a day."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction

from kpublish.datacenter.deposit.shelf import AGE, Parts
from kpublish.datacenter.models import ENDED, File, Lease, Token
from kpublish.datacenter.storage import Store, store
from kpublish.files import CHUNK, storing


@dataclass(frozen=True, slots=True)
class Loss:
    """Content that is not what its checksum says: ``missing`` or ``damaged``; ``where`` it stands in published versions."""

    sha256: str
    what: str
    where: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """What was found and done."""

    contents: int = 0
    size: int = 0
    lost: list[Loss] = field(default_factory=list)
    asked_again: list[str] = field(default_factory=list)
    unreferenced: int = 0
    parts: int = 0
    freed: int = 0
    strange: list[str] = field(default_factory=list)
    database: str = ""

    @property
    def is_damaged(self) -> bool:
        """Whether something that was published cannot be served."""
        return bool(self.lost or self.database)


def check(data: Path, *, remove: bool = True) -> Report:
    """Read everything, and put in order what can be; a server may run meanwhile.

    Parameters
    ----------
    data
        The folder of the data center.
    remove
        Whether to remove what nobody refers to, and to ask again for lost files of drafts; else it is only told.

    Raises
    ------
    StorageError
        If something cannot be read or removed.
    """
    report, contents = Report(), store()
    report.database = _database_fault()
    with storing(data):
        for sha256, size in _referenced():
            report.contents += 1
            report.size += size
            fault = fault_of(contents, sha256, size)
            if fault:
                _lose(report, sha256, fault, remove)
        for place in (contents, Parts()):
            _clean(report, place, time.time() - AGE, remove)
    if remove:
        _forget()
    return report


def _database_fault() -> str:
    """What the database says about itself; empty, if nothing."""
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        answer = str(cursor.fetchone()[0])
        cursor.execute("PRAGMA foreign_key_check")
        loose = cursor.fetchone()
    if answer != "ok":
        return answer
    return f"a row of {loose[0]} refers to nothing" if loose else ""


def _referenced() -> Iterator[tuple[str, int]]:
    """Every content that has arrived for some version, once."""
    rows = File.objects.filter(arrived=True).order_by("sha256").values_list("sha256", "size").distinct()
    yield from rows.iterator(chunk_size=1000)


def fault_of(contents: Store, sha256: str, size: int) -> str:
    """Read content: empty, if it is what its checksum says; else ``missing`` or ``damaged``."""
    digest, read = hashlib.sha256(), 0
    try:
        with contents.open(sha256) as stream:
            while block := stream.read(CHUNK):
                digest.update(block)
                read += len(block)
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    return "" if (read, digest.hexdigest()) == (size, sha256) else "damaged"


def _lose(report: Report, sha256: str, fault: str, mend: bool) -> None:
    """Tell what published versions lost; drafts ask for the file again."""
    files = list(File.objects.filter(sha256=sha256, arrived=True).select_related("version"))
    published = tuple(_place(file) for file in files if file.version.status in ENDED)
    drafts = [file for file in files if file.version.status not in ENDED]
    if published:
        report.lost.append(Loss(sha256, fault, published))
    report.asked_again += [_place(file) for file in drafts]
    if mend:
        File.objects.filter(pk__in=[file.pk for file in drafts]).update(arrived=False)


def _place(file: File) -> str:
    return f"{file.version.kid} {file.version.version} {file.path}"


def _clean(report: Report, contents: Store | Parts, before: float, remove: bool) -> None:
    """Whatever in the store is old and belongs to nobody."""
    for found in contents.listed():
        if found.kind == "strange":
            report.strange.append(found.name)
            continue
        is_part = found.kind == "part"
        with transaction.atomic():  # nobody can begin to refer to it meanwhile
            if found.time >= before or (not is_part and File.objects.filter(sha256=found.name).exists()):
                continue
            report.parts, report.unreferenced = report.parts + is_part, report.unreferenced + (not is_part)
            report.freed += found.size
            if remove:
                contents.remove(found)


def _forget() -> None:
    """Leases and tokens that ended."""
    from django.utils import timezone

    now = timezone.now()
    Lease.objects.filter(until__lt=now).delete()
    Token.objects.filter(project__isnull=False, expires__lt=now).exclude(commit="").delete()
