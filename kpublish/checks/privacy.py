"""Personal data that programs leave in provenance, headers and outputs: home folders, user and host names, e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.plain import holds, meant, texts
from kpublish.model.finding import Fault, Fix, Severity
from kpublish.model.project import Project

CODE = "PRV"

#: Where computers and computing centres keep the folders of users.
_HOMES = r"/home/|/Users/|/afs/[\w./-]{1,80}?/(?:u|users?|home)/(?:[a-z]/)?|/[\w-]+/home/(?:[a-z]/)?|/sps/[\w-]+/users/"
_HOME = re.compile(
    rf"(?P<home>(?<![\w.~/-])(?:{_HOMES})(?P<name>[A-Za-z][\w.-]*))"
    r"|(?P<windows>\b[A-Za-z]:\\{1,2}Users\\{1,2}(?P<who>[\w. -]+?)(?=\\|[\"'\s]))"
)
#: Names in examples, and users of containers and CI.
_NOBODY = ("user", "username", "jovyan", "runner", "you", "me", "name", "someone", "ubuntu", "root", "gitlab-runner", "public")
_NOTHING = ("null", "none", "true", "false", "localhost", "~", "")
#: Formats in which programs keep what they did.
_RECORDS = (".json", ".yaml", ".yml", ".xml", ".prov", ".log", ".txt", ".dat", ".csv", ".ecsv", ".provn", ".ttl")
_KEYS = re.compile(
    r"""(?P<quote>["']?)\b(?P<key>(?:user|login|host|node|machine|computer)_?name|user|login|logname|host|hostname|home|pwd|USER|LOGNAME"""
    r"""|HOSTNAME|HOME|PWD|MAIL|SSH_CLIENT|SSH_CONNECTION|SUDO_USER)(?P=quote)\s*[:=]\s*(?P<value>"[^"\n]+"|'[^'\n]+'|[^\s"',{}\[\]]+)"""
)
#: All variables of a process, as some programs keep them.
_ENVIRONMENT = re.compile(r"[\"']?(?P<key>\benviron(?:ment)?)[\"']?[ \t]*:\s{0,20}(?:\{|\n?[ \t]+PATH:)")
#: What ``uname -a`` prints: system, host, version of the kernel.
_UNAME = re.compile(r"\b(?:Linux|Darwin) (?P<host>[A-Za-z][\w.-]*) \d+\.\d+[\w.-]*")
_MAIL = re.compile(r"(?<![\w.+-])(?P<name>[A-Za-z][\w.+-]*)@(?P<host>(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b")
#: Addresses of roles, not of persons.
_ROLES = re.compile(
    r"(?i)(?:open-?data|open-?science|info|contact|office|support|help(?:desk)?|spokesperson|pub(?:lication)?s?|outreach|km3net|git|"
    r"noreply|no-reply|admin|webmaster)(?:[.+-].*)?"
)
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
    for match in _HOME.finditer(text) if holds(text, "/home/", "users", "/afs/") else ():
        name = match["name"] or match["who"]
        if name.lower() in _NOBODY:
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
        if value.lower() not in (*_NOBODY, "null", "none", "true", "false", "localhost", "~") and not value.startswith(
            ("$", "<", "{")
        ):
            yield Fault(meant(path, text, match, "value"), f"{match['key']} is told: {value[:60]}.")
    for match in _ENVIRONMENT.finditer(text) if record else ():
        yield Fault(meant(path, text, match, "key"), "The environment of a program is told, with all its variables.")
    for match in _UNAME.finditer(text) if holds(text, "linux ", "darwin ") else ():
        if match["host"].lower() not in ("version", "localhost", "kernel"):
            yield Fault(meant(path, text, match, "host"), f"{match['host']} is the name of a computer.")


def _is_record(path: str) -> bool:
    """Whether the file is a record of provenance, by its name."""
    name = path.lower().rpartition("/")[2]
    return bool(re.search(r"prov|workflow|runinfo|environment|session", name)) or name.endswith((".log", ".provn"))


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
    for match in _MAIL.finditer(text) if "@" in text else ():
        if not _ROLES.fullmatch(match["name"]) and not match["host"].startswith("example."):
            yield Fault(meant(path, text, match), f"{match[0]} is the address of a person.")
