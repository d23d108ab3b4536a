"""Recorded steps as actions of an RO-Crate: Process Run Crate 0.5 (https://w3id.org/ro/wfrun/process/0.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from kpublish.exports.chain import chain_of
from kpublish.model.bundle import Release
from kpublish.model.provenance import StepFile, StepRecord

#: The profile, as an entity that the crate says it conforms to.
PROFILE = {
    "@id": "https://w3id.org/ro/wfrun/process/0.5",
    "@type": ["CreativeWork", "Profile"],
    "name": "Process Run Crate",
    "version": "0.5",
}
_TERMS = "https://w3id.org/ro/terms/workflow-run#"
#: Terms of the profile that RO-Crate itself does not know; inline, so that no reader has to fetch a second context.
CONTEXT = {name: f"{_TERMS}{name}" for name in ("ContainerImage", "containerImage", "environment")}


def actions(release: Release) -> Iterator[dict[str, Any]]:
    """Yield an action for every recorded step: what it was made with (instrument), of (object), and what it made (result)."""
    chain = chain_of(release)
    packed = {entry.path for entry in release.files}
    files = {key: _file(key, file, packed) for key, file in chain.files.items()}
    for step in chain.steps:
        node = {
            "@id": f"#{quote(step.refID)}",
            "@type": "CreateAction",
            "name": step.name,
            "description": " ".join(step.command) or step.settings or step.name,
            "startTime": _time(step.started),
            "endTime": _time(step.ended),
            "actionStatus": _status(step),
            "instrument": _instrument(step, release.landing),
            "object": [files[key] for key in chain.reads[step.refID]],
            "result": [files[key] for key in chain.makes[step.refID]],
            "environment": [_variable(name, value) for name, value in step.environment.items()],
            "containerImage": _image(step.container) if step.container else None,
        }
        yield {key: value for key, value in node.items() if value not in (None, "", [])}


def program(name: str, version: str, address: str, **further: Any) -> dict[str, Any]:
    """Return a program as an entity; RO-Crate 1.2 requires a version and an address, and ``address`` stands where none is known."""
    node = {"@id": f"#program-{quote(f'{name} {version}'.strip(), safe='')}", "@type": "SoftwareApplication", "name": name}
    return {**node, "version": version or "not recorded", "url": address, **further}


def _instrument(step: StepRecord, landing: str) -> dict[str, Any]:
    """What was run, with all that it needed; its version is that of the software that was named first."""
    needed = [
        {"@id": f"#{quote(f'{name} {version}'.strip(), safe='')}", "@type": "CreativeWork", "name": name, "version": version}
        for name, version in step.software.items()
    ]
    version = next(iter(step.software.values()), "") or step.commit or ""
    node = program(step.name, version, step.repository or landing)
    return node | {"@id": f"#{quote(step.refID)}-program"} | ({"softwareRequirements": needed} if needed else {})


def _file(key: str, file: StepFile, packed: set[str]) -> dict[str, Any]:
    """A file of the package by its name there; another one as a work of which only this is known."""
    if file.path in packed:
        return {"@id": quote(file.path)}
    node = {"@id": f"#file-{quote(key, safe='')}", "@type": "CreativeWork", "name": file.path, "identifier": file.kid}
    if file.sha256:
        node["sha256"] = file.sha256
    if file.size is not None:
        node["contentSize"] = str(file.size)
    return {name: value for name, value in node.items() if value}


def _time(time: str | None) -> str | None:
    """A time as the profile writes it: with a number for the zone."""
    return time.removesuffix("Z") + "+00:00" if time and time.endswith("Z") else time


def _status(step: StepRecord) -> str | None:
    if step.exitCode is None:
        return None
    return f"http://schema.org/{'Failed' if step.exitCode else 'Completed'}ActionStatus"


def _variable(name: str, value: str) -> dict[str, Any]:
    return {"@id": f"#{quote(f'{name}={value}', safe='')}", "@type": "PropertyValue", "name": name, "value": value}


def _image(name: str) -> dict[str, Any]:
    return {"@id": f"#image-{quote(name, safe='')}", "@type": "ContainerImage", "name": name}
