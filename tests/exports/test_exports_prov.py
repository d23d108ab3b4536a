"""W3C PROV, read back by the package prov: PROV-JSON and PROV-N say the same, and what the release says."""

import json
import shutil
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from prov.model import ProvActivity, ProvAgent, ProvDocument, ProvEntity

from kpublish import repository as git
from kpublish.cli import run
from kpublish.exports.prov import documents

FULL = Path(__file__).parents[1] / "examples" / "good" / "full"


def read(release):
    said = documents(release)
    return [ProvDocument.deserialize(content=said[f"w3c-prov.{form}"].decode(), format=form) for form in ("json", "provn")]


def label(record):
    return str(next(iter(record.get_attribute("prov:label"))))


def related(document, kind):
    """Pairs of labels (else names) of what a relation relates."""
    names = {str(record.identifier): label(record) for record in document.get_records() if not record.is_relation()}
    found = [record for record in document.get_records() if record.is_relation() and record.get_provn().startswith(f"{kind}(")]
    return {tuple(names[str(value)] for _, value in record.formal_attributes[:2]) for record in found}


def test_both_notations_say_the_same(full):
    in_json, in_notation = read(full)
    assert in_json == in_notation
    assert ProvDocument.deserialize(content=in_json.serialize(format="json"), format="json") == in_json


def test_steps_are_activities_that_used_and_made_files(full):
    document = read(full)[0]
    assert {label(each) for each in document.get_records(ProvActivity)} == {
        'Un"folding" \\ & <more>',
        "Binning",
        "Simulation",
        "Selection",
    }
    step = 'Un"folding" \\ & <more>'
    assert related(document, "used") == {(step, "raw/run 1.root"), (step, "raw/~täble.root"), ("Binning", "work/.hits.")}
    assert related(document, "wasGeneratedBy") >= {("work/.hits.", step), ("log.txt", "Binning")}
    assert related(document, "wasInformedBy") == {("Selection", "Simulation")}
    agents = {label(each): each for each in document.get_records(ProvAgent)}
    assert related(document, "wasAssociatedWith") == {
        (step, "unfold 2.1"),
        ("Binning", "Python 3.12.4"),
        ("Simulation", "gSeaGen 7.4.3"),
    }
    assert len(agents) == 3


def test_an_activity_tells_times_settings_and_all_software(full):
    document = read(full)[1]
    activities = {label(each): each for each in document.get_records(ProvActivity)}
    binning = activities["Binning"]
    assert binning.get_startTime() == datetime(2026, 10, 5, 9, 12, 2, tzinfo=UTC)
    assert {str(each) for each in binning.get_attribute("kpublish:software")} == {"Linux x86_64", "unfold 2.1"}
    assert str(next(iter(activities['Un"folding" \\ & <more>'].get_attribute("kpublish:settings")))) == "4 iterations\nof é"


def test_entities_are_named_by_their_bytes_or_where_nobody_told_them_by_their_path(full):
    entities = {label(each): str(each.identifier) for each in read(full)[0].get_records(ProvEntity)}
    assert entities["log.txt"] == "data:" + "ef" * 32
    assert entities["work/.hits."] == "data:" + "cd" * 32
    assert entities["raw/~täble.root"] == "file:raw/%7Et%C3%A4ble.root"


def test_figures_are_derived_from_their_tables_and_tables_from_what_they_were_made_of(full):
    files = tuple(
        entry.model_copy(update={"sha256": f"{number:064x}"}) if entry.role == "figure" else entry
        for number, entry in enumerate(full.files)
    )
    document = read(full.model_copy(update={"files": files}))[0]
    drawn = {(f"rendered/aeff.{form}", "data/aeff plus.ecsv") for form in ("png", "svg", "pdf")}
    assert related(document, "wasDerivedFrom") == drawn | {("data/aeff plus.ecsv", "aeff.csv")}


def test_what_a_header_tells_of_a_recorded_step_is_no_output_of_it(full):
    recorded = full.steps[0].model_copy(update={"refID": full.members[0].origin.provenance[-1].refID})
    document = read(full.model_copy(update={"steps": (recorded,)}))[1]
    assert related(document, "wasInfluencedBy") == {("data/aeff plus.ecsv", recorded.name)}
    assert related(document, "wasGeneratedBy") == {("work/.hits.", recorded.name)}


@pytest.mark.parametrize("reference", ["not a uuid", "a/b?c#d", "..", "é"])
def test_names_that_are_no_uuid_are_names_all_the_same(full, reference):
    steps = (full.steps[0].model_copy(update={"refID": reference}),)
    in_json, in_notation = read(full.model_copy(update={"steps": steps}))
    assert in_json == in_notation


def test_a_release_without_steps_tells_none(full):
    bare = tuple(member.model_copy(update={"origin": type(member.origin)()}) for member in full.members)
    assert documents(full.model_copy(update={"steps": (), "members": bare})) == {}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository as current folder whose table a recorded step made."""
    folder = tmp_path / "plots"
    shutil.copytree(FULL, folder)
    monkeypatch.chdir(folder)
    made = {"path": "data/flux.ecsv", "sha256": sha256((folder / "data/flux.ecsv").read_bytes()).hexdigest()}
    said = {"refID": "3b2c6e57-7d0c-4a0c-8e55-0f6f0a6f4d01", "name": "Unfolding", "inputs": [{"path": "raw.h5"}], "outputs": [made]}
    (folder / "provenance").mkdir()
    (folder / "provenance" / "a.json").write_text(json.dumps(said))
    git.init(folder)
    return folder


def test_the_command_writes_what_the_package_holds(repository, capfd):
    assert run(["export", "prov", "-o", "dist/prov.zip"]) == 0
    assert run(["bundle", "-o", "dist/package.zip"]) == 0
    alone, package = (zipfile.ZipFile(repository / "dist" / name) for name in ("prov.zip", "package.zip"))
    assert sorted(alone.namelist()) == ["w3c-prov.json", "w3c-prov.provn"]
    for name in alone.namelist():
        assert alone.read(name) == package.read(name)
    document = ProvDocument.deserialize(content=alone.read("w3c-prov.provn").decode(), format="provn")
    assert ("data/flux.ecsv", "Unfolding") in related(document, "wasGeneratedBy")


def test_a_release_of_which_no_step_is_known_is_one_sentence(tmp_path, capfd):
    folder = tmp_path / "plots"
    shutil.copytree(FULL.with_name("minimal"), folder)
    git.init(folder)
    assert run(["export", "prov", str(folder)]) == 2
    assert "W3C PROV has nothing to say of this release." in capfd.readouterr().err
    assert not (folder / "dist").exists()
