"""The git repository: version against tag, committed files, links that leave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.model.document import KEY
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import PROJECT_FILE, GitState, Project

CODE = "GIT"

#: Beginning and largest size of the pointer to a file that Git LFS keeps.
_POINTER, _POINTER_SIZE = "version https://git-lfs.github.com/spec/v1\n", 1024
_VERSION_TAG = re.compile(r"v?(\d+(?:\.\d+)+\S*)")


def _state(project: Project) -> GitState | None:
    """The repository, if it is the project's own: a folder inside somebody else's work tree has none."""
    return project.git if project.git and PROJECT_FILE in project.git.tracked else None


def _version_at(project: Project) -> Position:
    if not project.document:
        return Position(PROJECT_FILE)
    node = ("KM3Resource", "version")
    return project.document.at(*node) if (*node, KEY) in project.document.marks else project.document.at_key("KM3Resource")


def _tagged(state: GitState) -> list[str]:
    """Versions that the tags at HEAD name."""
    return [match[1] for tag in state.tags if (match := _VERSION_TAG.fullmatch(tag))]


class GIT01(Rule):
    """The version is not the one of the tag.

    Archives, packages and readers name the release by its version, git by its tag: they must find the same files.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the version of the tag, commit and move the tag; or tag the commit with the version, written v1.0.0."""
        state = _state(project)
        version = project.release.version if project.release else None
        versions = _tagged(state) if state else []
        if state and version and versions and version not in versions:
            yield Fault(_version_at(project), f"The version is {version}, but this commit is tagged {', '.join(state.tags)}.")


class GIT02(Rule):
    """The version is not tagged.

    Only a tag says for good which commit was published.
    """

    severity = None
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Tag the commit with the version: git tag v1.0.0."""
        state = _state(project)
        if state and not _tagged(state):
            version = project.release.version if project.release and project.release.version else "1.0.0"
            yield Fault(_version_at(project), f"No tag names version {version} at this commit.", remedy=f"Run: git tag v{version}")


class GIT03(Rule):
    """A tracked file is no regular file, or a link that leaves the repository.

    The package would leave out the file, or hold something that is not in the repository.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Replace it by a copy of the file, or take it out with git rm --cached; it stays out of the package."""
        from kpublish.repository import leaving

        state = _state(project)
        if state:
            told = {*_submodules(project, state), *_pointers(project, state)}
            for path, reason in leaving(project.root, state.tracked).items():
                if path not in told:
                    yield Fault(Position(path), f"{path} {reason}.")


class GIT04(Rule):
    """A file differs from the commit.

    The package is made of the commit, so that anybody can make it again; what differs from it would be lost.
    """

    severity = Severity.NOTE
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Commit the change (git commit -a) or undo it (git restore): only what is committed is published."""
        state = _state(project)
        for path in state.dirty if state else ():
            yield Fault(Position(path), "The file differs from the commit.")


class GIT05(Rule):
    """A table or figure is not tracked by git.

    The package is made of what git tracks: the file would be missing in it.
    """

    severity = Severity.NOTE
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Add it with git add and commit: only what is committed is published."""
        state = _state(project)
        if state:
            parts = (*(table.path for table in project.tables), *(figure.path for figure in project.figures))
            for path in sorted(set(parts) - set(state.tracked)):
                yield Fault(Position(path), "Git does not track this file.")


class GIT06(Rule):
    """The project is not in a repository of its own.

    Without a commit of its own the release could not be made again, nor be told apart from another.
    """

    severity = None
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Run git init, git add . and git commit in the project's folder."""
        if project.document and not _state(project):
            yield Fault(Position(PROJECT_FILE), "No git repository with a commit holds this file.")


class GIT07(Rule):
    """Git changed the line ends of a file when it wrote it here.

    Checksums are those of bytes: two clones of one commit would publish different files.
    """

    severity = Severity.NOTE
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Commit a file .gitattributes with the line: * -text, then clone anew; else checksums differ from clone to clone."""
        state = _state(project)
        if state and state.converted:
            first, *others = state.converted
            more = f" (and {len(others)} more like this)" if others else ""
            yield Fault(Position(first), f"The line ends of this file are not those of the commit{more}.")


def _submodules(project: Project, state: GitState) -> Iterator[str]:
    """Tracked paths that are repositories of their own."""
    return (path for path in state.tracked if (project.root / path).is_dir() and not (project.root / path).is_symlink())


def _pointers(project: Project, state: GitState) -> Iterator[str]:
    """Tracked files of which only the pointer of Git LFS is here (its specification, version 1)."""
    for path in state.tracked:
        file = project.files.get(path)
        if file and 0 < file.size <= _POINTER_SIZE and (file.text or "").startswith(_POINTER):
            yield path


class GIT08(Rule):
    """A folder is a repository of its own (a submodule).

    Git keeps only the number of a commit elsewhere; the package would lack the files, and a clone later may not get them.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Copy the files that belong to the release, or take the submodule out (git rm) and name it under relatedResources."""
        state = _state(project)
        for path in _submodules(project, state) if state else ():
            yield Fault(Position(path), f"{path} is a repository of its own: its files are not in the package.")


class GIT09(Rule):
    """Only the pointer of a file in Git LFS is there.

    The package would hold three lines of text instead of the data.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Run git lfs pull, and in CI set GIT_LFS_SKIP_SMUDGE: 0; then validate anew."""
        state = _state(project)
        for path in _pointers(project, state) if state else ():
            yield Fault(Position(path, 1, 1), f"{path} is only the pointer to a file that Git LFS keeps.")
