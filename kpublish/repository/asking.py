"""Asks git itself: importing GitPython takes longer than all questions together, so it is left to what changes a repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from kpublish.errors import NotARepository

#: Variables by which a hook or an alias tells git about another repository, and those that change what a path means.
FOREIGN = (
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


class Asking:
    """Git commands that run in ``root``, change nothing, and are not confused by the environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._program = shutil.which("git") or "git"

    def attempt(self, *arguments: str) -> tuple[int, str, str]:
        """Run ``git`` and return its status, and what it said on standard output and error."""
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environment = {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LANGUAGE": "C", "LC_ALL": "C"}
        done = subprocess.run(  # noqa: S603 - our own arguments
            [self._program, *arguments], cwd=self.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        said, complained = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        return done.returncode, said, complained

    def ask(self, *arguments: str) -> str:
        """Run ``git`` and return what it said.

        Raises
        ------
        NotARepository
            If it failed.
        """
        status, said, complained = self.attempt(*arguments)
        if status:
            raise refusal(self.root, complained)
        return said

    def entries(self, *arguments: str) -> list[str]:
        """Run ``git`` and return what it said, parted at NUL characters."""
        return [entry for entry in self.ask(*arguments).split("\0") if entry]


def refusal(root: Path, stderr: str) -> NotARepository:
    """Return the sentence for what git complained of."""
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
