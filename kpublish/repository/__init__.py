"""Git state of a repository as a value (git, https://git-scm.com/docs); the only module that imports gitpython."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kpublish.ci import surroundings
from kpublish.errors import NotARepository, UsageError
from kpublish.model.project import GitState
from kpublish.repository.leaving import leaving

if TYPE_CHECKING:
    from git import Git

__all__ = ["git_state", "init", "leaving", "missing", "tag", "without_credentials"]

#: Variables by which a hook or an alias tells git about another repository, and those that change what a path means.
_FOREIGN = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_INDEX_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
#: Addresses of git repositories on servers: as URLs, and git's short form of ssh.
_SCHEMES = ("http", "https", "ssh", "git", "git+ssh", "ssh+git")
_SHORT = re.compile(r"(?:[^/]*@)?([A-Za-z0-9.-]{2,}):(?!:|//)(.+)")


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
    with _git(root) as git:
        return _state(git) if git else None


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
    with _git(root) as git:
        if git is None:
            raise missing(root)
        try:
            git.init("--quiet", "--initial-branch=main", "--template=")
            git.add("--all")
            plain = ("core.hooksPath=/dev/null", "commit.gpgSign=false", *_identity(git))
            git(c=list(plain)).commit("--quiet", "--allow-empty", "--no-verify", "--message", message)
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
    with _git(root) as git:
        if git is None or _head(git) is None:
            raise missing(root)
        if git.execute(["git", "check-ref-format", f"refs/tags/{name}"], with_extended_output=True, with_exceptions=False)[0]:
            raise UsageError(f"{name!r} is no name for a tag.", remedy="Use letters, digits, dots and hyphens.")
        if git.for_each_ref(f"refs/tags/{name}"):
            raise UsageError(f"The tag {name} exists already.", remedy="Raise the version.")
        git.tag("--no-sign", name)


def _has_git_above(root: Path) -> bool:
    folder = root.resolve()
    return any((place / ".git").exists() for place in (folder, *folder.parents))


@contextmanager
def _git(root: Path) -> Iterator[Git | None]:
    """Git commands that run in ``root`` and are not confused by the environment; None where git is missing."""
    if not shutil.which("git"):  # without the program, importing the package raises ImportError
        yield None
        return
    from git import Git, GitCommandError

    git = Git(str(root))
    git.update_environment(GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0")
    foreign = {name: os.environ.pop(name) for name in _FOREIGN if name in os.environ}
    try:
        yield git
    except GitCommandError as error:
        raise _refusal(root, str(error.stderr)) from error
    finally:
        os.environ.update(foreign)


def _refusal(root: Path, stderr: str) -> NotARepository:
    if "dubious ownership" in stderr or "unsafe repository" in stderr:
        return NotARepository(
            f"The repository at {root} belongs to another user, so git does not read it.",
            remedy=f"If you trust it, run: git config --global --add safe.directory '{root.resolve()}'",
        )
    said = re.search(r"(?:fatal|error): (.*)", stderr)
    return NotARepository(
        f"git cannot use the repository at {root}: {said[1].strip(chr(39)) if said else 'it failed'}.",
        remedy="Run git status there and mend what it says.",
    )


def _head(git: Git) -> tuple[str, str] | None:
    """The commit, and the way from the repository's top to the project; None without a commit."""
    status, said, stderr = git.execute(
        ["git", "rev-parse", "--quiet", "--show-prefix", "--verify", "HEAD^{commit}"],
        with_extended_output=True,
        with_exceptions=False,
        strip_newline_in_stdout=False,
    )
    if status == 0:
        prefix, _, commit = str(said).removesuffix("\n").rpartition("\n")
        return commit, prefix
    if stderr and "not a git repository" not in str(stderr):
        raise _refusal(Path(str(git.working_dir)), str(stderr))
    return None


