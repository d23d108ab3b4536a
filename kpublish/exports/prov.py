"""W3C PROV as PROV-JSON and PROV-N (https://www.w3.org/TR/prov-n/): steps, files, and the programs that made them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import quote

from kpublish.exports.chain import chain_of
from kpublish.model.bundle import Member, Release
from kpublish.model.json_text import json_text
from kpublish.model.provenance import ProcessingStep, StepFile, StepRecord

STANDARD = "W3C PROV"
VERSION = "2013-04-30"
ADDRESS = "https://www.w3.org/TR/prov-overview/"

#: Attributes that PROV has no name for.
_OURS = "https://opendata.km3net.de/ns/kpublish#"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: Relation → the names of what it relates in PROV-JSON (https://www.w3.org/submissions/prov-json/).
_RELATIONS = {
    "used": ("prov:activity", "prov:entity"),
    "wasGeneratedBy": ("prov:entity", "prov:activity"),
    "wasInformedBy": ("prov:informed", "prov:informant"),
    "wasDerivedFrom": ("prov:generatedEntity", "prov:usedEntity"),
    "wasInfluencedBy": ("prov:influencee", "prov:influencer"),
    "wasAssociatedWith": ("prov:activity", "prov:agent"),
}
#: Relations that have a time or plan in PROV-N, which is not told.
_OPEN = ("used", "wasGeneratedBy", "wasAssociatedWith")
_Values = tuple[str | int, ...]
_Times = tuple[str | None, str | None]


class _Element(NamedTuple):
    """An entity, activity or agent with its attributes; ``times`` of activities only."""

    kind: str
    name: str
    attributes: Mapping[str, _Values]
    times: _Times = (None, None)


class _Relation(NamedTuple):
    """Two elements and what relates them."""

    kind: str
    subject: str
    object: str


def documents(release: Release) -> Mapping[str, bytes]:
    """Return ``w3c-prov.json`` and ``w3c-prov.provn``; nothing of a release without steps."""
    said = _Statements(release)
    if not any(element.kind == "activity" for element in said.elements.values()):
        return {}
    return {"w3c-prov.json": json_text(_json(said)), "w3c-prov.provn": _notation(said).encode()}


class _Statements:
    """All that is said of a release."""

    def __init__(self, release: Release) -> None:
        self.prefixes = {
            "data": "nih:sha-256;",
            "file": f"{release.landing}/{quote(release.version)}/files/",
            "kpublish": _OURS,
            "release": f"{release.landing}#",
            "step": "urn:uuid:",
        }
        self.elements: dict[str, _Element] = {}
        self.relations: dict[_Relation, None] = {}
        chain = chain_of(release)
        names = {key: self._entity(file) for key, file in chain.files.items()}
        for step in chain.steps:
            activity = self._activity(step)
            for key in chain.reads[step.refID]:
                self._relate("used", activity, names[key])
            for key in chain.makes[step.refID]:
                self._relate("wasGeneratedBy", names[key], activity)
        for member in release.members:
            self._member(release, member)

    def _relate(self, kind: str, subject: str, about: str) -> None:
        self.relations[_Relation(kind, subject, about)] = None

    def _add(self, kind: str, name: str, attributes: Mapping[str, Any], times: _Times = (None, None)) -> str:
        said = {
            key: value if isinstance(value, tuple) else (value,) for key, value in attributes.items() if value not in (None, "", ())
        }
        self.elements.setdefault(name, _Element(kind, name, said, times))
        return name

    def _entity(self, file: StepFile) -> str:
        name = f"data:{file.sha256}" if file.sha256 else f"file:{_local(file.path)}"
        said = {
            "prov:label": file.path,
            "kpublish:sha256": file.sha256,
            "kpublish:bytes": file.size,
            "kpublish:kid": file.kid,
        }
        return self._add("entity", name, said)

    def _activity(self, step: StepRecord) -> str:
        name = _step(step.refID)
        programs = [f"{program} {version}".strip() for program, version in step.software.items()]
        attributes = {
            "prov:label": step.name,
            "kpublish:command": " ".join(step.command),
            "kpublish:settings": step.settings,
            "kpublish:exitCode": step.exitCode,
            "kpublish:software": tuple(programs[1:]),
            "kpublish:commit": step.commit,
            "kpublish:container": step.container,
            "kpublish:recordedBy": step.imported,
        }
        self._add("activity", name, attributes, (step.started, step.ended))
        self._associate(name, programs[0] if programs else step.name)
        return name

    def _associate(self, activity: str, program: str) -> None:
        agent = self._add("agent", f"release:program-{_local(program)}", {"prov:type": "prov:SoftwareAgent", "prov:label": program})
        self._relate("wasAssociatedWith", activity, agent)

    def _member(self, release: Release, member: Member) -> None:
        """Which steps the header of a table tells, the last of which made it, and which tables a figure was drawn from."""
        files = [self._file(release, path) for path in member.files if release.file(path)]
        steps = [self._line(step) for step in member.origin.provenance]
        for before, after in pairwise(steps):
            self._relate("wasInformedBy", after, before)
        told = {step.refID for step in release.steps}
        for file in files if steps else ():
            if not any(relation.kind == "wasGeneratedBy" and relation.subject == file for relation in self.relations):
                # The record of a step names its outputs, and this is none of them.
                kind = "wasInfluencedBy" if member.origin.provenance[-1].refID in told else "wasGeneratedBy"
                self._relate(kind, file, steps[-1])
        if member.original and member.original.sha256:
            source = self._entity(StepFile(path=member.original.file, sha256=member.original.sha256))
            for file in files:
                self._relate("wasDerivedFrom", file, source)
        tables = [path for other in release.members if other.resource.kid in member.tables for path in other.files]
        for table in (self._file(release, path) for path in tables if release.file(path)):
            for file in files:
                if file != table:
                    self._relate("wasDerivedFrom", file, table)

    def _file(self, release: Release, path: str) -> str:
        entry = release.file(path)
        assert entry is not None
        return self._entity(StepFile(path=path, sha256=entry.sha256, size=entry.size, kid=entry.kid))

    def _line(self, step: ProcessingStep) -> str:
        """An activity of which only the short line in a header is known."""
        name = _step(step.refID)
        if name not in self.elements:
            settings = (
                step.settings if isinstance(step.settings, str) else json_text(step.settings).decode() if step.settings else ""
            )
            self._add("activity", name, {"prov:label": step.name, "kpublish:settings": " ".join(settings.split())})
            if isinstance(step.software, str) and step.software:
                self._associate(name, step.software)
        return name


def _step(reference: str) -> str:
    return f"step:{reference}" if _UUID.fullmatch(reference) else f"release:step-{_local(reference)}"


def _local(text: str) -> str:
    r"""A text as a local name of PROV-N.

    >>> _local("data/a b.csv"), _local(".x.")
    ('data/a%20b.csv', '%2Ex%2E')
    """
    name = quote(text, safe="/").replace("~", "%7E")
    name = re.sub(r"^[.-]", lambda found: f"%{ord(found[0]):02X}", name)
    return re.sub(r"\.$", "%2E", name)


def _json(said: _Statements) -> dict[str, Any]:
    document: dict[str, Any] = {"prefix": said.prefixes}
    for element in said.elements.values():
        times = {key: time for key, time in zip(("prov:startTime", "prov:endTime"), element.times, strict=True) if time}
        values = {key: _plain([_typed(key, value) for value in values]) for key, values in element.attributes.items()}
        document.setdefault(element.kind, {})[element.name] = {**times, **values}
    for number, relation in enumerate(said.relations, 1):
        subject, about = _RELATIONS[relation.kind]
        document.setdefault(relation.kind, {})[f"_:r{number}"] = {subject: relation.subject, about: relation.object}
    return document


def _plain(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _typed(key: str, value: str | int) -> Any:
    if key == "prov:type":
        return {"$": value, "type": "prov:QUALIFIED_NAME"}
    return {"$": str(value), "type": "xsd:long"} if isinstance(value, int) else value


def _notation(said: _Statements) -> str:
    lines = [f"prefix {name} <{address}>" for name, address in said.prefixes.items()]
    lines += [_statement(element) for element in said.elements.values()]
    for relation in said.relations:
        last = ", -" if relation.kind in _OPEN else ""
        lines.append(f"{relation.kind}({relation.subject}, {relation.object}{last})")
    return "document\n" + "".join(f"  {line}\n" for line in lines) + "endDocument\n"


def _statement(element: _Element) -> str:
    times = "".join(f", {time or '-'}" for time in element.times) if element.kind == "activity" else ""
    attributes = ", ".join(_attributes(element))
    return f"{element.kind}({element.name}{times}{f', [{attributes}]' if attributes else ''})"


def _attributes(element: _Element) -> Iterator[str]:
    for key, values in element.attributes.items():
        for value in values:
            if isinstance(value, int):
                yield f'{key}="{value}" %% xsd:long'
            else:
                yield f"{key}='{value}'" if key == "prov:type" else f"{key}={_quoted(value)}"


def _quoted(text: str) -> str:
    r"""A text as PROV-N writes it.

    >>> _quoted('a "b"')
    '"a \\"b\\""'
    """
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(sign, sign) for sign in text) + '"'
