"""The description of the API is true: complete, valid, and kept to by the server whatever is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

#: A sample in every run; ``make fuzz`` sends thousands of requests.
EFFORT = ["--phases", "fuzzing", "--max-examples", "2"]
if os.environ.get("LONG"):
    EFFORT = ["--phases", "examples,coverage,fuzzing", "--max-examples", "100"]


@pytest.fixture(scope="module")
def described(datacenter: Any) -> Any:
    answer = datacenter.ask("GET", "/schema/", token="")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/vnd.oai.openapi+json")
    return answer.json()


def test_the_description_is_valid_openapi(described: Any) -> None:
    grammar = resources.files("drf_spectacular") / "validation/openapi_3_1_schema.json"
    jsonschema.Draft202012Validator(json.loads(grammar.read_text("utf-8"))).validate(described)
    assert described["openapi"].startswith("3.1")


def test_every_address_of_the_api_is_described_with_its_errors(described: Any) -> None:
    told = {(method, path) for path, methods in described["paths"].items() for method in methods}
    for wanted in (
        ("put", "/api/v1/releases/{kid}/{version}"),
        ("patch", "/api/v1/releases/{kid}/{version}"),
        ("post", "/api/v1/releases/{kid}/{version}/withdraw"),
        ("post", "/api/v1/releases/{kid}/{version}/review"),
        ("put", "/api/v1/releases/{kid}/{version}/records/{archive}"),
        ("post", "/api/v1/releases/{kid}/{version}/uploads"),
        ("head", "/api/v1/releases/{kid}/{version}/uploads/{sha256}"),
        ("patch", "/api/v1/releases/{kid}/{version}/uploads/{sha256}"),
        ("post", "/api/v1/collections/{kid}/versions"),
        ("get", "/api/v1/collections/{kid}/versions/{version}"),
        ("post", "/api/v1/collections/{kid}/withdraw"),
        ("get", "/api/v1/search"),
        ("post", "/api/v1/token"),
    ):
        assert wanted in told
    schemas = described["components"]["schemas"]
    assert {"Release", "State", "Problem", "Record", "Lease", "Link"} <= set(schemas)
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            refused = operation["responses"]["400"]["content"]["application/json"]["schema"]
            assert refused == {"$ref": "#/components/schemas/Problem"}, (method, path)


def test_a_state_is_as_described(datacenter: Any, described: Any, release: Any) -> None:
    datacenter.bring(release)
    state = described["components"]["schemas"]["State"]
    told = datacenter.state(release).json()
    assert set(told) == set(state["properties"])
    jsonschema.validate(told, {**state, "components": described["components"]})


def test_a_collection_and_its_version_are_as_described(datacenter: Any, described: Any, release: Any) -> None:
    datacenter.bring(release)
    kid = datacenter.ask("POST", "/collections", json={"title": "Described", "kind": "dataset"}).json()["kid"]
    datacenter.ask("PUT", f"/collections/{kid}/members/{release.kid}")
    for number in (1, 2):
        datacenter.ask("POST", f"/collections/{kid}/versions", json={"version": f"1.{number}"})
        datacenter.ask("PATCH", f"/collections/{kid}", json={"title": f"Described again {number}"})
    for path, name in (("", "Collection"), ("/versions", "CollectionVersions"), ("/versions/1.1", "CollectionVersion")):
        told, schema = datacenter.ask("GET", f"/collections/{kid}{path}").json(), described["components"]["schemas"][name]
        assert set(told) == set(schema["properties"])
        jsonschema.validate(told, {**schema, "components": described["components"]})


def test_the_server_keeps_to_the_description_whatever_is_sent(starting: Any, release: Any, tmp_path: Path) -> None:
    client = starting()
    client.bring(release)
    config = Path(__file__).parent / "schemathesis.toml"
    token = ["--header", f"Authorization: Bearer {client.token}"]
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{client.server.url}/api/v1/schema/"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("datacenter_media_types.py"))}
    seeded = [*command, *token, *EFFORT, "--seed", "1"]
    done = subprocess.run(seeded, capture_output=True, text=True, cwd=tmp_path, timeout=900, check=False, env=environment)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert "Tested: " in done.stdout
    assert client.state(release).json()["kid"] == release.kid
