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


def test_the_crate_passes_what_the_standard_requires(release, seeded, tmp_path):
    for entry in release.files:
        file = tmp_path / "crate" / entry.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    (tmp_path / "crate").mkdir(exist_ok=True)
    (tmp_path / "crate" / "ro-crate-metadata.json").write_bytes(documents(release)["ro-crate-metadata.json"])
    command = [
        str(Path(sys.executable).with_name("rocrate-validator")),
        "-y",
        "validate",
        "-p",
        "ro-crate-1.2",
        str(tmp_path / "crate"),
    ]
    options = ["--offline", "--cache-path", str(seeded), "-f", "json", "-o", str(tmp_path / "report.json")]
    run = subprocess.run([*command, *options], check=False, capture_output=True, text=True, timeout=120)
    report = json.loads((tmp_path / "report.json").read_text())
    assert [issue["message"] for issue in report["issues"]] == [], run.stdout
    assert report["passed"] is True


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
    actions = [entity for entity in crate(full)["@graph"] if entity["@type"] == "CreateAction"]
    assert [action["name"] for action in actions] == ["Simulation", "Selection"]
    assert all(action["result"] == [{"@id": "data/aeff%20plus.ecsv"}] for action in actions)
