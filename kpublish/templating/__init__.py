"""Makes repositories from templates (cookiecutter 2, https://cookiecutter.readthedocs.io) and keeps them in step with newer ones.

``new`` makes one with git, a first commit, and the branch :data:`BRANCH` that holds the template's own state; ``updating`` brings
newer states onto that branch and merges them, ``installing`` lets cookiecutter find the templates.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpublish import repository
from kpublish.errors import NotARepository, StorageError, UnknownName, UsageError
from kpublish.files import fresh_folder
from kpublish.registry import did_you_mean, import_with_hint

_PACKAGE = Path(__file__).resolve().parent.parent
#: Inside the wheel, or beside the package in a checkout.
_PLACES = (_PACKAGE / "templates", _PACKAGE.parent / "templates")
_PREFIX = "km3net-"
#: The branch whose newest commit is what the template rendered, without what anybody changed since.
BRANCH = "kpublish-template"
#: The question that names the folder: answered by the destination.
_FOLDER = "slug"
#: Commands that come next, unless a template names others.
_NEXT = ("kpublish validate", "kpublish render")


@dataclass(frozen=True, slots=True)
class Question:
    """What a template asks: the answers' key, the prompt, the default, and the choices if only some answers are possible."""

    key: str
    prompt: str
    default: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A template: its name, its folder, what it makes, what it asks, and the commands that come next in what it made."""

    name: str
    folder: Path
    summary: str
    questions: tuple[Question, ...]
    following: tuple[str, ...] = _NEXT


def templates() -> dict[str, Template]:
    """Return the templates that came with kpublish, by name."""
    files = [file for place in _PLACES for file in sorted(place.glob("*/cookiecutter.json"))]
    return {file.parent.name: described(file) for file in reversed(files)}


def template(name: str) -> Template:
    """Return the template ``name``, given with or without ``km3net-``.

    Raises
    ------
    UnknownName
        If there is no such template.
    """
    known = templates()
    found = known.get(name) or known.get(f"{_PREFIX}{name}")
    if found is None:
        short = sorted(name.removeprefix(_PREFIX) for name in known)
        remedy = did_you_mean(name.removeprefix(_PREFIX), short) or f"Known: {', '.join(short)}."
        raise UnknownName(f"There is no template named {name!r}.", remedy=remedy)
    return found


def new(
    name: str,
    destination: Path,
    answers: Mapping[str, str] | None = None,
    *,
    defaults: bool = False,
    ask: Callable[[Question], str] | None = None,
) -> Path:
    """Make a repository from a template, with its first commit.

    Parameters
    ----------
    name
        The template, with or without ``km3net-``.
    destination
        A folder that does not exist yet, or an empty one.
    answers
        Answers by the question's key.
    defaults
        Whether the defaults answer everything else.
    ask
        Asked for every other answer, unless ``defaults``.

    Returns
    -------
    pathlib.Path
        The folder. It has no ``.git`` where git is not installed.

    Raises
    ------
    UnknownName
        If there is no such template.
    UsageError
        If the folder is not empty, or an answer is not possible.
    NotARepository
        If git fails; then nothing is made.
    MissingExtra
        If cookiecutter is not installed.
    StorageError
        If the folder cannot be written.
    """
    chosen, destination = template(name), destination.absolute()
    import_with_hint("cookiecutter.generate")
    _must_be_empty(destination)
    given = {key: _possible(chosen, key, text) for key, text in (answers or {}).items()}
    if ask and not defaults:
        given |= {each.key: _possible(chosen, each.key, ask(each)) for each in chosen.questions if each.key not in given}
    with fresh_folder(destination) as folder:
        rendered(chosen, folder, given)
        _commit(folder, destination, f"Start from the template {chosen.name}")
    return destination


def described(file: Path) -> Template:
    """Return the template of a ``cookiecutter.json``."""
    said: dict[str, Any] = json.loads(file.read_bytes())
    prompts = said.get("__prompts__", {})
    asked = {key: default for key, default in said.items() if not key.startswith("_") and key != _FOLDER}
    questions = tuple(_question(key, prompts.get(key, key), default) for key, default in asked.items())
    following = tuple(said.get("_next", _NEXT))
    return Template(file.parent.name, file.parent, said.get("_summary", ""), questions, following)


def _question(key: str, prompt: str, default: str | list[str]) -> Question:
    if isinstance(default, list):
        return Question(key, prompt, default[0], tuple(default))
    return Question(key, prompt, default)


def _must_be_empty(destination: Path) -> None:
    if destination.exists() and not (destination.is_dir() and not any(destination.iterdir())):
        raise UsageError(f"{destination} is there already and not an empty folder.", remedy="Name a new folder.")


def _possible(chosen: Template, key: str, answer: str) -> str:
    """Return the answer if the template asks for it and it is among the choices."""
    if key == _FOLDER:
        return answer
    known = {question.key: question for question in chosen.questions}
    if key not in known:
        remedy = did_you_mean(key, list(known)) or f"Known: {', '.join(known)}."
        raise UsageError(f"The template {chosen.name} does not ask for {key!r}.", remedy=remedy)
    choices = known[key].choices
    if choices and answer not in choices:
        raise UsageError(f"{answer!r} is no possible answer for {key}.", remedy=f"Choose one of: {', '.join(choices)}.")
    if any("\ud800" <= character <= "\udfff" for character in answer):
        raise UsageError(f"The answer for {key} is not UTF-8 text.", remedy="Type it again in a UTF-8 terminal.")
    return answer


def _commit(folder: Path, destination: Path, message: str) -> None:
    """Make the first commit; without git there is none, but where git fails nothing shall be left."""
    try:
        repository.init(folder, message)
        repository.branch(folder, BRANCH)
    except NotARepository as error:
        if shutil.which("git"):
            said = error.message.replace(str(folder), str(destination))
            kind = StorageError if "No space left" in said else NotARepository
            raise kind(said, remedy="Mend that, then run the command again: nothing was made.") from error


def rendered(chosen: Template, folder: Path, answers: Mapping[str, str]) -> None:
    """Render into ``folder``; answers are taken as they are, hooks and the user's own cookiecutter settings take no part.

    Keys of ``answers`` may also be hidden variables of the template, such as its kids.
    """
    from cookiecutter.generate import generate_context, generate_files
    from cookiecutter.prompt import prompt_for_config

    context = generate_context(str(chosen.folder / "cookiecutter.json"))
    answered = {**prompt_for_config(context, no_input=True), **answers, _FOLDER: folder.name}
    generate_files(str(chosen.folder), {"cookiecutter": answered}, str(folder.parent), overwrite_if_exists=True, accept_hooks=False)
