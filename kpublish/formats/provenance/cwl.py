"""Research objects of the Common Workflow Language, ``cwltool --provenance DIR`` (CWLProv 0.6, https://w3id.org/cwl/prov)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kpublish.files import sha256_of
from kpublish.formats.provenance import Told
from kpublish.formats.provenance.values import identifier, instant, json_of, listed, short
from kpublish.model.provenance import StepFile, StepRecord

TOOL = "CWL"
ADDRESS = "https://w3id.org/cwl/prov"

_TRACES = "metadata/provenance"
_SHA1 = re.compile(r"data:([0-9a-f]{40})")
#: Collections of files in one another that are followed.
_DEEPEST = 8


def recognises(place: Path, head: bytes) -> bool:
    """Whether it is the folder of a research object with traces of runs."""
    return not head and any((place / _TRACES).glob("*.cwlprov.json"))


def read(place: Path) -> Told:
    """Read the runs of tools, the earliest one first; that of a workflow only where it holds none of tools."""
    steps: list[StepRecord] = []
    names: list[str] = []
    for file in sorted((place / _TRACES).glob("*.cwlprov.json")):
        trace = _Trace(json_of(file), place)
        steps += trace.steps()
        names += trace.names()
    unique = {step.refID: step for step in steps}
    return Told(tuple(sorted(unique.values(), key=lambda step: step.ended or "")), place, tuple(dict.fromkeys(names)))


class _Trace:
    """The PROV-JSON of one run."""

    def __init__(self, document: Mapping[str, Any], place: Path) -> None:
        self._said, self._place = document, place
        self._general = {each["prov:specificEntity"]: each["prov:generalEntity"] for each in self._all("specializationOf")}
        self._tools = _tools(place / "workflow" / "packed.cwl")

    def steps(self) -> list[StepRecord]:
        """The runs of tools or, if there are none, of the workflow."""
        runs = self._said.get("activity") or {}
        tools = [name for name, said in runs.items() if "wfprov:ProcessRun" in _types(said)]
        return [self._step(name, runs[name]) for name in tools or runs if name.startswith("id:")]

    def names(self) -> Iterator[str]:
        """Who ran it, and where."""
        for name, agent in (self._said.get("agent") or {}).items():
            for said in listed(agent):
                yield from (str(said[key]) for key in ("foaf:accountName", "cwlprov:hostname", "foaf:name") if said.get(key))
                if "schema:Person" in _types(said) and name.startswith("orcid:"):
                    yield name.removeprefix("orcid:")

    def _step(self, run: str, said: Any) -> StepRecord:
        label = str(next((each["prov:label"] for each in listed(said) if "prov:label" in each), run))
        plan = label.partition("#")[2]
        tool = self._tools.get(plan, {})
        command = tool.get("baseCommand") or ()
        values = {
            role: value
            for relation in self._of("used", run)
            if (role := _last(relation)) and (value := self._value(relation)) is not None
        }
        times = [self._time(kind, run) for kind in ("wasStartedBy", "wasEndedBy")]
        return StepRecord(
            refID=identifier(run.partition(":")[2]),
            name=plan.rpartition("/")[2] or label,
            settings=short(", ".join(f"{name}={value}" for name, value in values.items())),
            command=(command,) if isinstance(command, str) else tuple(map(str, command)),
            started=times[0],
            ended=times[1],
            inputs=tuple(dict.fromkeys(self._files("used", run))),
            outputs=tuple(dict.fromkeys(self._files("wasGeneratedBy", run))),
            software=dict(self._engines()),
            container=_image(tool),
            imported=TOOL,
        )

    def _files(self, kind: str, run: str) -> Iterator[StepFile]:
        for relation in self._of(kind, run):
            yield from self._file(relation["prov:entity"], 0)

    def _file(self, entity: str, depth: int) -> Iterator[StepFile]:
        """The file that an entity is, or the files in it."""
        said = {key: value for each in listed((self._said.get("entity") or {}).get(entity)) for key, value in each.items()}
        found = _SHA1.fullmatch(self._general.get(entity, entity))
        if found:
            content = self._place / "data" / found[1][:2] / found[1]
            digest, size = sha256_of(content) if content.is_file() else ("", None)
            yield StepFile(path=str(said.get("cwlprov:basename") or found[1]), sha256=digest, size=size)
        elif depth < _DEEPEST:
            for member in self._all("hadMember"):
                if member.get("prov:collection") == entity:
                    yield from self._file(member["prov:entity"], depth + 1)

    def _value(self, relation: Mapping[str, Any]) -> Any:
        """The value that a run used, where it is no file."""
        for said in listed((self._said.get("entity") or {}).get(relation["prov:entity"])):
            if "prov:value" in said:
                value = said["prov:value"]
                return value["$"] if isinstance(value, dict) else value
        return None

    def _engines(self) -> Iterator[tuple[str, str]]:
        for agent in (self._said.get("agent") or {}).values():
            for said in listed(agent):
                if "wfprov:WorkflowEngine" in _types(said):
                    name, _, version = str(said.get("prov:label") or "").partition(" ")
                    yield name, version

    def _time(self, kind: str, run: str) -> str | None:
        return next((instant(each.get("prov:time")) for each in self._of(kind, run)), None)

    def _of(self, kind: str, run: str) -> Iterator[Mapping[str, Any]]:
        return (each for each in self._all(kind) if each.get("prov:activity") == run)

    def _all(self, kind: str) -> Iterator[Mapping[str, Any]]:
        for relation in (self._said.get(kind) or {}).values():
            yield from listed(relation)


def _types(said: Any) -> set[str]:
    found: set[str] = set()
    for each in listed(said):
        found |= {str(kind.get("$")) for kind in listed(each.get("prov:type"))}
    return found


def _last(relation: Mapping[str, Any]) -> str:
    """The name of a role: the last part of where it stands in the workflow."""
    role = relation.get("prov:role")
    return str(role.get("$") if isinstance(role, dict) else role or "").rpartition("/")[2]


def _tools(packed: Path) -> dict[str, Mapping[str, Any]]:
    """Step of the workflow → the tool that it runs."""
    try:
        graph = json.loads(packed.read_bytes()) if packed.is_file() else {}
    except ValueError:
        return {}
    processes = {str(each.get("id", "")).lstrip("#"): each for each in listed(graph.get("$graph") or graph)}
    found = dict(processes)
    for process in processes.values():
        for step in listed(process.get("steps")):
            run = step.get("run")
            found[str(step.get("id", "")).lstrip("#")] = processes.get(run.lstrip("#"), {}) if isinstance(run, str) else run or {}
    return found


def _image(tool: Mapping[str, Any]) -> str | None:
    wanted = (*listed(tool.get("requirements")), *listed(tool.get("hints")))
    return next((str(each["dockerPull"]) for each in wanted if each.get("dockerPull")), None)
