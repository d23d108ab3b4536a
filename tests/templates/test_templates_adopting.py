"""A repository that holds plots already becomes a project; what stands in it stays as it is."""

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from PIL import Image

from kpublish import repository
from kpublish.cli import run
from kpublish.pipeline import load, validate

IRF = Path(__file__).parents[1] / "data" / "km3net-ARCA230-irf"
FLUX = "energy [GeV],flux [GeV^-1 m^-2 s^-1],error\n1,2.50e-3,1e-4\n10,3.1e-5,2e-6\n"
CFF = """cff-version: 1.2.0
message: Cite it.
title: Sensitivity of a made-up detector
abstract: Numbers that nobody measured.
version: 2.1.0
authors:
- {family-names: Doe, given-names: Jane, orcid: 'https://orcid.org/0000-0002-1825-0097', affiliation: Somewhere}
- {name: KM3NeT Collaboration}
"""
ZENODO = {
    "title": "Another title",
    "description": "<p>Numbers that <b>nobody</b> measured.</p>",
    "keywords": ["neutrinos", "plots"],
    "creators": [{"name": "Doe, Jane", "orcid": " 0000-0002-1825-0097", "affiliation": "Somewhere"}],
}
CODEMETA = """{
    "name": "Data of a made-up event",
    "version": "1.0.0",
    "description": "Numbers that nobody measured."",
    "author": [{"givenName": "Jane", "email": "jane@example.org",}]
}
"""


def changed(folder, before):
    """Files that are not what they were."""
    return [path for path, digest in before.items() if sha256((folder / path).read_bytes()).hexdigest() != digest]


def digests(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def published(tmp_path):
    """A repository as KM3NeT published them: README, data and notebooks."""
    folder = tmp_path / "event"
    for name in ("data", "notebooks", "plots"):
        (folder / name).mkdir(parents=True)
    (folder / "README.md").write_text("![badge](b.svg)\n\n# A made-up event\n\nWhat was seen, in *numbers*.\n")
    (folder / "data/flux.csv").write_text(FLUX)
    (folder / "notebooks/plot.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    (folder / "requirements.txt").write_text("numpy\n")
    for name in ("plots/flux.png", "plots/other.png"):
        Image.new("RGB", (8, 6)).save(folder / name)
    return folder


def release_of(folder):
    return yaml.safe_load((folder / "kpublish.yaml").read_text("utf-8"))["KM3Resource"]


def test_tables_are_annotated_pictures_described_and_nothing_else_changes(published, capsys):
    before = digests(published)
    assert run(["adopt", str(published)]) == 0
    assert not changed(published, before)
    new = sorted(digests(published).keys() - before.keys())
    ours = [".gitattributes", ".gitignore", ".gitlab-ci.yml", "data/flux.ecsv", "figures/flux.yaml", "figures/other.yaml", "kpublish.yaml"]
    assert new == ours
    out = capsys.readouterr().out
    assert "data/flux.ecsv  of data/flux.csv" in out.replace(f"{published}/", "").replace("../", "")
    figure = yaml.safe_load((published / "figures/flux.yaml").read_text())
    assert figure["figure"] == {"given": "plots/flux.png", "tables": ["data/flux.ecsv"]}
    project = load(published)
    assert project.tables[0].column("flux") == [2.5e-3, 3.1e-5]
    assert release_of(published)["title"] == "A made-up event"
    assert release_of(published)["description"] == "What was seen, in *numbers*."


def test_what_only_the_author_knows_is_asked_for_by_findings(published):
    assert run(["adopt", str(published)]) == 0
    found = validate(load(published))
    assert {finding.code for finding in found if finding.severity == "error"} <= {"LOK04"}
    asked = {(finding.where.path, finding.message) for finding in found if finding.code == "LOK04"}
    assert ("figures/flux.yaml", "The figure has no alternative text.") in asked
    assert ("figures/other.yaml", "The figure names no table.") not in asked  # the only one there is


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("CITATION.cff", CFF, {"title": "Sensitivity of a made-up detector", "version": "2.1.0"}),
        (".zenodo.json", json.dumps(ZENODO), {"title": "Another title", "keywords": ["neutrinos", "plots"]}),
        ("codemeta.json", CODEMETA, {"title": "Data of a made-up event", "version": "1.0.0"}),
    ],
)
def test_metadata_come_from_what_stands_there(published, capsys, name, text, said):
    (published / name).write_text(text)
    assert run(["adopt", str(published)]) == 0
    release = release_of(published)
    assert {key: release[key] for key in said} == said
    assert release["description"] == "Numbers that nobody measured."
    assert "@" not in (published / "kpublish.yaml").read_text()
    if name == "codemeta.json":
        assert "codemeta.json is not valid" in capsys.readouterr().out
    else:
        first = release["authors"][0]
        jane = {"givenName": "Jane", "familyName": "Doe", "orcid": "0000-0002-1825-0097", "affiliation": "Somewhere"}
        assert first == jane
    if name == "CITATION.cff":
        assert release["authors"][1] == {"name": "KM3NeT Collaboration", "type": "collaboration"}


def test_authors_are_those_of_git_where_nothing_else_names_them(published):
    repository.init(published)
    git = ["git", "-C", str(published), "-c", "user.name=Ada van Example", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "More"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "More"], check=True)
    assert run(["adopt", str(published)]) == 0
    assert release_of(published)["authors"][0] == {"givenName": "Ada van", "familyName": "Example"}


def test_what_is_there_is_kept_and_what_git_ignores_is_not_looked_at(published, capsys):
    repository.init(published)
    (published / ".gitignore").write_text("data/private.csv")
    (published / "data/private.csv").write_text(FLUX)
    (published / ".gitlab-ci.yml").write_text("mine: true\n")
    (published / "data/words.csv").write_text("a,b\nx,y\nz,w\n")
    (published / "data/torn.csv").write_text("a,b\n1,2\n1,2,3\n")
    assert run(["adopt", str(published)]) == 0
    assert (published / ".gitlab-ci.yml").read_text() == "mine: true\n"
    assert (published / ".gitignore").read_text().splitlines() == ["data/private.csv", "/rendered/", "/dist/", "/.kpublish/"]
    assert not (published / "data/private.ecsv").exists()
    out = capsys.readouterr().out
    assert "left: data/words.csv - holds no numbers." in out
    assert "left: data/torn.csv - " in out


def test_a_dry_run_writes_nothing(published, capsys):
    before = digests(published)
    assert run(["adopt", str(published), "--dry-run"]) == 0
    assert digests(published) == before
    assert "would write" in capsys.readouterr().out


def test_a_project_and_a_folder_that_is_not_there_are_refused(published, capsys):
    assert run(["adopt", str(published)]) == 0
    assert run(["adopt", str(published)]) == 2
    assert "is a project already" in capsys.readouterr().err
    assert run(["adopt", str(published / "nothing")]) == 2
    assert "There is no folder" in capsys.readouterr().err


def test_a_published_repository_is_released_after_five_commands(tmp_path, capsys):
    folder = Path(shutil.copytree(IRF, tmp_path / "irf"))
    git = ["git", "-C", str(folder), "-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)
    assert run(["adopt", str(folder)]) == 0
    text = (folder / "kpublish.yaml").read_text()
    (folder / "kpublish.yaml").write_text(text.replace("description: ''", "description: Instrument response of ARCA230."))
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "Adopt"], check=True)
    repository.tag(folder, f"v{release_of(folder)['version']}")
    capsys.readouterr()
    code = run(["bundle", str(folder)])
    assert code == 0, capsys.readouterr().err
    assert "Packed" in capsys.readouterr().out
