"""Workflow Run RO-Crates, as nf-prov of Nextflow and others write them (https://w3id.org/ro/wfrun/process)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kpublish.errors import UnreadableFile
from kpublish.formats.provenance import Told
from kpublish.formats.provenance.values import identifier, instant, json_of, listed, short
from kpublish.model.provenance import StepFile, StepRecord

TOOL = "RO-Crate"
ADDRESS = "https://w3id.org/ro/wfrun/process"

_DESCRIPTOR = "ro-crate-metadata.json"
_EXITS = {"CompletedActionStatus": 0, "FailedActionStatus": 1}
_SHA256 = re.compile("[0-9a-f]{64}")
#: Actions by which nf-prov says where a file of a task was published.
_PUBLISHING = "#publish/"


def recognises(place: Path, head: bytes) -> bool:
    """Whether it is a crate, or the file that describes one."""
    return place.name == _DESCRIPTOR if head else (place / _DESCRIPTOR).is_file()


def read(place: Path) -> Told:
    """Read the actions that made files; that of the workflow as a whole only where it is the only one."""
    file = place / _DESCRIPTOR if place.is_dir() else place
    said = json_of(file)
    if not isinstance(said, dict) or not isinstance(said.get("@graph"), list):
        raise UnreadableFile(f"{file} holds no @graph.", remedy="Let the tool write it again.")
    crate = _Crate(said["@graph"])
    return Told(crate.steps(), file.parent, tuple(dict.fromkeys(crate.names())))


class _Crate:
    """The graph of a crate."""

    def __init__(self, graph: list[Any]) -> None:
        self._entities = {str(each["@id"]): each for each in listed(graph) if "@id" in each}
        publishing = [each for name, each in self._entities.items() if name.startswith(_PUBLISHING)]
        self._published = {
            file: result for each in publishing for file in _ids(each.get("object")) for result in _ids(each.get("result"))
        }

    def steps(self) -> tuple[StepRecord, ...]:
        """The actions, without those that orchestrate or publish."""
        made = [each for name, each in self._entities.items() if _is(each, "CreateAction") and not name.startswith(_PUBLISHING)]
        tasks = [each for each in made if not any(_is(tool, "ComputationalWorkflow") for tool in self._named(each, "instrument"))]
        return tuple(self._step(each) for each in tasks or made)

    def names(self) -> Iterator[str]:
        """Persons, their addresses and identifiers."""
        for name, each in self._entities.items():
            if _is(each, "Person"):
                yield from (str(each[key]) for key in ("name", "email", "givenName", "familyName") if each.get(key))
                yield name.rpartition("/")[2]

    def _step(self, action: Mapping[str, Any]) -> StepRecord:
        status = str(action.get("actionStatus") or "").rpartition("/")[2]
        files = [str(name) for key in ("object", "result") for name in _ids(action.get(key))]
        return StepRecord(
            refID=identifier(str(action["@id"]).lstrip("#").removeprefix("urn:uuid:"), TOOL, action.get("endTime"), *files),
            name=str(action.get("name") or action["@id"]),
            settings=short(action.get("description")),
            started=instant(action.get("startTime")),
            ended=instant(action.get("endTime")),
            exitCode=_EXITS.get(status),
            inputs=tuple(self._files(action, "object")),
            outputs=tuple(self._files(action, "result")),
            software=dict(self._software(action)),
            imported=TOOL,
        )

    def _files(self, action: Mapping[str, Any], key: str) -> Iterator[StepFile]:
        """Files and works; values of parameters are none."""
        for name in _ids(action.get(key)):
            entity = self._entities.get(self._published.get(name, name), {"@id": name})
            if _is(entity, "PropertyValue"):
                continue
            digest = str(entity.get("sha256") or "")
            size = str(entity.get("contentSize") or "")
            yield StepFile(
                path=_path(entity),
                sha256=digest if _SHA256.fullmatch(digest) else "",
                size=int(size) if size.isdigit() else None,
            )

    def _software(self, action: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for tool in self._named(action, "instrument"):
            yield str(tool.get("name") or tool["@id"]), str(tool.get("softwareVersion") or tool.get("version") or "")
        for entity in self._entities.values():
            if _is(entity, "ComputerLanguage") and entity.get("version"):
                yield str(entity["name"]), str(entity["version"])

    def _named(self, entity: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
        return (self._entities[name] for name in _ids(entity.get(key)) if name in self._entities)


def _ids(value: Any) -> Iterator[str]:
    return (str(each["@id"]) for each in listed(value) if "@id" in each)


def _is(entity: Mapping[str, Any], kind: str) -> bool:
    kinds = entity.get("@type")
    return kind in kinds if isinstance(kinds, list) else kinds == kind


def _path(entity: Mapping[str, Any]) -> str:
    """The path of a file; what lies in no place of the crate goes by its name."""
    name = str(entity["@id"])
    return str(entity.get("name") or name) if name.startswith("#") else unquote(name).removeprefix("file://")
