"""What texts promise: links, folders and addresses that outsiders can follow, and nothing left to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from kpublish.checks import Rule
from kpublish.checks.places import Places
from kpublish.checks.plain import first_of, holds, meant, place, texts
from kpublish.checks.subjects import subjects
from kpublish.checks.trees import entries
from kpublish.model.finding import Fault, Fix, Severity
from kpublish.model.project import Project

CODE = "LNK"

_PAGES = (".md", ".markdown", ".rst")
#: Files in which people write sentences for others, and metadata.
_PROSE = (*_PAGES, "readme", ".txt", ".cff", "codemeta.json", ".zenodo.json", "kpublish.yaml", ".ecsv", ".org", ".tex")
_FENCE = re.compile(r"^( {0,3})(```+|~~~+)[^\n]*\n.*?(?:^\1? {0,3}\2[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(<?([^)\s>]{1,500})(?=[\s)>])|^\[[^\[\]\n]{1,300}\]:[ \t]*<?([^\s>]{1,500})", re.MULTILINE)
_RST_LINK = re.compile(r"`[^`<\n]{0,300}<([^>`\s]{1,500})>`__?")
_FOLDER = re.compile(r"`/?((?:\./)?[\w.-]+(?:/[\w.-]+)*/)`")
#: A file in a folder, with blanks as people use them.
_FILE = re.compile(r"`/?((?:\./)?[\w.-]+/(?:[\w. +()-]+/)*[\w. +()-]*\w\.[A-Za-z][A-Za-z0-9]{1,6})`")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|/")
_PLACEHOLDER = re.compile(
    r"\bXX+X\b|\b(?:zenodo|doi|arXiv)[.:/]+X+\b|\b(?:TBD|TBA|TODO|FIXME|CHANGEME)\b|(?i:\blorem ipsum\b)|"
    r"(?i:<(?:your|insert|add|put)\b[^<>\n]{1,40}>)|(?i:\[(?:your|insert)\b[^\]\n]{1,40}\](?!\())"
)

_TEST_DOI = re.compile(r"10\.5072(?:/|%2[Ff])[\w./%()-]*[\w/]")
#: Programs may well talk to servers of their own.
_PROGRAMS = (".py", ".sh", ".js", ".r", ".cfg", ".toml", ".gitlab-ci.yml")
#: Hosts below km3net.de that anybody may read.
_PUBLIC = ("opendata", "www", "vo", "data", "pages", "openscience")
#: Patterns that begin with fixed characters, which are found quickly.
_HOSTS = {
    "km3net": re.compile(r"km3net\.de\b(?!\.\w)", re.IGNORECASE),
    "local": re.compile(r"://(?P<host>localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1\])(?![\w.-])", re.IGNORECASE),
    "private": re.compile(r"\b(?P<host>(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2})\b(?![.\d])"),
    "inner": re.compile(r"://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:local|lan|intranet|internal|corp))(?![\w.-])", re.IGNORECASE),
}
#: One of these stands in every text that names such a host.
_HINTS = ("km3net.de", "localhost", "://127.", "://0.", "://[", "10.", "192.168.", "172.", ".local", ".lan", ".int", ".corp")
#: The rest of a name, to the left of the end that was found.
_LEFT = re.compile(r"(?:%2F)?((?:[A-Za-z0-9-]+\.)+)$")
_KINDS = {
    "km3net": "is a host of KM3NeT that mostly asks for a password",
    "local": "is the reader's own machine",
    "private": "is an address inside of a private network",
    "inner": "is a host inside of a private network",
}


def _prose(text: str, *, spans: bool = True) -> str:
    """A page without its code, which is blanked so that places stay."""
    blanked = _FENCE.sub(_blank, text)
    return _CODE.sub(_blank, blanked) if spans else blanked


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _links(path: str, text: str) -> Iterator[tuple[re.Match[str], int]]:
    pattern = _RST_LINK if path.endswith(".rst") else _LINK
    for match in pattern.finditer(_prose(text, spans=not path.endswith(".rst"))):
        group = next(number for number in range(1, (match.lastindex or 0) + 1) if match[number])
        if not _SCHEME.match(match[group]):
            yield match, group


class LNK01(Rule):
    """A relative link leads nowhere.

    Links to files that only the author has are dead for everybody else.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Mend the path, add the file to git, or take the link out."""
        places = Places(project)
        for path, text in texts(project, _PAGES):
            yield from first_of(_dead(places, path, text))


def _dead(places: Places, path: str, text: str) -> Iterator[Fault]:
    for match, group in _links(path, text):
        link = match[group].partition("#")[0].partition("?")[0]
        target = normpath(join(dirname(path), unquote(link)))
        if not places.holds(target):
            where = meant(path, text, match, group)
            other = places.small.get(target.lower())
            fix = Fix(where, match[group].replace(link, _swapped(link, other))) if other and "%" not in link else None
            remedy = f"Write it as the file is named: {other}." if other else ""
            yield Fault(where, f"There is no {target} in the repository.", remedy=remedy, fix=fix)


def _swapped(link: str, other: str) -> str:
    """The link with the capitals of the path that is there."""
    tail = link.lstrip("./")
    return link[: len(link) - len(tail)] + other[-len(tail) :]


class LNK02(Rule):
    """A text promises a folder or file that is not there.

    Readers look for what the README lists; a folder without files is not kept by git.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Add it to git, mend its name, or take it out of the text."""
        places = Places(project)
        for path, text in texts(project, (".md", ".rst")):
            yield from first_of(_broken(places, path, text))


def _broken(places: Places, path: str, text: str) -> Iterator[Fault]:
    """Promises that are not kept: folders, and files of which one is there that is named almost so."""
    prose = _prose(text, spans=False)
    for match in _FOLDER.finditer(prose):
        if not places.holds_from(path, match[1]):
            yield Fault(meant(path, text, match, 1), f"There is no folder {match[1]} in the repository.")
    for match in _FILE.finditer(prose):
        if not places.holds_from(path, match[1]) and (near := places.near(match[1])):
            message = f"There is no file {match[1]} in the repository."
            yield Fault(meant(path, text, match, 1), message, remedy=f"Did you mean {near!r}?")
    drawn = [(match, name, places.holds_from(path, name)) for match, name in entries(text)]
    if 2 * sum(found for *_, found in drawn) >= len(drawn):  # else the tree is of something else
        for match, name, found in drawn:
            if not found:
                yield Fault(meant(path, text, match, "name"), f"There is no {name} in the repository.")


class LNK03(Rule):
    """A text names a host that outsiders cannot reach.

    Addresses of an internal server or of one's own machine are of no use to readers, and tell attackers what there is.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the public address, or describe in words how to get it."""
        for path, text in texts(project):
            if holds(text, *_HINTS):
                yield from first_of(_internal(path, text))


