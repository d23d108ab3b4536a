"""Provenance of thepipe and km3pipe, KM3NeT's Python framework: a JSON list of activities (https://thepipe.readthedocs.io/)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from kpublish.formats.provenance import Told
from kpublish.formats.provenance.values import identifier, instant, json_of, named, short
from kpublish.formats.step_records import SAFE
from kpublish.model.provenance import StepRecord

TOOL = "thepipe"
ADDRESS = "https://github.com/tamasgal/thepipe"

_SUFFIX = ".prov.json"
#: Variables whose values tell a person.
_PERSONAL = ("USER", "HOME", "LOGNAME")


def recognises(place: Path, head: bytes) -> bool:  # noqa: ARG001 - the contract of the room
    """Whether a list of activities begins, as thepipe writes it."""
    return bool(re.match(rb'\s*\[\s*\{\s*"uuid"\s*:', head)) and (b'"parent_activity"' in head or b'"thepipe_version"' in head)


def read(place: Path) -> Told:
    """Read the activities; the file beside which the record lies (``a.h5.prov.json``: ``a.h5``) was made if none is named."""
    activities = [activity for activity in json_of(place) if isinstance(activity, dict)]
    steps = [_step(activity) for activity in activities]
    if place.name.endswith(_SUFFIX) and steps and not any(step.outputs for step in steps):
        beside = named([place.name.removesuffix(_SUFFIX)])
        steps[-1] = steps[-1].model_copy(update={"outputs": beside})
    return Told(tuple(steps), place.parent, tuple(dict.fromkeys(name for activity in activities for name in _names(activity))))


def _step(activity: Mapping[str, Any]) -> StepRecord:
    system = activity.get("system") or {}
    begin, end = activity.get("start") or {}, activity.get("stop") or {}
    words = [str(word) for word in (system.get("executable"), *(system.get("arguments") or ())) if word]
    return StepRecord(
        refID=identifier(activity["uuid"]),
        name=str(activity.get("name") or TOOL),
        settings=short(activity.get("configuration") or activity.get("coniguration")),
        command=(PurePath(words[0]).name, *words[1:]) if words else (),
        started=instant(begin.get("time_utc")),
        ended=instant(end.get("time_utc")),
        exitCode=0 if activity.get("status") == "completed" else None,
        inputs=named(file.get("url") for file in activity.get("input") or ()),
        outputs=named(file.get("url") for file in activity.get("output") or ()),
        software=dict(_software(system)),
        environment={name: value for name, value in (system.get("environment") or {}).items() if name in SAFE and value},
        imported=TOOL,
    )


def _software(system: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Program and version, the framework first, and every Python package."""
    python, platform = system.get("python") or {}, system.get("platform") or {}
    if system.get("thepipe_version"):
        yield TOOL, str(system["thepipe_version"])
    if python.get("version"):
        version = python["version"]
        yield "Python", version if isinstance(version, str) else ".".join(map(str, version))
    if platform.get("system"):
        yield str(platform["system"]), str(platform.get("machine") or "")
    packages = python.get("packages") or ()
    first = [package for package in packages if package.get("name") in ("km3pipe", "jppy", "km3io", "km3modules")]
    for package in (*first, *packages):
        yield str(package["name"]), str(package["version"])


def _names(activity: Mapping[str, Any]) -> Iterator[str]:
    """Who ran it, and where."""
    system = activity.get("system") or {}
    environment = system.get("environment") or {}
    yield from (str(environment[name]) for name in _PERSONAL if environment.get(name))
    if node := (system.get("platform") or {}).get("node"):
        yield from (str(node), str(node).partition(".")[0])
