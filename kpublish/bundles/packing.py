"""The analysis package: one zip of the tracked files, the figures, and the documents that hold their checksums."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from kpublish.bundles.describing import DESCRIPTION, describe, named, publication_date, to_json
from kpublish.bundles.manifest import MANIFEST, digest_of, write_manifest
from kpublish.bundles.zipping import Packed, ZipWriter
from kpublish.errors import UsageError
from kpublish.exports import citation_cff, in_packages
from kpublish.files import atomic, open_bytes, sha256_of
from kpublish.files.paths import clash, fault_of
from kpublish.model.bundle import Bundle, FileEntry, Release
from kpublish.model.figure import DrawnFigure
from kpublish.model.media_types import media_type
from kpublish.model.project import PROJECT_FILE, GitState, Project
from kpublish.model.resource import ResourceHeader
from kpublish.repository import leaving, missing

#: Where packages go unless another place is named.
DIST = "dist"


def pack(project: Project, figures: Sequence[DrawnFigure], output: Path | None = None) -> Bundle:
    """Pack the tracked files, the figures and the metadata into one deterministic zip; it is not sealed yet (see ``verifying``).

    Parameters
    ----------
    project
        A repository with ``kpublish.yaml`` and a commit.
    figures
        All its figures, as drawn.
    output
        The zip; ``dist/<title>-<version>.zip`` in the project if None.

    Raises
    ------
    NotARepository
        Without a repository with a commit.
    UsageError
        If tracked files differ from the commit, or something cannot be packed as it is.
    StorageError
        If the package cannot be written.
    """
    drawn = {path: content for figure in figures for path, content in figure.files.items()}
    stated, git = _ready(project, drawn)
    left_out = leaving(project.root, git.tracked)
    paths = sorted({*git.tracked, *drawn} - (left_out.keys() - drawn.keys()))
    _stop_at_unusable(paths)
    name = file_name(stated.title, stated.version or "0")
    output = output or project.root / DIST / name
    _stop_at_overwriting(output, project.root, paths)
    with atomic(output) as stream:
        writer = ZipWriter(stream, publication_date(stated.datePublication, git))
        for path in paths:
            _add(writer, path, drawn.get(path), project.root)
        release = describe(project, figures, writer.packed)
        generated = _add_documents(writer, release, project.exports)
        writer.close()
    complete = of_clone(release.model_copy(update={"files": (*release.files, *generated)}), git)
    return Bundle(output, complete, {entry.path: entry.offset for entry in writer.packed})


def described(project: Project, figures: Sequence[DrawnFigure]) -> Release:
    """Return the release as the documents of its package tell it, without packing it.

    Raises
    ------
    NotARepository, UsageError
        As for :func:`pack`.
    """
    drawn = {path: content for figure in figures for path, content in figure.files.items()}
    _, git = _ready(project, drawn)
    left_out = leaving(project.root, git.tracked)
    paths = sorted({*git.tracked, *drawn} - (left_out.keys() - drawn.keys()))
    return describe(project, figures, [_hashed(path, drawn.get(path), project.root) for path in paths])


def _hashed(path: str, content: bytes | None, root: Path) -> Packed:
    """A file as if it were packed."""
    if content is not None:
        return Packed(path, 0, len(content), sha256(content).hexdigest())
    digest, size = sha256_of(root / path)
    return Packed(path, 0, size, digest)


def inputs(project: Project) -> Release:
    """Return the release as far as its tracked inputs tell it: identity, digest and metadata; neither drawn nor packed.

    Raises
    ------
    NotARepository, UsageError
        As for :func:`pack`.
    """
    drawn = tuple(f"{figure.rendered}." for figure in project.figures)
    _, git = _ready(project, {path: b"" for path in (project.git.tracked if project.git else ()) if path.startswith(drawn)})
    left_out = leaving(project.root, git.tracked)
    paths = (path for path in git.tracked if path not in left_out and not path.startswith(drawn))
    return named(project, digest_of({path: sha256_of(project.root / path)[0] for path in paths}))


def package_entry(name: str, size: int, sha256: str) -> FileEntry:
    """Return the entry of the package itself."""
    return FileEntry(path=name, size=size, sha256=sha256, mediaType="application/zip", role="package")


def file_name(title: str | None, version: str) -> str:
    """Return the name of a package.

    >>> file_name("Effective area of KM3NeT/ARCA230", "1.0.0")
    'effective-area-of-km3net-arca230-1.0.0.zip'
    """
    plain = unicodedata.normalize("NFKD", title or "").encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].rstrip("-") or "package"
    return f"{slug}-{re.sub(r'[^A-Za-z0-9.+_-]+', '-', version)}.zip"


def _ready(project: Project, drawn: Mapping[str, bytes]) -> tuple[ResourceHeader, GitState]:
    """Release metadata and git state of a project that can be packed."""
    if project.release is None or project.document is None:
        raise UsageError(f"{project.root} has no {PROJECT_FILE} that can be read.", remedy="Run kpublish validate.")
    git = project.git
    if git is None:
        raise missing(project.root)
    if PROJECT_FILE not in git.tracked:
        raise UsageError(f"{PROJECT_FILE} is not tracked by git.", remedy="Run: git add --all && git commit")
    dirty = [path for path in git.dirty if path not in drawn]
    if dirty:
        differ = f"and {len(dirty) - 1} more differ" if len(dirty) > 1 else "differs"
        raise UsageError(f"{dirty[0]} {differ} from the commit.", remedy="Commit the changes, or undo them with git restore.")
    return project.release, git


def _stop_at_unusable(paths: Sequence[str]) -> None:
    for path in paths:
        if fault := fault_of(path):
            raise UsageError(f"The file name {path!r} {fault}.", remedy="Rename the file.")
    if double := clash(paths):
        raise UsageError(f"{double[0]} and {double[1]} are one file on some systems.", remedy="Rename one of them.")


def _stop_at_overwriting(output: Path, root: Path, paths: Iterable[str]) -> None:
    place = output.resolve()
    if any(place == (root / path).resolve() for path in paths):
        raise UsageError(f"The package would overwrite {output}, a file of the project.", remedy="Name another file with --output.")
    if place.is_dir():
        raise UsageError(f"{output} is a folder.", remedy="Name a file with --output.")


def _add(writer: ZipWriter, path: str, content: bytes | None, root: Path) -> Packed:
    if content is not None:
        return writer.add(path, io.BytesIO(content))
    with open_bytes(root / path) as source:
        return writer.add(path, source)


def _add_documents(writer: ZipWriter, release: Release, further: Sequence[str]) -> list[FileEntry]:
    """Add what is made of the release: the documents of every standard, its own description and, last, the manifest."""
    documents = {DESCRIPTION: to_json(release)}
    for export in in_packages(further):
        documents.update(export.documents(release))
    packed = [entry.path for entry in writer.packed]
    if citation_cff.NAME in packed and citation_cff.may_be_brought(release.resource.resourceType):
        documents.pop(citation_cff.NAME, None)
    _stop_at_names_taken([*documents, MANIFEST], packed)
    added = [writer.add(path, io.BytesIO(documents[path])) for path in sorted(documents)]
    manifest = write_manifest((entry.path, entry.sha256) for entry in writer.packed)
    added.append(writer.add(MANIFEST, io.BytesIO(manifest)))
    return [generated_entry(entry) for entry in added]


def generated_entry(entry: Packed) -> FileEntry:
    """Return the entry of a document that was made of the release."""
    return FileEntry(path=entry.path, size=entry.size, sha256=entry.sha256, mediaType=media_type(entry.path), role="metadata")


def _stop_at_names_taken(generated: Sequence[str], payload: Sequence[str]) -> None:
    if double := clash([*payload, *generated]):
        raise UsageError(
            f"{double[0]} has the name of a file that kpublish makes for the package.",
            remedy="Rename it, or remove it: the package has its own, made of kpublish.yaml.",
        )


def of_clone(release: Release, git: GitState) -> Release:
    """Return the release with its tag and the address of the repository, as the clone tells them.

    They differ between clones of one commit: archives learn them, the package does not hold them.
    """
    tag = next((tag for tag in (f"v{release.version}", release.version) if tag in git.tags), None)
    return release.model_copy(update={"tag": tag, "repository": git.remote})
