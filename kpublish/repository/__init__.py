"""Git state of a repository as a value (git, https://git-scm.com/docs); the only module that imports gitpython."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kpublish.errors import NotARepository, UsageError
from kpublish.model.project import GitState
from kpublish.repository.asking import FOREIGN, Asking, refusal
from kpublish.repository.leaving import leaving
from kpublish.repository.state import configured, head, state, without_credentials

if TYPE_CHECKING:
    from git import Git

__all__ = ["branch", "changing", "git_state", "init", "leaving", "missing", "plain", "tag", "without_credentials"]


def git_state(root: Path) -> GitState | None:
    """Return the state of the git repository around a project.

    Parameters
    ----------
    root
        The project's folder: the top of a repository or a folder in it.

    Returns
    -------
    GitState or None
        None without a repository, without a commit, or where git is not installed.

    Raises
    ------
    NotARepository
        If git refuses to read the repository, e.g. because it belongs to another user.
    """
    if not _has_git_above(root):
        return None
    return state(Asking(root)) if shutil.which("git") else None


def missing(root: Path) -> NotARepository:
    """Return the error for a project without git state: what is missing and how to make it."""
    if not shutil.which("git"):
        return NotARepository("The program git is not installed.", remedy="Install git, then run the command again.")
    if _has_git_above(root):
        return NotARepository(
            f"The repository at {root} has no commit.", remedy='Run: git add --all && git commit -m "First commit"'
        )
    return NotARepository(
        f"{root} is not in a git repository.", remedy='Run: git init -b main && git add --all && git commit -m "First commit"'
    )


def init(root: Path, message: str = "First commit") -> None:
    """Make ``root`` a git repository (branch ``main``) whose first commit holds every file that is not ignored.

    Neither hooks nor signing take part; where git knows no identity, the author is kpublish.

    Raises
    ------
    NotARepository
        If git is not installed or fails.
    UsageError
        If ``root`` is a repository already.
    """
    if (root / ".git").exists():
        raise UsageError(f"{root} is a git repository already.", remedy="Commit there with git.")
    with changing(root) as git:
        if git is None:
            raise missing(root)
        try:
            git.init("--quiet", "--initial-branch=main", "--template=")
            git.add("--all")
            git(c=plain(root)).commit("--quiet", "--allow-empty", "--no-verify", "--message", message)
        except BaseException:
            shutil.rmtree(root / ".git", ignore_errors=True)
            raise


def tag(root: Path, name: str) -> None:
    """Give the current commit the tag ``name``.

    Raises
    ------
    NotARepository
        Without a repository with a commit.
    UsageError
        If the tag exists already or is no valid name.
    """
    with changing(root) as git:
        asking = Asking(root)
        if git is None or head(asking) is None:
            raise missing(root)
        if asking.attempt("check-ref-format", f"refs/tags/{name}")[0]:
            raise UsageError(f"{name!r} is no name for a tag.", remedy="Use letters, digits, dots and hyphens.")
        if asking.ask("for-each-ref", f"refs/tags/{name}"):
            raise UsageError(f"The tag {name} exists already.", remedy="Raise the version.")
        git.tag("--no-sign", name)


def branch(root: Path, name: str) -> None:
    """Let the branch ``name`` begin at the current commit.

    Raises
    ------
    NotARepository
        If git fails.
    """
    with changing(root) as git:
        if git is not None:
            git.branch("--no-track", name)


def _has_git_above(root: Path) -> bool:
    folder = root.resolve()
    return any((place / ".git").exists() for place in (folder, *folder.parents))


@contextmanager
def changing(root: Path) -> Iterator[Git | None]:
    """Git commands that run in ``root`` and are not confused by the environment; None where git is missing."""
    if not shutil.which("git"):  # without the program, importing the package raises ImportError
        yield None
        return
    from git import Git, GitCommandError

    git = Git(str(root))
    git.update_environment(GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0")
    foreign = {name: os.environ.pop(name) for name in FOREIGN if name in os.environ}
    try:
        yield git
    except GitCommandError as error:
        raise refusal(root, str(error.stderr)) from error
    finally:
        os.environ.update(foreign)


def plain(root: Path) -> list[str]:
    """Return settings of git for a commit that is ours: without hooks and signing, by kpublish where git knows no identity."""
    return ["core.hooksPath=/dev/null", "commit.gpgSign=false", *_identity(Asking(root))]


def _identity(git: Asking, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Settings that name the author, where neither the environment nor git's configuration does."""
    settings = configured(git)

    def known(key: str) -> bool:
        stated = all(environ.get(f"GIT_{who}_{key.upper()}") for who in ("AUTHOR", "COMMITTER"))
        return stated or bool(settings.get(f"user.{key}"))

    return [f"user.{key}={value}" for key, value in (("name", "kpublish"), ("email", "kpublish@localhost")) if not known(key)]