def _internal(path: str, text: str) -> Iterator[Fault]:
    for start, host, kind in sorted(_hosts(text)):
        if not (kind == "km3net" and _is_public(host)) and not (kind == "local" and path.endswith(_PROGRAMS)):
            yield Fault(place(path, text, start, len(host)), f"{host} {_KINDS[kind]}.")


def _hosts(text: str) -> Iterator[tuple[int, str, str]]:
    """Place, name and kind of every host that may be internal."""
    for kind, pattern in _HOSTS.items():
        for match in pattern.finditer(text):
            if kind != "km3net":
                if text[max(0, match.start() - 1) : match.start()] not in (".", "-"):
                    yield match.start("host"), match["host"], kind
            elif left := _LEFT.search(text[max(0, match.start() - 100) : match.start()]):
                start = match.start() - len(left[1])
                before, after = text[max(0, start - 1) : start], text[match.end() : match.end() + 1]
                if before != "_" and (before != "@" or after == ":"):  # an address of git, not of a person
                    yield start, left[1] + match[0], kind


def _is_public(host: str) -> bool:
    """Whether one of the public hosts of KM3NeT is meant, or a page below one."""
    return host.lower().removesuffix(".km3net.de").rpartition(".")[2] in _PUBLIC


class LNK04(Rule):
    """Something was left to be filled in.

    Placeholders such as XXX and TBD were meant to be replaced before anybody else reads the text.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write what is meant, or take the sentence out."""
        for path, text in texts(project, (*_PROSE, *(figure.path for figure in project.figures))):
            if holds(text, "xxx", "tbd", "tba", "todo", "fixme", "changeme", "lorem", "/x", ":x", ".x", "<", "["):
                yield from first_of(_unfilled(path, text))


def _unfilled(path: str, text: str) -> Iterator[Fault]:
    for match in _PLACEHOLDER.finditer(_prose(text) if path.endswith(_PAGES) else text):
        yield Fault(meant(path, text, match), f"{match[0]!r} is still to be filled in.")


class LNK05(Rule):
    """A text cites a DOI with the prefix for tests, which never resolves.

    Data centers make such DOIs (10.5072) until they are registered: whoever follows or cites it gets nowhere.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the DOI that the archive registered, or the address of its page."""
        described = {subject.document.path for subject in subjects(project)}  # of these, identifiers are told
        for path, text in texts(project, (*_PROSE, ".ipynb", ".bib")):
            for match in _TEST_DOI.finditer(text) if path not in described and holds(text, "10.5072") else ():
                yield Fault(meant(path, text, match), f"The DOI {unquote(match[0])} is for tests only.")
