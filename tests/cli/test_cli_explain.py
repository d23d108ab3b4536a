"""kpublish explain and kpublish schema."""

import json

import jsonschema
import pytest
import yaml

from kpublish.checks.engine import rules
from kpublish.cli import run
from kpublish.model.schemas import schemas


def test_every_code_is_explained_with_title_reason_weights_remedy_and_example(capfd):
    assert run(["explain", *rules()]) == 0
    told = capfd.readouterr().out
    plain = " ".join(told.split())
    for code, entry in rules().items():
        assert f"{code}  {entry.title}" in told
        assert entry.why in plain
        assert f"remedy: {' '.join(entry.remedy.split())}" in plain
        assert f"[{code}] " in told.partition(f"{code}  {entry.title}")[2]
    assert told.count("A made-up example:") == len(rules())


def test_a_page_shows_the_line_of_the_example_with_a_mark(capfd):
    assert run(["explain", "tab04"]) == 0
    assert capfd.readouterr().out.split("\n")[-4:] == [
        "    data/flux.ecsv:33:1: error[TAB04] energy_low 100.0 is not below energy_high 10.0.",
        "       33 | 100.0,10.0,3.1e-07,2e-08",
        "          | ^~~~~",
        "",
    ]


def test_an_unknown_code_is_wrong_use(capfd):
    assert run(["explain", "TAB99"]) == 2
    assert "There is no check 'TAB99'." in capfd.readouterr().err


@pytest.mark.parametrize("name", ["kpublish", "figure", "km3resource", "table", "report", "figure.json"])
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