def _state(git: Git) -> GitState | None:
    found = _head(git)
    if found is None:
        return None
    commit, prefix = found
    form = ("--decorate=full", "--decorate-refs=refs/tags/*", "--format=%ct%x00%D")
    seconds, names = str(git.log("-1", "--no-show-signature", *form, commit)).split("\0")
    tags = {name.removeprefix("tag: refs/tags/") for name in names.split(", ") if name.startswith("tag: refs/tags/")}
    dirty, untracked = _changes(git, prefix)
    listed = _entries(git.ls_files("-v", "-z"))
    settings = _configured(git)
    return GitState(
        commit=commit,
        date=datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        tags=tuple(sorted(tags | _tag_of_job(commit))),
        tracked=tuple(sorted({entry[2:] for entry in listed})),
        dirty=tuple(sorted({*dirty, *_hidden_changes(git, listed)})),
        untracked=untracked,
        remote=without_credentials(settings.get("remote.origin.url", "")) or None,
        converted=tuple(sorted(set(_converted(git, settings)) - set(dirty))),
    )


def _tag_of_job(commit: str) -> set[str]:
    """The tag of a GitLab CI job, whose clone may have been made without tags."""
    job = surroundings()
    return {job.tag} if job.tag and job.commit == commit else set()


def _entries(output: str) -> list[str]:
    return [entry for entry in output.split("\0") if entry]


def _changes(git: Git, prefix: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tracked files that differ from the commit, and files that git neither tracks nor ignores; relative to the project."""
    options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all")
    entries = _entries(git.execute(["git", "status", *options, "--", "."], strip_newline_in_stdout=False))
    found = {(entry[:2] == "??", entry[3:].removeprefix(prefix)) for entry in entries if entry[:2] != "##"}
    return (
        tuple(sorted(path for new, path in found if not new)),
        tuple(sorted(path for new, path in found if new)),
    )


def _hidden_changes(git: Git, listed: Sequence[str]) -> Iterator[str]:
    """Files that differ from the index although git was told not to look: flags assume-unchanged and skip-worktree of its index."""
    for path in (entry[2:] for entry in listed if entry[0] == "S" or entry[0].islower()):
        _, blob, *_ = str(git.ls_files("--stage", "-z", "--", f":(literal){path}")).split(" ", 2)
        if not Path(str(git.working_dir), path).is_file() or git.hash_object("--", path) != blob:
            yield path


def _converted(git: Git, settings: Mapping[str, str]) -> Iterator[str]:
    """Files that have other line ends here than in the index, because this clone is set so; asking costs reading every file."""
    if settings.get("core.autocrlf", "").lower() not in ("true", "yes", "on", "1") and settings.get("core.eol") != "crlf":
        return
    for entry in _entries(git.ls_files("--eol", "-z")):
        ends, _, path = entry.partition("\t")
        here = ends.split()[1]
        if here in ("w/crlf", "w/mixed") and here[2:] != ends.split()[0][2:]:
            yield path


def _configured(git: Git) -> dict[str, str]:
    """What this clone or its owner has set, of what matters here."""
    names = r"^(core\.(autocrlf|eol)|remote\.origin\.url|user\.(name|email))$"
    command = ["git", "config", "--null", "--get-regexp", names]
    said = git.execute(command, with_extended_output=True, with_exceptions=False, strip_newline_in_stdout=False)[1]
    # A setting without a value means true; of several, the last holds.
    return {name: value if mark else "true" for name, mark, value in (entry.partition("\n") for entry in _entries(str(said)))}


def without_credentials(address: str) -> str:
    """Return the address of a git remote without user name and password.

    >>> without_credentials("https://gitlab-ci-token:secret@gitlab.example.org/group/plots.git")
    'https://gitlab.example.org/group/plots.git'
    >>> without_credentials("git@gitlab.example.org:group/plots.git")
    'gitlab.example.org:group/plots.git'

    What only this machine understands (a path, the command of a helper) is no address.
    """
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme.lower() in _SCHEMES and parts.netloc:
            return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    short = _SHORT.fullmatch(address)
    return f"{short[1]}:{short[2]}" if short and short[1].lower() not in _SCHEMES else ""


def _identity(git: Git, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Settings that name the author, where neither the environment nor git's configuration does."""

    settings = _configured(git)

    def known(key: str) -> bool:
        stated = all(environ.get(f"GIT_{who}_{key.upper()}") for who in ("AUTHOR", "COMMITTER"))
        return stated or bool(settings.get(f"user.{key}"))

    return [f"user.{key}={value}" for key, value in (("name", "kpublish"), ("email", "kpublish@localhost")) if not known(key)]
