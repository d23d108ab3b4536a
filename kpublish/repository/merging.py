"""A branch that holds what a template rendered, and merging it (git-merge, https://git-scm.com/docs/git-merge)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kpublish.errors import UsageError
from kpublish.repository import changing, missing, plain
from kpublish.repository.asking import Asking

if TYPE_CHECKING:
    from git import Git


def commit_of(root: Path, branch: str) -> str:
    """Return the id of the newest commit of a branch; empty, if there is no such branch."""
    return Asking(root).attempt("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}")[1].strip()


def head(root: Path) -> str:
    """Return the id of the current commit.

    Raises
    ------
    NotARepository
        If there is none.
    """
    return Asking(root).ask("rev-parse", "HEAD").strip()


def file_of(root: Path, branch: str, path: str) -> str | None:
    """Return the text of a file as it stands on a branch; None, if it is not there."""
    status, text, _ = Asking(root).attempt("cat-file", "blob", f"refs/heads/{branch}:{path}")
    return None if status else text


def is_top(root: Path) -> bool:
    """Whether a folder is the top of a repository."""
    status, said, _ = Asking(root).attempt("rev-parse", "--show-toplevel")
    return not status and Path(said.rstrip("\n")).resolve() == root.resolve()


def stop_at_changes(root: Path) -> None:
    """Refuse a repository with changes that are not committed, or in the middle of a merge.

    Raises
    ------
    UsageError
        If there are any.
    """
    changed = Asking(root).entries("status", "--porcelain", "-z", "--untracked-files=no")
    if changed:
        raise UsageError(
            f"{changed[0][3:]} has changes that are not committed.", remedy="Commit them, or put them aside with git stash."
        )


def record(root: Path, folder: Path, branch: str, message: str) -> bool:
    """Make the files of ``folder`` the next commit of a branch; neither the current branch nor any file of ``root`` is touched.

    Returns
    -------
    bool
        Whether that is something new.

    Raises
    ------
    NotARepository
        If git fails.
    """
    asking, parent = Asking(root), commit_of(root, branch)
    with _changing(root) as git, TemporaryDirectory() as place:
        there = asking.ask("rev-parse", "--absolute-git-dir").rstrip("\n")
        with changing(folder) as theirs, _elsewhere(theirs, there, folder, place) as rendering:
            rendering.add("--all")
            tree = str(rendering.write_tree())
        if parent and asking.ask("rev-parse", f"{parent}^{{tree}}").strip() == tree:
            return False
        commit = git(c=plain(root)).commit_tree(tree, *(("-p", parent) if parent else ()), "-m", message)
        git.update_ref(f"refs/heads/{branch}", commit, parent or "0" * len(str(commit)))
    return True


def merge(root: Path, branch: str, message: str) -> tuple[str, ...]:
    """Merge a branch into the current one; return the files in conflict, which are left for the user to mend.

    Raises
    ------
    UsageError
        If a file that git does not track would be overwritten.
    NotARepository
        If git fails.
    """
    from git import GitCommandError

    with _changing(root) as git:
        try:
            git(c=plain(root)).merge("--no-verify", "--no-edit", "-m", message, branch)
        except GitCommandError as error:
            if conflicts := Asking(root).entries("diff", "--name-only", "--diff-filter=U", "-z"):
                return tuple(conflicts)
            if "untracked working tree files" in str(error.stderr):
                path = str(error.stderr).partition("\n\t")[2].partition("\n")[0]
                raise UsageError(f"{path} would be overwritten, and git does not track it.", remedy="Commit or move it.") from error
            raise
    return ()


def adopt(root: Path, branch: str, message: str) -> None:
    """Let the current branch descend from another one, keeping its files as they are.

    In a repository without commits, everything is committed on top of that branch.

    Raises
    ------
    NotARepository
        If git fails.
    """
    with _changing(root) as git:
        if not Asking(root).attempt("rev-parse", "--verify", "--quiet", "HEAD")[0]:
            git(c=plain(root)).merge(
                "--no-verify", "--no-edit", "--strategy=ours", "--allow-unrelated-histories", "-m", message, branch
            )
            return
        git.update_ref("HEAD", commit_of(root, branch))
        git.reset("--quiet", "--mixed")
        git.add("--all")
        if Asking(root).attempt("diff", "--cached", "--quiet")[0]:
            git(c=plain(root)).commit("--quiet", "--no-verify", "-m", message)


def begin(root: Path) -> None:
    """Make an empty repository with the branch ``main``, if there is none.

    Raises
    ------
    NotARepository
        If git is not installed or fails.
    """
    with _changing(root) as git:
        if not is_top(root):
            git.init("--quiet", "--initial-branch=main", "--template=")


@contextmanager
def _changing(root: Path) -> Iterator[Git]:
    with changing(root) as git:
        if git is None:
            raise missing(root)
        yield git


@contextmanager
def _elsewhere(git: Git | None, there: str, folder: Path, place: str) -> Iterator[Git]:
    """Git with the files of ``folder`` and an index of its own, for the repository ``there``."""
    assert git is not None
    with git.custom_environment(GIT_DIR=there, GIT_WORK_TREE=str(folder), GIT_INDEX_FILE=f"{place}/index"):
        yield git
