"""RO-Crate, validated without network by rocrate-validator; its cache is seeded with the context that the rocrate package ships."""

import importlib.resources
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import requests_cache
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from kpublish.exports.rocrate import ADDRESS, crate, documents
from kpublish.formats.provenance.finding import read_foreign


class _Shelf(BaseAdapter):
    """Answers every request with the context."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def send(self, request, **_):
        raw = HTTPResponse(
            io.BytesIO(self.content), {"Content-Type": "application/ld+json"}, 200, preload_content=False, request_url=request.url
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self):
        pass


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """A cache of the validator that knows the context."""
    place = tmp_path_factory.mktemp("rocrate") / "cache"
    context = importlib.resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
    with requests_cache.CachedSession(str(place), expire_after=timedelta(days=1)) as session:
        session.mount("https://", _Shelf(context))
        for address in (f"{ADDRESS}/context", "https://w3id.org/ro/crate/1.1/context"):
            session.get(address, headers={"Accept": "application/ld+json, application/json;q=0.9, */*;q=0.1"})
    return place


def issues(profile, release, document, seeded, tmp_path):
    """What the validator finds in a crate that is described by ``document``."""
    for entry in release.files:
        file = tmp_path / "crate" / entry.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    (tmp_path / "crate").mkdir(exist_ok=True)
    (tmp_path / "crate" / "ro-crate-metadata.json").write_bytes(document)
    validator = str(Path(sys.executable).with_name("rocrate-validator"))
    command = [validator, "-y", "validate", "-p", profile, str(tmp_path / "crate")]
    options = ["--offline", "--cache-path", str(seeded), "-f", "json", "-o", str(tmp_path / "report.json")]
    run = subprocess.run([*command, *options], check=False, capture_output=True, text=True, timeout=120)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["passed"] is not bool(report["issues"]), run.stdout
    return [issue["message"] for issue in report["issues"]]


def test_the_crate_passes_what_the_standard_requires(release, seeded, tmp_path):
    assert issues("ro-crate-1.2", release, documents(release)["ro-crate-metadata.json"], seeded, tmp_path) == []


def test_with_recorded_steps_it_passes_what_the_profile_of_runs_requires(full, seeded, tmp_path):
    """The profile's own rules stand on RO-Crate 1.1, of which only the version in the descriptor differs here."""
    document = documents(full)["ro-crate-metadata.json"]
    assert document.count(b'"https://w3id.org/ro/crate/1.2"') == 1
    older = document.replace(b'"https://w3id.org/ro/crate/1.2"', b'"https://w3id.org/ro/crate/1.1"')
    assert issues("process-run-crate", full, older, seeded, tmp_path) == []


def test_every_entity_is_named_once_and_is_there(release):
    graph = crate(release)["@graph"]
    names = [entity["@id"] for entity in graph]
    assert len(names) == len(set(names))
    root = next(entity for entity in graph if entity["@id"] == "./")
    mentioned = {item["@id"] for key in ("author", "hasPart", "funder") for item in root.get(key, [])}
    assert mentioned <= set(names)


def test_each_file_has_its_checksum(full):
    graph = {entity["@id"]: entity for entity in crate(full)["@graph"]}
    assert graph["data/aeff%20plus.ecsv"]["sha256"] == full.file("data/aeff plus.ecsv").sha256


def test_processing_steps_are_actions_that_made_the_table(full):
    graph = crate(full)["@graph"]
    actions = [entity for entity in graph if entity["@type"] == "CreateAction"]
    assert [action["name"] for action in actions] == [full.steps[0].name, "Binning", "Simulation", "Selection"]
    assert all(action["result"] == [{"@id": "data/aeff%20plus.ecsv"}] for action in actions[2:])
    root = next(entity for entity in graph if entity["@id"] == "./")
    assert root["mentions"] == [{"@id": action["@id"]} for action in actions]


def test_recorded_steps_name_what_they_were_made_with_of_and_what_they_made(full):
    graph = {entity["@id"]: entity for entity in crate(full)["@graph"]}
    step = graph["#c5e1a6f2-0b7e-4a34-9d3c-8f2d5b7a9e10"]
    assert (step["startTime"], step["endTime"]) == ("2026-10-05T09:12:02+00:00", "2026-10-05T09:12:44+00:00")
    assert step["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert [graph[each["@id"]]["name"] for each in step["object"]] == ["work/.hits."]
    assert step["object"] == graph["#3b2c6e57-7d0c-4a0c-8e55-0f6f0a6f4d01"]["result"]
    assert {"@id": "data/aeff%20plus.ecsv"} in step["result"]
    program = graph[step["instrument"]["@id"]]
    assert (program["@type"], program["version"]) == ("SoftwareApplication", "3.12.4")
    assert {"@id": "#unfold%202.1"} in program["softwareRequirements"]
    assert graph[step["environment"][0]["@id"]] == {
        "@id": "#LANG%3DC.UTF-8",
        "@type": "PropertyValue",
        "name": "LANG",
        "value": "C.UTF-8",
    }


def test_a_release_without_recorded_steps_claims_no_profile_of_runs(full):
    said = crate(full.model_copy(update={"steps": ()}))
    root = next(entity for entity in said["@graph"] if entity["@id"] == "./")
    assert "conformsTo" not in root
    assert isinstance(said["@context"], str)


def test_the_crate_can_be_imported_as_steps_again(full, tmp_path):
    (tmp_path / "ro-crate-metadata.json").write_bytes(documents(full)["ro-crate-metadata.json"])
    tool, told = read_foreign(tmp_path)
    assert tool == "RO-Crate"
    again = {step.refID: step for step in told.steps}
    for step in full.steps:
        assert again[step.refID].name == step.name
        assert (again[step.refID].started, again[step.refID].exitCode) == (step.started, step.exitCode)
        assert [file.path for file in again[step.refID].inputs] == [file.path for file in step.inputs]
