"""Writes a backup while the server runs: rows as they are at one moment, then the content they refer to, which never changes."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from django.utils import timezone

from kpublish import __version__
from kpublish.bundles.manifest import MANIFEST, write_manifest
from kpublish.bundles.zipping import ZipWriter
from kpublish.datacenter.backups import ABOUT, ROWS, About, content_path, rows
from kpublish.datacenter.models import ENDED, File
from kpublish.datacenter.storage import Store, store
from kpublish.errors import IntegrityError, UsageError
from kpublish.files import CHUNK, atomic, chunks, storing
from kpublish.model.json_text import json_text

#: Content that is referred to: sha256 → whether something published does.
Wanted = dict[str, bool]


def write(output: Path) -> About:
    """Write everything to one file, which appears only when it is complete.

    Raises
    ------
    UsageError
        If there is a file of that name.
    IntegrityError
        If content of published versions is missing or damaged.
    StorageError
        If it cannot be written.
    """
    if output.exists():
        raise UsageError(f"{output} exists already.", remedy="Name a new file.")
    now = timezone.now()
    with atomic(output, mode=0o600, sync=True) as stream, storing(output), tempfile.TemporaryFile(dir=output.parent) as held:
        with rows.snapshot():
            text = io.TextIOWrapper(held, "utf-8", newline="\n", write_through=True)
            counted, wanted = rows.write(text), _wanted()
            text.flush()
            text.detach()
        held.seek(0)
        writer = ZipWriter(stream, now.date().isoformat())
        writer.add(ROWS, cast(BytesIO, held))
        absent = _add_contents(writer, wanted)
        about = About(
            made=now.isoformat(timespec="seconds"),
            kpublish=__version__,
            migrations=rows.migrations(),
            rows=counted,
            contents=len(writer.packed) - 1,
            size=sum(entry.size for entry in writer.packed[1:]),
            absent=absent,
        )
        writer.add(ABOUT, BytesIO(json_text(about.json())))
        writer.add(MANIFEST, BytesIO(write_manifest((entry.path, entry.sha256) for entry in writer.packed)))
        writer.close()
    return about


def _wanted() -> Wanted:
    wanted: Wanted = {}
    found = File.objects.filter(arrived=True).order_by("sha256").values_list("sha256", "version__status")
    for sha256, status in found.iterator(chunk_size=1000):
        wanted[sha256] = wanted.get(sha256, False) or status in ENDED
    return wanted


def _add_contents(writer: ZipWriter, wanted: Wanted) -> list[str]:
    """Add each content; return what drafts lost, who send it again."""
    contents, absent = store(), []
    for sha256, is_published in wanted.items():
        try:
            with _seekable(contents, sha256) as source:
                packed = writer.add(content_path(sha256), cast(BytesIO, source))
        except FileNotFoundError as error:
            if is_published:
                raise _damaged(sha256, "missing") from error
            absent.append(sha256)
            continue
        if packed.sha256 != sha256:
            raise _damaged(sha256, "damaged")
    return absent


@contextmanager
def _seekable(contents: Store, sha256: str) -> Iterator[BinaryIO]:
    """The content as a file; what comes over the network is put down first."""
    with contents.open(sha256) as stream:
        if stream.seekable():
            yield stream
            return
        with tempfile.TemporaryFile() as held:
            for block in chunks(stream, CHUNK):
                held.write(block)
            held.seek(0)
            yield cast(BinaryIO, held)


def _damaged(sha256: str, what: str) -> IntegrityError:
    return IntegrityError(
        f"The content {sha256} is {what}: this data center cannot be backed up as a whole.",
        remedy="Run kpublish datacenter fsck, which names the files; put them back from an older backup.",
    )
