"""Reads a project: ``kpublish.yaml`` and the tables and figures it names, or a folder of loose annotated files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import cast

from kpublish.errors import KpublishError, MissingFile, UnknownName
from kpublish.files import read_bytes
from kpublish.formats import FORMATS, TableFormat
from kpublish.formats.many import read_all
from kpublish.formats.project_files import all_tables, is_file, matching
from kpublish.formats.repository_files import RepositoryFiles, ends_of, is_text, paths_of
from kpublish.formats.understanding import understand
from kpublish.formats.yaml_document import SUFFIXES, read_text
from kpublish.model.archive import ArchiveEntry
from kpublish.model.document import Document
from kpublish.model.figure import Figure, FigureFile
from kpublish.model.finding import Fault, Position
from kpublish.model.identifiers import PUBLIC_ADDRESS
from kpublish.model.project import PROJECT_FILE, GitState, Ignore, PlainFile, Project, ProjectFile
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table

#: The largest YAML document that is read, in bytes.
_LIMIT = 16 * 1024**2


def find_root(path: Path) -> Path:
    """Return the nearest folder upward that holds a ``kpublish.yaml``; else the folder itself, or the file's.

    Raises
    ------
    MissingFile
        If ``path`` does not exist.
    """
    path = path.absolute()
    if not path.exists():
        raise MissingFile(f"There is no file or folder {path}.", remedy="Check the path.")
    folder = path if path.is_dir() else path.parent
    return next((place for place in (folder, *folder.parents) if (place / PROJECT_FILE).is_file()), folder)


def load_project(root: Path, *, only: tuple[str, ...] = (), git: GitState | None = None, jobs: int = 1) -> Project:
    """Read the project in the folder ``root``; what is wrong in a file is in ``faults`` of its table, its figure or the project.

    Parameters
    ----------
    root
        A folder with ``kpublish.yaml``, or with loose annotated files.
    only
        Files or folders, relative to ``root`` with ``/``, about which findings are wanted; all, if empty. Files among them are read
        even if ``kpublish.yaml`` does not name them; of loose files only they are read.
    git
        State of the repository, passed on.
    jobs
        Processes that read tables; 0 for one per core.

    Raises
    ------
    MissingFile
        If ``root`` or a path of ``only`` does not exist.
    """
    for path in only:
        if not (root / path).exists():
            raise MissingFile(f"There is no file or folder {root / path}.", remedy="Check the path.")
    project = _project_of(root, only, git, jobs) if (root / PROJECT_FILE).exists() else _loose(root, only, git, jobs)
    documents = [project.document, *(table.header for table in project.tables), *(figure.document for figure in project.figures)]
    by_path = {document.path: document for document in documents if document}
    worded = (table for table in project.tables if any(parameter.datatype == "string" for parameter in table.parameters))
    words = Texts(by_path, {table.path: table.body for table in worded}, {})
    files = RepositoryFiles(root, paths_of(root, git), words) if project.document else {}
    texts = Texts(by_path, {table.path: table.body for table in project.tables}, files)
    return replace(project, texts=texts, files=files)


class Texts(Mapping[str, str]):
    """Text of each file, by path; a table's is joined from header and body when it is asked for."""

    def __init__(self, documents: Mapping[str, Document], bodies: Mapping[str, str], files: Mapping[str, PlainFile]) -> None:
        self._documents = documents
        self._bodies = bodies
        self._files = files

    def __getitem__(self, path: str) -> str:
        if path in self._documents:
            return self._documents[path].text + self._bodies.get(path, "")
        return self._files[path].text or ""

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self._documents), **dict.fromkeys(self._files)})

    def __len__(self) -> int:
        return len({*self._documents, *self._files})


def _loose(root: Path, only: tuple[str, ...], git: GitState | None, jobs: int) -> Project:
    """Annotated files of a folder without ``kpublish.yaml``."""
    found: dict[str, None] = {}
    for path in only or ("",):
        inside = (*all_tables(root, path), *_event_files(root, path)) if (root / path).is_dir() else (path,)
        found.update(dict.fromkeys(inside))
    paths = _asked(only, tuple(found))
    return Project(root, tables=read_all(partial(_table, root), sorted(found), jobs), landing=PUBLIC_ADDRESS, git=git, paths=paths)


def _event_files(root: Path, path: str) -> Iterator[str]:
    return (found for found in all_tables(root, path, ".h5") if _is_table(root / found))


def _project_of(root: Path, only: tuple[str, ...], git: GitState | None, jobs: int) -> Project:
    document = _document(root, PROJECT_FILE)
    said, faults = _understood(document)
    tables = [path for path in matching(root, said.tables) if path in said.tables or _is_table(root / path)]
    figures = list(matching(root, said.figures))
    for path in only:
        if path not in (*tables, *figures, PROJECT_FILE) and not (root / path).is_dir() and not is_text(path):
            (figures if path.endswith(SUFFIXES) else tables).append(path)
    faults += _not_there(root, said, document)
    return Project(
        root,
        document,
        release=said.KM3Resource if isinstance(document.data, Mapping) and "KM3Resource" in document.data else None,
        tables=read_all(partial(_table, root), sorted(tables), jobs),
        figures=tuple(_figure(root, path) for path in sorted(figures)),
        archives=tuple(ArchiveEntry(name, entry.kind, entry.url, entry.options()) for name, entry in said.archives.items()),
        checks=said.checks,
        exports=said.exports,
        ignores=tuple(_ignores(said, document)),
        landing=said.landing,
        git=git,
        paths=_asked(only, (*tables, *figures)),
        faults=tuple(sorted(faults, key=lambda fault: (fault.where.line, fault.where.column))),
    )


