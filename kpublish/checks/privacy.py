"""Personal data that programs leave in provenance, headers and outputs: home folders, user and host names, e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.plain import holds, meant, texts
from kpublish.formats.personal import ADDRESS, HOME, MAIL, NO_HOST, NOBODY, ROLES, UNAME, is_address
from kpublish.formats.step_records import FOLDER, SAFE, record_of
from kpublish.model.finding import Fault, Fix, Position, Severity
from kpublish.model.project import Project

CODE = "PRV"

#: Formats in which programs keep what they did.
_RECORDS = (".json", ".yaml", ".yml", ".xml", ".prov", ".log", ".txt", ".dat", ".csv", ".ecsv", ".provn", ".ttl")
_KEYS = re.compile(
    r"""(?P<quote>["']?)\b(?P<key>(?:user|login|host|node|machine|computer)_?name|user|login|logname|host|hostname|home|pwd|USER|LOGNAME"""
    r"""|HOSTNAME|HOME|PWD|MAIL|SSH_CLIENT|SSH_CONNECTION|SUDO_USER)(?P=quote)\s*[:=]\s*(?P<value>"[^"\n]+"|'[^'\n]+'|[^\s"',{}\[\]]+)"""
)
#: All variables of a process, as some programs keep them.
_ENVIRONMENT = re.compile(r"[\"']?(?P<key>\benviron(?:ment)?)[\"']?[ \t]*:\s{0,20}(?:\{|\n?[ \t]+PATH:)")
#: What stands before the version of a software: some have four numbers, as addresses have.
_VERSION = re.compile(r"""(?i)(?:version|release|==)["']?\s{0,9}[:=]?\s{0,9}["']?$""")
#: Findings of one rule in one file that are told one by one.
_TOLD = 10


def _first(found: Iterator[Fault]) -> Iterator[Fault]:
    """Each fault of a file once, the first few one by one."""
    seen: set[str] = set()
    last: Fault | None = None
    for fault in found:
        if fault.message not in seen:
            seen.add(fault.message)
            if len(seen) <= _TOLD:
                yield fault
            last = fault
    if last and len(seen) > _TOLD:
        yield Fault(last.where, f"{len(seen) - _TOLD} more like the {_TOLD} told.")


class PRV01(Rule):
    """A path names somebody's home folder.

    It tells a user name and how a computing centre is laid out, and works for nobody else.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write a path relative to the repository, or ~ for the home folder; clear the outputs of notebooks."""
        for path, text in texts(project):
            yield from _first(_homes(path, text))


def _homes(path: str, text: str) -> Iterator[Fault]:
    for match in HOME.finditer(text) if holds(text, "/home/", "users", "/afs/") else ():
        name = match["name"] or match["who"]
        if name.lower() in NOBODY:
            continue
        where = meant(path, text, match)
        fix = Fix(where, "~", everywhere=True) if path.lower().endswith(_RECORDS) and match["home"] else None
        yield Fault(where, f"{match[0]} is the folder of a user.", fix=fix)


class PRV02(Rule):
    """A record of how data were made names a user or a computer.

    Names of accounts and machines are personal data, and help whoever wants to break in.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Take it out of the record; say in words which software ran with which settings."""
        for path, text in texts(project, _RECORDS):
            yield from _first(_names(path, text))


def _names(path: str, text: str) -> Iterator[Fault]:
    record = _is_record(path)
    for match in _KEYS.finditer(text) if record else ():
        value = match["value"].strip("\"'")
        if value.lower() not in (*NOBODY, "null", "none", "true", "false", "localhost", "~") and not value.startswith(
            ("$", "<", "{")
        ):
            yield Fault(meant(path, text, match, "value"), f"{match['key']} is told: {value[:60]}.")
    yield from _variables(path, text) if record else ()
    for match in UNAME.finditer(text) if holds(text, "linux ", "darwin ") else ():
        if match["host"].lower() not in NO_HOST:
            yield Fault(meant(path, text, match, "host"), f"{match['host']} is the name of a computer.")


def _variables(path: str, text: str) -> Iterator[Fault]:
    """Environments; those of our own records hold what decides about results and nothing else."""
    own = record_of(text) if path.startswith(f"{FOLDER}/") else None
    if own:
        for name in own.environment.keys() - {*SAFE}:
            match = re.search(rf'"(?P<key>{re.escape(name)})"\s*:', text)
            yield Fault(meant(path, text, match, "key") if match else Position(path, 1), f"The variable {name} is told.")
        return
    for match in _ENVIRONMENT.finditer(text):
        yield Fault(meant(path, text, match, "key"), "The environment of a program is told, with all its variables.")


def _is_record(path: str) -> bool:
    """Whether the file is a record of provenance, by its name or folder."""
    name = path.lower().rpartition("/")[2]
    return (
        path.startswith(f"{FOLDER}/")
        or bool(re.search(r"prov|workflow|runinfo|environment|session", name))
        or name.endswith((".log", ".provn"))
    )


class PRV03(Rule):
    """A record or header names the e-mail address of a person.

    Whoever reads the data later asks a role, which outlives the person's contract; addresses of persons are harvested.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the address of a role, e.g. opendata@km3net.de, or take it out."""
        for path, text in texts(project, (*_RECORDS, ".ipynb")):
            if path.endswith((".ecsv", ".csv", ".dat", ".ipynb")) or _is_record(path):
                yield from _first(_addresses(path, text))


def _addresses(path: str, text: str) -> Iterator[Fault]:
    for match in MAIL.finditer(text) if "@" in text else ():
        if not ROLES.fullmatch(match["name"]) and not match["host"].startswith("example."):
            yield Fault(meant(path, text, match), f"{match[0]} is the address of a person.")


class PRV04(Rule):
    """A record of how data were made tells the address of a computer in a network.

    It tells where somebody works and how a computing centre is laid out, and helps whoever wants to break in.
    """

    severity = Severity.WARNING
    public = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Take it out of the record; name the computing centre in words if that matters."""
        for path, text in texts(project, _RECORDS):
            if _is_record(path):
                yield from _first(_networks(path, text))


def _networks(path: str, text: str) -> Iterator[Fault]:
    own = record_of(text) if path.startswith(f"{FOLDER}/") else None
    versions = {*own.software.values()} if own else set()
    for match in ADDRESS.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        if is_address(match[0]) and match[0] not in versions and not _VERSION.search(before):
            yield Fault(meant(path, text, match), f"{match[0]} is the address of a computer.")
