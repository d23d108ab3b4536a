"""Makes a project of a repository that holds plots and their data already; nothing in it is deleted or overwritten."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from kpublish.annotate.answering import answered, defaults
from kpublish.annotate.outputs import kid_of, output_of
from kpublish.annotate.proposing import propose
from kpublish.annotate.writing import annotate
from kpublish.errors import KpublishError, MissingFile, UsageError
from kpublish.files import read_bytes, safe_join, write_bytes
from kpublish.formats.reading_any import read_any
from kpublish.model.bare_table import BareTable
from kpublish.model.figure import RENDERED
from kpublish.model.project import PROJECT_FILE
from kpublish.repository import merging
from kpublish.repository.asking import Asking
from kpublish.templating import rendered, template
from kpublish.templating.describing import FILES, proposed

_TABLES = frozenset(
    ".csv .tsv .txt .dat .ecsv .json .yaml .yml .h5 .hdf5 .fits .vot .xml .parquet .root".split()  # noqa: SIM905 - read more easily
)
_PICTURES = (".pdf", ".png", ".svg")
#: Files that may look like tables and are none, and folders in which there are none.
_OTHERS = frozenset((*FILES, "requirements.txt", "environment.yml", "environment.yaml", "package.json", "LICENSE.txt", "prov.json"))
_ELSEWHERE = frozenset((RENDERED, "dist", "docs", "doc", "src", "tests", "test", "node_modules", "__pycache__"))
#: Bytes of the largest file that is read.
_LARGEST = 100_000_000
#: Lines that a .gitignore needs, and files of the template that are made where there are none.
_IGNORED = ("/rendered/", "/dist/", "/.kpublish/")
_FROM_TEMPLATE = (".gitlab-ci.yml", ".gitattributes")
#: What KM3NeT publishes data under.
_LICENCE = "CC-BY-4.0"


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is to be written, and what is to be said of it.

    Attributes
    ----------
    files
        Path → content of every new file; of ``.gitignore``, all of it with what is added.
    made_of
        Table or figure description → the files that it was made of.
    left
        File → why it is left as it is.
    notes
        What the author should look at.
    """

    files: Mapping[str, bytes]
    made_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def plan(root: Path) -> Adoption:
    """Return what would make a project of a folder; nothing is written.

    Raises
    ------
    MissingFile
        If there is no such folder.
    UsageError
        If it is a project already.
    MissingExtra
        If cookiecutter is not installed.
    """
    if not root.is_dir():
        raise MissingFile(f"There is no folder {root}.", remedy="Name the folder of a repository.")
    if (root / PROJECT_FILE).exists():
        raise UsageError(f"{root} is a project already: it has a {PROJECT_FILE}.", remedy="Run kpublish validate there.")
    paths = sorted(path for path in _paths(root) if not any(part in _ELSEWHERE for part in PurePosixPath(path).parts[:-1]))
    tables, left = _tables(root, paths)
    figures = dict(_figures(paths, tables))
    release, notes = proposed(root, paths)
    known = {"title": root.resolve().name, "description": "", "version": "1.0.0"}
    release = {
        "kid": str(uuid.uuid4()),
        **known,
        "publisher": "KM3NeT Collaboration",
        "authors": [{"name": "KM3NeT Collaboration", "type": "collaboration"}],
        **release,
        "license": _LICENCE,
    }
    folders = sorted({PurePosixPath(path).parent.as_posix() for path in tables})
    project = {"KM3Resource": release, "tables": [f"{folder}/*.ecsv".removeprefix("./") for folder in folders] or ["data/*.ecsv"]}
    files = {PROJECT_FILE: _yaml(project), **{path: content for path, (_, content) in {**tables, **figures}.items() if content}}
    files |= dict(_around(root, paths, release["title"]))
    kept = {path for path in files if path != ".gitignore" and (root / path).exists()}
    made_of = {path: sources for path, (sources, _) in {**tables, **figures}.items()}
    return Adoption(
        {path: content for path, content in files.items() if path not in kept},
        made_of,
        left | dict.fromkeys(sorted(kept), "is there already."),
        (*notes, f"The licence is KM3NeT's for data, {_LICENCE}; write another one if that is not so."),
    )


