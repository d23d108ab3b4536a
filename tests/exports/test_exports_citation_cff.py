"""CITATION.cff, validated with the schema of the Citation File Format that check-jsonschema brings."""

import json
from importlib.resources import files

import jsonschema
import yaml

from kpublish.exports.citation_cff import documents, record


def test_the_file_fulfils_the_schema(release):
    schema = json.loads(files("check_jsonschema").joinpath("builtin_schemas/vendor/citation-file-format.json").read_text())
    assert schema["$id"].endswith("1.2.0/schema.json")
    written = yaml.safe_load(documents(release)["CITATION.cff"])
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(written)] == []


def test_dates_and_versions_are_strings_when_read_back(release):
    written = yaml.safe_load(documents(release)["CITATION.cff"])
    assert written["date-released"] == "2026-11-23"
    assert written["version"] == release.version


def test_a_release_without_authors_is_by_its_publisher(full):
    nobody = full.model_copy(update={"resource": full.resource.model_copy(update={"authors": (), "author": None})})
    assert record(nobody)["authors"] == [{"name": "KM3NeT Collaboration"}]
