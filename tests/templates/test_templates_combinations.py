"""Every combination of answers of every template: equal by all tools, without findings, in good style, and released."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml
from cookiecutter.exceptions import FailedHookException
from templates_parts import NAMES, TEMPLATES, by_cookiecutter, by_copier, combinations, files, findings

from kpublish import repository
from kpublish.cli import run
from kpublish.datacenter.server import start
from kpublish.templating import template

#: The demo is public-plots with more data; it has tests of its own.
RELEASED = [name for name in NAMES if not name.endswith("-demo")]
CASES = [pytest.param(name, answers, id=f"{name}-{number}") for name in RELEASED for number, answers in enumerate(combinations(name))]
#: These have tests of their own that compare what the tools make of every combination.
COMPARED = ("km3net-python-project", "km3net-document")
#: That of documents asks for a day, which no pattern tells; it has tests of its own.
PATTERNED = [name for name in NAMES if not name.endswith("-document")]
BIN = Path(sys.executable).parent
APPROVAL = "  approval: {by: Publication Committee, date: 2026-11-20, reference: https://example.org/approval}\n"


def sample(cases, step):
    """Every run tries one of so many cases, make long the others."""
    return [
        case if number % step == 0 else pytest.param(*case.values, id=case.id, marks=pytest.mark.long)
        for number, case in enumerate(cases)
    ]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A data center for all of them."""
    with start(tmp_path_factory.mktemp("datacenter") / "data") as running:
        yield running


@pytest.mark.parametrize(("name", "answers"), sample([case for case in CASES if case.values[0] not in COMPARED], 3))
def test_all_answers_give_the_same_valid_repository_by_every_tool(name, answers, tmp_path):
    folder = by_cookiecutter(name, tmp_path / "made", answers)
    assert files(folder) == files(by_copier(name, tmp_path / "by-copier" / "made", answers))
    assert findings(folder) == []
    if list(folder.rglob("*.py")):
        subprocess.run([BIN / "ruff", "check", "--no-cache", "."], cwd=folder, check=True)


@pytest.mark.pandoc
@pytest.mark.parametrize(("name", "answers"), sample(CASES, 7))
def test_what_all_choices_give_is_released(name, answers, tmp_path, server, monkeypatch, capfd):
    folder = by_cookiecutter(name, tmp_path / "made", answers)
    project = folder / "kpublish.yaml"
    text = project.read_text("utf-8")
    project.write_text(re.sub(r"(?m)^  language: ", f"{APPROVAL}  language: ", text), "utf-8")
    monkeypatch.chdir(folder)
    if (folder / "document.org").is_file():
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(["make", "pdf", "html", "PYTHON=python"], env={"PATH": path, "LC_ALL": "C.UTF-8"}, check=True)
    assert run(["init"]) == 0
    version = yaml.safe_load(text)["KM3Resource"]["version"]
    repository.tag(folder, f"v{version}")
    monkeypatch.setenv("KPUBLISH_DATACENTER_URL", server.url)
    monkeypatch.setenv("KPUBLISH_DATACENTER_TOKEN_FILE", str(server.token_file))
    assert run(["release"]) == 0, capfd.readouterr().err
    kid = yaml.safe_load(text)["KM3Resource"]["kid"]
    assert requests.get(f"{server.url}/r/{kid}/{version}", timeout=60).status_code == 200


@pytest.mark.parametrize("name", PATTERNED)
@pytest.mark.parametrize(
    ("key", "answer"),
    [("author_orcid", "0000-0002-1825-0098"), ("contact_email", "nobody"), ("version", "1 0"), ("REPOSITORY", "git@example.org:a.git")],
)
def test_no_tool_takes_an_impossible_answer(name, key, answer, tmp_path, capfd):
    possible = {question.key: question for question in template(name).questions}
    key = next(known for known in possible if known.endswith("repository")) if key == "REPOSITORY" else key
    remedy = possible[key].remedy
    with pytest.raises(FailedHookException):
        by_cookiecutter(name, tmp_path / "made", {key: answer})
    assert remedy in capfd.readouterr().err
    with pytest.raises(ValueError, match=re.escape(remedy)):
        by_copier(name, tmp_path / "made", {key: answer})
    assert run(["new", name, str(tmp_path / "made"), "--defaults", "--set", f"{key}={answer}"]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", PATTERNED)
def test_the_same_answers_are_possible_by_every_tool(name):
    ours = json.loads((TEMPLATES / name / "cookiecutter.json").read_text("utf-8"))["_possible"]
    asked = yaml.safe_load((TEMPLATES / name / "copier.yml").read_text("utf-8"))
    for key, (pattern, remedy) in ours.items():
        assert pattern.replace("\\", "\\\\") in asked[key]["validator"]
        assert remedy in asked[key]["validator"]


@pytest.mark.parametrize("name", NAMES)
def test_every_pipeline_is_one_that_gitlab_reads(name, tmp_path):
    pipelines = set()
    for number, answers in enumerate(combinations(name)):
        pipelines.add((by_cookiecutter(name, tmp_path / f"made-{number}", answers) / ".gitlab-ci.yml").read_text("utf-8"))
    places = [tmp_path / f"{number}.gitlab-ci.yml" for number, _ in enumerate(pipelines)]
    for place, text in zip(places, pipelines, strict=True):
        place.write_text(text, "utf-8")
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", *places]
    subprocess.run(command, check=True, capture_output=True)
