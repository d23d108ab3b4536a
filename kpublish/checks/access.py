"""Where the bytes are: format, path, size and checksum that a source states, against the file that is there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from posixpath import normpath

from kpublish.checks import Rule
from kpublish.checks.subjects import Subject, subjects
from kpublish.errors import KpublishError
from kpublish.files import chunks, open_bytes, safe_join
from kpublish.formats.yaml_document import replacing
from kpublish.model.document import NodePath
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.media_types import MEDIA_TYPES, media_type
from kpublish.model.project import Project
from kpublish.model.resource import Source

CODE = "SRC"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: Other names of media types, by the suffix of what has them.
_ALSO = {
    "csv": ("text/comma-separated-values", "application/csv"),
    "ecsv": ("text/csv; header=present", "text/x-ecsv", "application/x-ecsv"),
    "h5": ("application/x-hdf", "application/vnd.hdfgroup.hdf5"),
    "hdf5": ("application/x-hdf", "application/vnd.hdfgroup.hdf5"),
    "yaml": ("text/yaml", "application/x-yaml", "text/x-yaml"),
    "yml": ("text/yaml", "application/x-yaml", "text/x-yaml"),
    "fits": ("image/fits",),
    "parquet": ("application/x-parquet", "application/parquet"),
    "txt": ("text/csv",),
    "dat": ("text/csv", "application/octet-stream"),
    "xml": ("text/xml", "application/x-votable+xml"),
    "vot": ("text/xml", "application/xml"),
    "root": ("application/octet-stream", "application/root"),
}


def _sources(project: Project) -> Iterator[tuple[Subject, NodePath, Source]]:
    for subject in subjects(project):
        for number, source in enumerate(subject.own.source):
            listed = (*subject.node, "source", number) in subject.document.marks
            yield subject, ("source", number) if listed else ("source",), source


def _file(subject: Subject, source: Source) -> str:
    """Path of the file that is meant: a table's own where no other is named; empty for what lies elsewhere."""
    url = source.accessURL or ""
    if _SCHEME.match(url):
        return ""
    if url:
        return normpath(url)
    return subject.document.path if subject.kind == "table" else ""


class SRC01(Rule):
    """The format that is stated is not the file's.

    Programs choose by it how to read the bytes.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the media type of the file, e.g. text/csv; or leave it out: kpublish writes it into the package."""
        for subject, node, source in _sources(project):
            said, path = source.accessFormat, _file(subject, source) or _named(source)
            suffix = path.rpartition(".")[2].lower()
            if said and suffix in MEDIA_TYPES and said.lower() not in (media_type(path), *_ALSO.get(suffix, ())):
                where = subject.at(*node, "accessFormat", value=said)
                fix = replacing(subject.document, where, said, media_type(path))
                yield Fault(
                    where, f"accessFormat is {said}, but {path} is {media_type(path)}.", "", f"Write {media_type(path)}.", fix
                )


def _named(source: Source) -> str:
    """The file name at the end of an address elsewhere."""
    path = (source.accessURL or "").partition("://")[2].partition("?")[0].partition("#")[0]
    return path.rpartition("/")[2] if "/" in path else ""


class SRC02(Rule):
    """A source names a file that the repository does not have.

    Archives put the address of the file in its place, and cannot.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the path of a file from the top of the repository, or take accessURL out."""
        for subject, node, source in _sources(project):
            path = _file(subject, source)
            if path and project.files and path not in project.files and not path.startswith(("rendered/", "dist/")):
                where = subject.at(*node, "accessURL", value=source.accessURL)
                yield Fault(where, f"There is no file {path} in the repository.")


class SRC03(Rule):
    """The size that is stated is not the file's.

    Whoever fetches the file takes it for damaged.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Take fileSize out: kpublish measures the file when it packs it."""
        for subject, node, source in _sources(project):
            path = _file(subject, source)
            if source.fileSize is not None and path in project.files and project.files[path].size != source.fileSize:
                where = _at(subject, (*node, "fileSize"), (*node, "filesize"), value=source.fileSize)
                yield Fault(where, f"fileSize is {source.fileSize}, but {path} has {project.files[path].size} bytes.")


def _at(subject: Subject, *nodes: NodePath, value: object) -> Position:
    stated = next((node for node in nodes if (*subject.node, *node) in subject.document.marks), nodes[0])
    return subject.at(*stated, value=value)


class SRC04(Rule):
    """The checksum that is stated is not the file's.

    Either the file was changed after it was summed, or it was damaged.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Find out which of the two is right; then take checksum out: kpublish sums the file when it packs it."""
        for subject, node, source in _sources(project):
            path = _file(subject, source)
            if source.checksum and path in project.files:
                found = _sum(project, path, source.checksum.algorithm)
                if found and found != source.checksum.value.lower():
                    where = subject.at(*node, "checksum", "value", value=source.checksum.value)
                    yield Fault(where, f"The {source.checksum.algorithm} of {path} is {found}.")


def _sum(project: Project, path: str, algorithm: str) -> str:
    """The checksum of a file; empty where it cannot be read."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    try:
        with open_bytes(safe_join(project.root, path)) as stream:
            for block in chunks(stream):
                digest.update(block)
    except KpublishError:
        return ""
    return digest.hexdigest()
