"""Walks from a file back to where its numbers come from: through records of steps, of this repository and of published releases.

A figure says which tables it shows; a table or any other file is sought among the outputs of recorded steps, by its sha256 or,
where a tool told none, by its path: in ``provenance/`` of the repository around it, then in the release that its kid leads to.
The walk ends where nobody recorded more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kpublish.errors import KpublishError, NoIdentity, NotFound
from kpublish.files import sha256_of
from kpublish.formats.ecsv import read
from kpublish.formats.step_records import FOLDER, place_of, read_record, records_in, with_output
from kpublish.model.bundle import Release
from kpublish.model.provenance import StepFile, StepRecord
from kpublish.store.catalogue import member_of
from kpublish.store.identifying import identify
from kpublish.store.km3store import KM3Store


@dataclass(frozen=True, slots=True)
class Link:
    """One file of the chain.

    Attributes
    ----------
    depth
        How many steps lie between it and the file that is asked about.
    path, sha256, kid
        Which file.
    made_by
        The step that made it; None, if nobody recorded it.
    found
        Where that is recorded: an address, ``here``, or the file itself.
    ends
        Why the chain goes on no further; empty, if it goes on.
    """

    depth: int
    path: str
    sha256: str = ""
    kid: str = ""
    made_by: StepRecord | None = None
    found: str = ""
    ends: str = ""


def trace(file: Path, store: KM3Store | None = None) -> Iterator[Link]:
    """Yield the file and all that it comes from, each before what it was made of.

    Parameters
    ----------
    file
        Any file: a figure, a table, or another result.
    store
        Where kids are looked up; None: only records of the repository around the file are read.

    Raises
    ------
    MissingFile, UnreadableFile
        If the file cannot be read.
    Unreachable
        If the store does not answer.
    """
    digest, size = sha256_of(file)
    own = StepFile(path=file.name, sha256=digest, size=size)
    root = place_of(file) or file.resolve().parent
    try:
        said: Mapping[str, Any] = identify(file)
    except (NoIdentity, KpublishError):
        said = {}
    walk = _Walk(root, store)
    if said.get("kind") == "figure":
        data = [one for one in said.get("data") or [] if one.get("sha256")]
        yield Link(0, file.name, digest, said["kid"], found="in the figure", ends="" if data else "The figure names no table.")
        for one in data:
            yield from walk.back(StepFile(path=one["path"], sha256=one["sha256"], kid=one.get("kid") or None), 1)
        return
    yield from walk.back(own.model_copy(update={"kid": said.get("kid")}), 0)


class _Walk:
    """Goes back from file to file, each once."""

    def __init__(self, root: Path, store: KM3Store | None) -> None:
        self._root, self._store = root, store
        self._local = tuple(records_in(root).values())
        self._seen: set[str] = set()

    def back(self, file: StepFile, depth: int) -> Iterator[Link]:
        """Yield a file and what it comes from."""
        this = Link(depth, file.path, file.sha256, file.kid or "")
        if file.key in self._seen:
            yield replace(this, ends="It stands above.")
            return
        self._seen.add(file.key)
        step, found, why = self._made(file)
        if step is None and (original := self._original(file)):
            yield replace(this, found="in its header")
            yield from self.back(original, depth + 1)
            return
        if step is None:
            yield replace(this, ends=why)
            return
        yield replace(this, made_by=step, found=found, ends="" if step.inputs else "This step read no declared file.")
        for one in step.inputs:
            yield from self.back(one, depth + 1)

    def _made(self, file: StepFile) -> tuple[StepRecord | None, str, str]:
        """The step that made a file, where that is recorded, and else why it is not known."""
        if step := with_output(self._local, file):
            return step, "here", ""
        if not file.kid:
            return None, "", "Nobody recorded what made it, and it has no kid to ask for."
        if self._store is None:
            return None, "", "Nobody here recorded what made it; name a data center with --from."
        try:
            release, _ = self._store.find(file.kid)
        except NotFound:
            return None, "", f"{self._store.address} does not know its kid."
        if step := with_output(self._published(release), file):
            return step, release.landing, ""
        member = member_of(release, file.kid)
        steps = ", ".join(one.name for one in member.origin.provenance) if member else ""
        return None, "", f"No record of it in {release.landing}." + (f" Its header names: {steps}." if steps else "")

    def _original(self, file: StepFile) -> StepFile | None:
        """What the header of an annotated table of this repository names as its original."""
        place = self._root / file.path
        if place.suffix != ".ecsv" or not place.is_file():
            return None
        table = read(place, file.path)
        if table.sha256 != file.sha256 or not (table.original and table.original.sha256):
            return None
        return StepFile(path=table.original.file, sha256=table.original.sha256)

    def _published(self, release: Release) -> Iterator[StepRecord]:
        assert self._store is not None
        for entry in release.files:
            if entry.path.startswith(f"{FOLDER}/") and entry.path.endswith(".json"):
                record = read_record(self._store.download(release, entry))
                if record:
                    yield record