def _is_table(path: Path) -> bool:
    """Whether a file that a pattern found is meant: of HDF5 files, those that are annotated."""
    if path.suffix != ".h5":
        return True
    from kpublish.formats.h5 import is_annotated

    return is_annotated(path)


def _asked(only: tuple[str, ...], found: tuple[str, ...]) -> tuple[str, ...]:
    """What was asked for: the paths themselves, and what lies in folders among them."""
    folders = tuple("" if path in ("", ".") else f"{path.rstrip('/')}/" for path in only)
    return tuple(sorted({*only, *(path for path in found if path.startswith(folders))})) if only else ()


def _document(root: Path, name: str) -> Document:
    """A YAML file; a file that cannot be read is a fault."""
    try:
        content = read_bytes(root / name, limit=_LIMIT)
    except KpublishError as error:
        return Document(name, faults=(Fault(Position(name), error.message, "YML01", error.remedy),))
    try:
        document = read_text(content.decode("utf-8-sig").replace("\r\n", "\n"), name)
    except UnicodeDecodeError as error:
        where = Position(name, content.count(b"\n", 0, error.start) + 1, 1)
        text = content.decode(errors="replace")
        return Document(name, faults=(Fault(where, "This is not a text in UTF-8.", "YML01", "Save it in UTF-8."),), text=text)
    odd = () if document.data is None else tuple(ends_of(name, content))
    return replace(document, faults=(*odd, *document.faults)) if odd else document


def _understood(document: Document) -> tuple[ProjectFile, list[Fault]]:
    """What ``kpublish.yaml`` says; without its KM3Resource the rest is still there."""
    faults = list(document.faults)
    if document.data is None and faults:
        return ProjectFile(KM3Resource=ResourceHeader()), faults
    data = {} if document.data is None else document.data
    configuration = ("archives", "landing", "tables", "figures", "checks", "exports")
    codes = {"ignore": "IGN01", **dict.fromkeys(configuration, "CFG01")}
    said, wrong = understand(ProjectFile, data, document, codes=codes)
    faults += wrong
    if said is None and isinstance(data, Mapping):
        said, _ = understand(ProjectFile, {**data, "KM3Resource": {}}, document, codes=codes)
    return said or ProjectFile(KM3Resource=ResourceHeader()), faults


def _ignores(said: ProjectFile, document: Document) -> Iterator[Ignore]:
    for code, entries in said.ignore.items():
        for number, entry in enumerate(entries):
            many = isinstance(document.data["ignore"].get(code), list)
            where = document.at("ignore", code, number) if many else document.at_key("ignore", code)
            yield Ignore(code, entry.path, entry.reason, where)


def _not_there(root: Path, said: ProjectFile, document: Document) -> Iterator[Fault]:
    """Files that ``kpublish.yaml`` names, without wildcard, and that do not exist."""
    for key, patterns in (("tables", said.tables), ("figures", said.figures)):
        for pattern in patterns:
            if not any(wild in pattern for wild in "*?[") and not is_file(root / pattern):
                where = document.at(key, document.data[key].index(pattern), length=len(pattern))
                yield Fault(where, f"There is no file {pattern}.", "CFG01", "Add the file, or take it out of the list.")


@cache
def _reader(suffix: str) -> TableFormat | None:
    """The format whose module is named as the suffix, if it reads tables."""
    try:
        reader = FORMATS.get(suffix.removeprefix("."))
    except UnknownName:
        return None
    return cast(TableFormat, reader) if getattr(reader, "KIND", "") == "table" else None


def _table(root: Path, name: str) -> Table:
    suffix = Path(name).suffix
    if reader := _reader(suffix):
        return reader.read(root / name, name)
    message = f"Files that end with {suffix!r} are not read as annotated tables." if suffix else "This is not an annotated table."
    remedy = "Annotate the table as ECSV: '# %ECSV 1.0', delimiter, datatype and meta: {KM3Resource: …}; name it .ecsv."
    return Table(name, Document(name), faults=(Fault(Position(name), message, "TAB01", remedy),))


def _figure(root: Path, name: str) -> Figure:
    document = _document(root, name)
    if document.data is None and document.faults:
        return Figure(name, document, faults=document.faults)
    if not isinstance(document.data, Mapping):
        fault = Fault(document.at(), "This does not describe a figure.", "FIG01", "Write the keys KM3Resource and figure.")
        return Figure(name, document, faults=(*document.faults, fault))
    codes = {"figure": "FIG01"}
    said, faults = understand(FigureFile, document.data, document, codes=codes)
    resource, description = (said.KM3Resource, said.figure) if said else (None, None)
    if said is None:  # one of the two is beyond understanding: keep the other
        resource, _ = understand(ResourceHeader, document.data.get("KM3Resource", {}), document, "KM3Resource")
    everything = sorted((*document.faults, *faults), key=lambda fault: (fault.where.line, fault.where.column))
    return Figure(name, document, resource, description, tuple(everything))
