"""Keeps a repository in step with its template: pristine renderings on a branch of their own, merged by git.

No old version of the template is needed: what it rendered then stands on the branch. Answers are those of ``.copier-answers.yml``;
kids are never made anew, but taken from where they stand.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kpublish import __version__
from kpublish.errors import MissingFile, UsageError
from kpublish.files import TEXT_LIMIT, read_bytes, write_bytes
from kpublish.registry import import_with_hint
from kpublish.repository import merging
from kpublish.templating import BRANCH, Template, described, rendered, template

#: Where every way of making a repository writes its answers.
ANSWERS = ".copier-answers.yml"
#: Address of our templates: that of the repositories into which they are published.
_ADDRESS = re.compile(r"https://github\.com/KM3NeT/(km3net-[a-z-]+)\.git")
_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)")
#: Hidden variables of templates that hold kids.
_KID = "__kid_"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a repository says about the template that it was made from."""

    source: str
    version: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: to which template and version, whether anything was new, and which files are in conflict."""

    name: str
    version: str
    new: bool
    conflicts: tuple[str, ...] = ()


def recorded(root: Path) -> Recorded:
    """Return what ``.copier-answers.yml`` says.

    Raises
    ------
    MissingFile
        If there is none.
    UsageError
        If it does not name a template.
    """
    import yaml

    try:
        said = yaml.load(read_bytes(root / ANSWERS, limit=TEXT_LIMIT), Loader=yaml.CBaseLoader)  # noqa: S506 - texts only
    except MissingFile as error:
        raise MissingFile(
            f"{root} was not made from a template: it has no {ANSWERS}.", remedy="Make one of it with kpublish adopt."
        ) from error
    except yaml.YAMLError as error:
        raise UsageError(f"{ANSWERS} cannot be read as YAML.", remedy=f"Restore it: git checkout -- {ANSWERS}") from error
    if not isinstance(said, dict) or not isinstance(said.get("_src_path"), str):
        raise UsageError(f"{ANSWERS} does not say which template it is of.", remedy=f"Restore it: git checkout -- {ANSWERS}")
    answers = {key: text for key, text in said.items() if not key.startswith("_") and isinstance(text, str)}
    return Recorded(said["_src_path"], str(said.get("_commit", "")), answers)


def init(root: Path, source: str = "") -> Updated:
    """Give a folder that cookiecutter or copier made a repository, its first commit, and the branch of the template.

    Parameters
    ----------
    root
        The folder.
    source
        The template that it was made from, if that is not ours: the folder of a ``cookiecutter.json``.

    Raises
    ------
    MissingFile
        If it was not made from a template.
    UsageError
        If the template is not ours, or another version of it than the one that came with kpublish; or if changes of a repository
        are not committed.
    NotARepository
        If git fails.
    """
    said = recorded(root)
    chosen = _template_of(said, source)
    if merging.is_top(root) and merging.commit_of(root, BRANCH):
        return Updated(chosen.name, said.version, new=False)
    version = said.version.removeprefix("v")
    if not source and _numbers(version) != _numbers(__version__):
        raise UsageError(
            f"{root} was made from version {version} of the template, and this is kpublish {__version__}.",
            remedy=f"Run it once with that version: pip install 'kpublish=={version}'",
        )
    merging.begin(root)
    merging.stop_at_changes(root)
    _record(root, chosen, said, lambda path: _text(root / path), f"Start from the template {chosen.name}")
    merging.adopt(root, BRANCH, f"Follow the template {chosen.name}")
    return Updated(chosen.name, __version__, new=True)


def update(root: Path, source: str = "") -> Updated:
    """Render the template as it came with kpublish onto its branch, and merge that.

    Parameters
    ----------
    root
        The top of a repository that was made from a template.
    source
        A template to follow instead: a name, or the folder of a ``cookiecutter.json``.

    Raises
    ------
    MissingFile
        If it was not made from a template.
    UsageError
        If the template is not ours and no source is named, if the repository has changes that are not committed, is no repository
        or lacks the branch, or follows a newer version already.
    NotARepository
        If git fails.
    """
    said = recorded(root)
    chosen = _template_of(said, source)
    if not merging.is_top(root):
        raise UsageError(f"{root} is not the top of a git repository.", remedy="Run: kpublish init")
    if not merging.commit_of(root, BRANCH):
        remedy = f"Run: git fetch origin {BRANCH}:{BRANCH} - or where nobody has it: kpublish init"
        raise UsageError(f"There is no branch {BRANCH}.", remedy=remedy)
    if not source and _numbers(said.version) > _numbers(__version__):
        raise UsageError(
            f"This follows version {said.version.removeprefix('v')} of the template, and this is kpublish {__version__}.",
            remedy="Run: pip install --upgrade kpublish",
        )
    merging.stop_at_changes(root)
    message = f"Update the template {chosen.name} to {__version__}"
    _record(root, chosen, said, lambda path: merging.file_of(root, BRANCH, path), message)
    before = merging.head(root)
    conflicts = merging.merge(root, BRANCH, message)
    return Updated(chosen.name, __version__, bool(conflicts) or merging.head(root) != before, conflicts)


def _template_of(said: Recorded, source: str) -> Template:
    """The template that is followed: ours, or the one that is named."""
    if source:
        file = Path(source) / "cookiecutter.json"
        return described(file) if file.is_file() else template(source)
    ours = _ADDRESS.fullmatch(said.source)
    if not ours:
        raise UsageError(
            f"{said.source} is not one of the templates of kpublish.", remedy="If you trust another one, name it with --from."
        )
    return template(ours[1])


def _numbers(version: str) -> tuple[int, ...]:
    found = _VERSION.match(version)
    return tuple(map(int, found[1].split("."))) if found else ()


def _record(root: Path, chosen: Template, said: Recorded, before: Callable[[str], str | None], message: str) -> bool:
    """Commit what the template renders now, with the kids that stand in what was there ``before``."""
    import_with_hint("cookiecutter.generate")
    asked = {question.key for question in chosen.questions}
    answers = {key: text for key, text in said.answers.items() if key in asked}
    with TemporaryDirectory() as place:
        folder = Path(place).resolve() / (root.resolve().name or "repository")
        marks = {key: str(uuid.uuid4()) for key in _kids(chosen)}
        rendered(chosen, folder, {**answers, **marks})
        for path in sorted(file for file in folder.rglob("*") if file.is_file()):
            _put_kids(path, before(path.relative_to(folder).as_posix()), marks.values())
        return merging.record(root, folder, BRANCH, message)


def _kids(chosen: Template) -> list[str]:
    said: dict[str, Any] = json.loads((chosen.folder / "cookiecutter.json").read_bytes())
    return [key for key in said if key.startswith(_KID)]


def _put_kids(path: Path, before: str | None, marks: Iterable[str]) -> None:
    """Replace each mark by the kid that stood behind the same words before; a new one stays."""
    text = _text(path)
    if text is None or before is None:
        return
    changed = text
    for mark in marks:
        for line in text.splitlines():
            words, found, _ = line.partition(mark)
            kid = re.search(rf"^{re.escape(words)}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})", before, re.MULTILINE)
            if found and kid:
                changed = changed.replace(mark, kid[1])
    if changed != text:
        write_bytes(path, changed.encode())


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None