def carry_out(root: Path, adoption: Adoption) -> None:
    """Write the files of a plan, the project's own last.

    Raises
    ------
    StorageError
        If a file cannot be written.
    """
    for path in sorted(adoption.files, key=lambda path: path == PROJECT_FILE):
        write_bytes(safe_join(root, path), adoption.files[path])


def _paths(root: Path) -> Iterator[str]:
    """Files that git does not ignore; without git, all that are not hidden."""
    if merging.is_top(root):
        yield from Asking(root).entries("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from ((Path(folder) / name).relative_to(root).as_posix() for name in names)


Made = dict[str, tuple[tuple[str, ...], bytes]]


def _tables(root: Path, paths: Iterable[str]) -> tuple[Made, dict[str, str]]:
    """Annotated tables by their path, with what they were made of, and the files that are left with the reason."""
    made: Made = {}
    left: dict[str, str] = {}
    for path in paths:
        name = PurePosixPath(path)
        if name.suffix.lower() not in _TABLES or name.name in _OTHERS or name.name.startswith("."):
            continue
        file = root / path
        try:
            if not file.is_file() or file.stat().st_size > _LARGEST:
                left[path] = "is too large to be read, or no file."
                continue
            for table in read_any(file, name.name):
                _add(made, left, root, path, table)
        except KpublishError as error:
            left[path] = error.message
    return made, left


def _add(made: Made, left: dict[str, str], root: Path, path: str, table: BareTable) -> None:
    if "KM3Resource" in table.meta:
        made[path] = ((path,), b"")
    elif table.faults:
        left[path] = table.faults[0].message
    elif not any(any(isinstance(cell, int | float) for cell in column.values) for column in table.columns):
        left[path] = "holds no numbers."
    else:
        output = output_of(root / path, table)
        target = output.relative_to(root).as_posix()
        draft = propose(table, {})
        done = annotate(answered(draft, defaults(draft, {})), kid_of(output, table))
        if target in made:
            left[path] = f"would be written as {target}, too."
        else:
            made[target] = ((path,), done.text.encode())


def _figures(paths: Iterable[str], tables: Made) -> Iterator[tuple[str, tuple[tuple[str, ...], bytes]]]:
    """A description of kind ``given`` for each picture, with the tables whose names are like its own."""
    pictures: dict[str, list[str]] = {}
    for path in paths:
        name = PurePosixPath(path)
        if name.suffix.lower() in _PICTURES:
            pictures.setdefault(name.with_suffix("").as_posix(), []).append(path)
    stems = [PurePosixPath(name).name for name in pictures]
    for whole, files in pictures.items():
        stem = PurePosixPath(whole).name
        title = stem if stems.count(stem) == 1 else whole.replace("/", "-")
        words = " ".join(stem.replace("_", " ").replace("-", " ").split())
        said = {
            "KM3Resource": {
                "kid": str(uuid.uuid4()),
                "title": words[:1].upper() + words[1:],
                "description": f"The figure {words}.",
            },
            "figure": {"given": files[0] if len(files) == 1 else files, "tables": list(_drawn(stem, tables))},
        }
        yield f"figures/{title}.yaml", (tuple(files), _yaml(said))


def _drawn(stem: str, tables: Made) -> Iterator[str]:
    """The only table, else those whose names contain the figure's, or the other way round."""
    for path in tables:
        name = PurePosixPath(path).stem.lower()
        if len(tables) == 1 or name in stem.lower() or stem.lower() in name:
            yield path


def _around(root: Path, paths: Iterable[str], title: str) -> Iterator[tuple[str, bytes]]:
    """The pipeline and git's own files, as the template has them."""
    with TemporaryDirectory() as place:
        rendered(template("public-plots"), Path(place) / "adopted", {"title": title})
        for name in _FROM_TEMPLATE:
            if name not in paths:
                yield name, read_bytes(Path(place) / "adopted" / name)
    there = root / ".gitignore"
    text = read_bytes(there).decode("utf-8", "surrogateescape") if there.is_file() else ""
    missing = [line for line in _IGNORED if line not in text.splitlines()]
    if missing:
        begun = text if not text or text.endswith("\n") else f"{text}\n"
        yield ".gitignore", (begun + "\n".join(missing) + "\n").encode("utf-8", "surrogateescape")


def _yaml(data: Mapping[str, Any]) -> bytes:
    import yaml

    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120).encode()
