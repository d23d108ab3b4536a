"""What git tells of a repository, as a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from kpublish.ci import surroundings
from kpublish.model.project import GitState
from kpublish.repository.asking import Asking, refusal

#: Addresses of git repositories on servers: as URLs, and git's short form of ssh.
_SCHEMES = ("http", "https", "ssh", "git", "git+ssh", "ssh+git")
_SHORT = re.compile(r"(?:[^/]*@)?([A-Za-z0-9.-]{2,}):(?!:|//)(.+)")


def head(git: Asking) -> tuple[str, str] | None:
    """Return the commit, and the way from the repository's top to the project; None without a commit."""
    status, said, complained = git.attempt("rev-parse", "--quiet", "--show-prefix", "--verify", "HEAD^{commit}")
    if status == 0:
        prefix, _, commit = said.removesuffix("\n").rpartition("\n")
        return commit, prefix
    if complained and "not a git repository" not in complained:
        raise refusal(git.root, complained)
    return None


def state(git: Asking) -> GitState | None:
    """Return the state of a repository; None without a commit."""
    found = head(git)
    if found is None:
        return None
    commit, prefix = found
    form = ("--decorate=full", "--decorate-refs=refs/tags/*", "--format=%ct%x00%D")
    seconds, names = git.ask("log", "-1", "--no-show-signature", *form, commit).rstrip("\n").split("\0")
    tags = {name.removeprefix("tag: refs/tags/") for name in names.split(", ") if name.startswith("tag: refs/tags/")}
    dirty, untracked = _changes(git, prefix)
    listed = git.entries("ls-files", "-v", "-z")
    settings = configured(git)
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


def _changes(git: Asking, prefix: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tracked files that differ from the commit, and files that git neither tracks nor ignores; relative to the project."""
    options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all")
    entries = git.entries("status", *options, "--", ".")
    found = {(entry[:2] == "??", entry[3:].removeprefix(prefix)) for entry in entries if entry[:2] != "##"}
    return (
        tuple(sorted(path for new, path in found if not new)),
        tuple(sorted(path for new, path in found if new)),
    )


def _hidden_changes(git: Asking, listed: Sequence[str]) -> Iterator[str]:
    """Files that differ from the index although git was told not to look: flags assume-unchanged and skip-worktree of its index."""
    for path in (entry[2:] for entry in listed if entry[0] == "S" or entry[0].islower()):
        _, blob, *_ = git.ask("ls-files", "--stage", "-z", "--", f":(literal){path}").split(" ", 2)
        if not (git.root / path).is_file() or git.ask("hash-object", "--", path).strip() != blob:
            yield path


def _converted(git: Asking, settings: Mapping[str, str]) -> Iterator[str]:
    """Files that have other line ends here than in the index, because this clone is set so; asking costs reading every file."""
    if settings.get("core.autocrlf", "").lower() not in ("true", "yes", "on", "1") and settings.get("core.eol") != "crlf":
        return
    for entry in git.entries("ls-files", "--eol", "-z"):
        ends, _, path = entry.partition("\t")
        here = ends.split()[1]
        if here in ("w/crlf", "w/mixed") and here[2:] != ends.split()[0][2:]:
            yield path


def configured(git: Asking) -> dict[str, str]:
    """What this clone or its owner has set, of what matters here."""
    names = r"^(core\.(autocrlf|eol)|remote\.origin\.url|user\.(name|email))$"
    said = git.attempt("config", "--null", "--get-regexp", names)[1]
    # A setting without a value means true; of several, the last holds.
    return {name: value if mark else "true" for name, mark, value in (entry.partition("\n") for entry in said.split("\0") if entry)}


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
