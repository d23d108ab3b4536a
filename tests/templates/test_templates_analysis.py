"""The template km3net-analysis: its workflows give its results, recorded from the input to the table, and can be done again."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from templates_parts import NAMES, TEMPLATES, files

from kpublish.cli import run
from kpublish.formats.ecsv import read
from kpublish.templating import new

ROOT = Path(__file__).parents[2]
INPUT = ROOT / "tests/data/km3net-ARCA230-irf/aeff_coszen_allnumuCC_track.csv"
WORKFLOWS = ROOT / ".venv-workflows" / "bin"
TABLE = "results/expected_events.ecsv"
#: What differs with the Python that made it.
PYTHON = re.compile(r'Python"?:? "?3\.\d+\.\d+\w*')


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """A folder that holds a copy of the input, under the name that the analysis gives it."""
    folder = tmp_path_factory.mktemp("mirror")
    shutil.copy(INPUT, folder / "effective_area.csv")
    return folder


def made(tmp_path, workflow):
    return new("analysis", tmp_path / workflow, {"workflow": workflow}, defaults=True)


def make(folder, *targets):
    """Run make in a repository; its output."""
    path = os.pathsep.join([str(Path(sys.executable).parent), str(WORKFLOWS), os.environ["PATH"]])
    environ = {"PATH": path, "HOME": str(folder.parent), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["make", *targets], cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_it_holds_ready_made_is_what_its_script_makes():
    for path, text in runpy.run_path(str(Path(__file__).with_name("make_analysis.py")))["files"]().items():
        there, wanted = (PYTHON.sub("Python", each) for each in (path.read_text("utf-8"), text))
        assert there == wanted, f"run python tests/templates/make_analysis.py: {path.name}"


def test_what_all_templates_share_is_the_same_in_each():
    for path in ("templates/quoted.j2", "templates/orcid.j2", "hooks/pre_gen_project.py", "{{cookiecutter.slug}}/.gitattributes"):
        found = [TEMPLATES / name / path for name in NAMES if (TEMPLATES / name / path).is_file()]
        texts = {place.read_text("utf-8") for place in found if "km3net-document/hooks" not in place.as_posix()}
        assert len(texts) == 1, path


@pytest.mark.workflows
@pytest.mark.parametrize("workflow", ["plain", "snakemake", "cwl"])
def test_the_sample_gives_what_it_must_and_every_step_is_recorded(tmp_path, workflow):
    folder = made(tmp_path, workflow)
    before = files(folder)
    assert "The sample gives what it must." in make(folder, "sample")
    assert {path: text for path, text in files(folder).items() if not path.startswith("work/")} == before
    table = read(folder / "work/sample" / TABLE, TABLE)
    steps = [step.name for step in table.origin.provenance]
    assert steps[-2:] == ["Expected events", "kpublish annotate"]
    assert ("Acceptance" in steps) is (workflow != "cwl")
    records = {path.stem for path in (folder / "work/sample/provenance").iterdir()}
    assert records == {step.refID for step in table.origin.provenance}


def test_the_whole_analysis_gives_its_results_again_and_a_second_time_changes_nothing(tmp_path, mirror):
    folder = made(tmp_path, "plain")
    shipped = (folder / TABLE).read_text("utf-8")
    make(folder, "all", f"FROM={mirror}")
    again = (folder / TABLE).read_text("utf-8")
    assert again.partition("schema:")[2] == shipped.partition("schema:")[2]
    assert (folder / "rendered/expected_events.png").is_file()
    before = files(folder / "results"), files(folder / "provenance")
    make(folder, "run")
    assert (files(folder / "results"), files(folder / "provenance")) == before


@pytest.mark.parametrize("again", [False, True], ids=["as it was made", "done again"])
def test_the_chain_leads_from_the_figure_to_the_input(tmp_path, mirror, capsys, again):
    folder = made(tmp_path, "plain")
    if again:
        make(folder, "inputs", "run", f"FROM={mirror}")
    assert run(["render", str(folder)]) == 0
    capsys.readouterr()
    assert run(["trace", str(folder / "rendered/expected_events.png")]) == 0
    told = capsys.readouterr().out
    words = ["results/expected_events.ecsv", "expected_events.csv", "Expected events", "Acceptance", "inputs/effective_area.csv"]
    assert [told.index(word) for word in words] == sorted(told.index(word) for word in words)
    assert "c747dc19d310" in told


def test_its_own_tests_pass_and_its_inputs_are_named_with_their_checksums(tmp_path):
    assert "3 passed" in make(made(tmp_path, "plain"), "test")


@pytest.mark.parametrize("what", ["folder", "nothing"])
def test_inputs_that_cannot_be_had_are_told_and_nothing_is_left(tmp_path, what):
    folder = made(tmp_path, "plain")
    (tmp_path / "mirror").mkdir()
    if what == "folder":
        (tmp_path / "mirror/effective_area.csv").write_text("another file")
    command = [sys.executable, "scripts/fetch.py", "--from", str(tmp_path / "mirror")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: inputs/effective_area.csv: ")
    assert "Traceback" not in done.stderr
    assert list((folder / "inputs").iterdir()) == []


def test_the_public_plots_of_the_analysis_are_named(tmp_path):
    address = "https://example.org/plots"
    folder = new("analysis", tmp_path / "analysis", {"public_plots_repository": address}, defaults=True)
    said = (folder / "kpublish.yaml").read_text("utf-8")
    assert f'id: "{address}"\n    relation: isSourceOf' in said


def test_the_records_in_it_hold_nothing_personal():
    for path in (TEMPLATES / "km3net-analysis").rglob("provenance/*.json"):
        said = json.loads(path.read_text("utf-8"))
        assert not said.keys() & {"commit", "repository", "job", "environment"}
