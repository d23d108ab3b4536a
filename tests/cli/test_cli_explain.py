"""kpublish explain and kpublish schema."""

import json

import jsonschema
import pytest
import yaml

from kpublish.checks.engine import rules
from kpublish.cli import run
from kpublish.model.schemas import schemas


def test_every_code_is_explained_with_title_weights_and_remedy(capfd):
    assert run(["explain", *rules()]) == 0
    told = capfd.readouterr().out
    for entry in rules().values():
        assert f"{entry.code}  {entry.title}" in told
        assert entry.remedy in told


def test_an_unknown_code_is_wrong_use(capfd):
    assert run(["explain", "TAB99"]) == 2
    assert "There is no check 'TAB99'." in capfd.readouterr().err


@pytest.mark.parametrize("name", ["kpublish", "figure", "km3resource", "figure.json"])
def test_a_schema_is_printed_as_json(name, capfd):
    assert run(["schema", name]) == 0
    told = json.loads(capfd.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(told)
    assert told == schemas()[name.removesuffix(".json") + ".json"]


def test_the_schema_sees_a_misspelt_key():
    text = "KM3Resource: {title: A, licence: CC-BY-4.0}\n"
    faults = list(jsonschema.Draft202012Validator(schemas()["kpublish.json"]).iter_errors(yaml.safe_load(text)))
    assert "licence" in faults[0].message


def test_an_unknown_schema_is_answered_with_the_nearest(capfd):
    assert run(["schema", "figur"]) == 2
    assert "Did you mean 'figure'?" in capfd.readouterr().err
