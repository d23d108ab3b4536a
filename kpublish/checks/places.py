"""Which paths a repository holds, or will hold once its programs have run."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from posixpath import dirname, join, normpath

from kpublish.model.figure import RENDERED
from kpublish.model.project import Project

#: How near a name must be to one that is there, as files of other repositories may be meant.
_NEAR = 0.9
#: Folders that kpublish makes.
_MADE = (RENDERED, "dist", ".kpublish")


class Places:
    """The paths of a project, looked up once for many questions."""

    def __init__(self, project: Project) -> None:
        self.files = list(project.files)
        self.small = {path.lower(): path for path in self.files}
        self.known = {"", ".", *self.files}
        for path in self.files:
            while (path := dirname(path)) and path not in self.known:
                self.known.add(path)
        ignored = project.files[".gitignore"].text or "" if ".gitignore" in project.files else ""
        self.ignored = [line.strip().strip("/") for line in ignored.split("\n") if line.strip() and line[0] not in "#!"]

    def holds(self, path: str) -> bool:
        """Whether the path is a file or folder that is there, one that git ignores, or one that kpublish makes."""
        path = path.rstrip("/")
        if path in self.known or path.partition("/")[0] in _MADE:
            return True
        parts = path.split("/")
        above = {"/".join(parts[: depth + 1]) for depth in range(len(parts))} | set(parts)
        return any(fnmatchcase(each, pattern) for pattern in self.ignored for each in above)

    def holds_from(self, page: str, path: str) -> bool:
        """Whether a path that a page names, from the top or from where the page lies, is there, will be, or leads out."""
        places = {normpath(path), normpath(join(dirname(page), path))}
        return any(place.startswith("..") or self.holds(place) for place in places)

    def near(self, path: str) -> str:
        """The file that is named almost so, or an empty string."""
        path = normpath(path)
        alike = [name for name in self.files if abs(len(name) - len(path)) < 4 and name[-4:] == path[-4:]]
        return next(iter(get_close_matches(path, alike, n=1, cutoff=_NEAR)), "")
