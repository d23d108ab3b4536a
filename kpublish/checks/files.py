"""Files of the repository: names that survive everywhere, sizes that git can bear, plain line ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.plain import plain
from kpublish.checks.reading import told
from kpublish.exports import citation_cff
from kpublish.files.paths import clash, fault_of
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import PROJECT_FILE, Project

CODE = "FIL"

#: Bytes from which a file makes clones slow; most servers refuse twice as much.
_LARGE = 50 * 1024**2
#: What globs, shells or addresses take for something else.
_ODD = re.compile(r"[\s+*?\[\]{}()<>|&;!#%^~$`'\"\\:]|[^\x20-\x7e]")
#: Names of devices on Windows, whatever their suffix.
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
#: Names that kpublish gives to what it makes for the package.
MADE = (
    citation_cff.NAME,
    "datacite.json",
    "index.html",
    "km3resource.json",
    "manifest-sha256.txt",
    "ro-crate-metadata.json",
    "w3c-prov.json",
    "w3c-prov.provn",
)


class FIL01(Rule):
    """A file's name breaks globs, shells or addresses.

    Scripts that list files by patterns leave such a file out, and its address in an archive must be written with escapes.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Rename it (git mv): letters, digits and . - _ survive everywhere."""
        for file in plain(project):
            if fault := fault_of(file.path) or _odd(file.path):
                plainer = re.sub(r"_*(?:" + _ODD.pattern + r")+_*", "_", file.path).strip("_")
                remedy = f"Rename it, e.g. to {plainer!r} (git mv)." if plainer and not _odd(plainer) else ""
                yield Fault(Position(file.path), f"The name {file.path!r} {fault}.", remedy=remedy)


def _odd(path: str) -> str:
    """Say what is odd about the names in a path, or nothing."""
    if found := _ODD.search(path):
        return f"holds {found[0]!r}, which globs, shells or addresses take for something else"
    for name in path.split("/"):
        if name.startswith("-"):
            return "begins with a hyphen, as options do"
        if name.endswith((".", " ")) or _DEVICES.fullmatch(name):
            return "cannot be a file on Windows"
    return ""


class FIL02(Rule):
    """Two names are one on some systems.

    macOS and Windows do not tell capitals from small letters: of the two files a clone there has only one.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Rename one of them (git mv)."""
        if double := clash(project.files):
            yield Fault(Position(double[1]), f"{double[0]} and {double[1]} are one file on some systems.")


class FIL03(Rule):
    """A file is too large for git.

    Every clone fetches every version of it for ever; many servers refuse files of more than 100 MB.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Publish it in an archive by itself and name it under relatedResources, or store it smaller, e.g. as Parquet."""
        for file in plain(project):
            if file.size > _LARGE:
                yield Fault(Position(file.path), f"The file has {file.size / 1024**2:.0f} MB.")


class FIL04(Rule):
    """A text begins with a byte order mark, or its lines end with CR LF.

    Programs take the mark for part of the first name, and the CR for part of the last cell or word of each line.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Save it as UTF-8 without byte order mark, with line feeds only; kpublish validate --fix does."""
        converted = project.git.converted if project.git else ()  # of these, git is told
        faults = (*told(project, "FIL04"), *_noticed(project, "FIL04"))
        return (fault for fault in faults if fault.where.path not in converted)


def _noticed(project: Project, code: str) -> Iterator[Fault]:
    """What was noticed while files were read."""
    return (fault for file in plain(project) for fault in file.faults if fault.code == code)


class FIL05(Rule):
    """A file has the name of one that kpublish makes for the package.

    The package holds its own, made of kpublish.yaml, so that what they say is the same; two files of one name cannot be packed.
    Only the CITATION.cff of software is packed as it stands in the repository.
    """

    severity = None
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Remove it (git rm): what it says belongs into kpublish.yaml, and the package gets its own; or move it into a folder."""
        kind = project.release.resourceType if project.release else None
        for name in MADE:
            brought = name == citation_cff.NAME and citation_cff.may_be_brought(kind)
            if name in project.files and not brought:
                yield Fault(Position(name), f"{name} is made of kpublish.yaml for the package.")


class FIL06(Rule):
    """There is no README.

    It is what readers open first: what this is, how the parts belong together, how to cite it, whom to ask.
    """

    severity = None
    public = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write README.md: what is published, what is in each folder, where it is described, whom to ask."""
        if project.files and not any(path.lower().partition(".")[0] == "readme" for path in project.files):
            yield Fault(Position(PROJECT_FILE, 1, 1), "The repository has no README at its top.")


class FIL07(Rule):
    """A text is not in UTF-8.

    Names and units come out as other letters, or programs refuse the file, on every system that is set otherwise.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Save it in UTF-8; most editors ask for the encoding under Save as, else: iconv -f WINDOWS-1252 -t UTF-8."""
        return _noticed(project, "FIL07")
