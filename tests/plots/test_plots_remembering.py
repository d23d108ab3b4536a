"""A figure is drawn again only if something that decides about it has changed."""

import json
import shutil
from pathlib import Path

import pytest

from kpublish import pipeline
from kpublish.model.vocabularies import Context
from kpublish.plots import all_figures, libraries
from kpublish.plots.overriding import Look, overridden
from kpublish.plots.remembering import MEMORY, recall

FULL = Path(__file__).parents[1] / "examples" / "good" / "full"
SECOND = "\nKM3Resource:\n  kid: 0a1bbbfc-a0c5-454e-8ff9-bb510944fe0c\n  title: Given\n  description: A picture made elsewhere.\n"
GIVEN = "figure:\n  given: old.png\n  tables: [data/flux.ecsv]\n  alt: What it shows.\n  embed: true\n"


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A repository whose figures have been drawn: one described with a logo, one given."""
    folder = tmp_path_factory.mktemp("drawn") / "plots"
    shutil.copytree(FULL, folder)
    change(folder / "figures/flux.yaml", "figure:\n", "figure:\n  logo: {file: logo.png}\n")
    (folder / "figures/given.yaml").write_text(SECOND + GIVEN)
    picture = Path(__file__).parents[2] / "docs/images/marks/line.png"
    for name in ("logo.png", "old.png"):
        shutil.copy(picture, folder / name)
    assert len(pipeline.render(pipeline.load(folder))) == 2
    return folder


@pytest.fixture
def drawn(once, tmp_path):
    """A copy of it, to be changed."""
    return Path(shutil.copytree(once, tmp_path / "plots"))


@pytest.fixture
def calls(monkeypatch):
    """Names of the figures that are drawn."""
    names, real = [], all_figures.draw

    def draw(figure, project):
        names.append(figure.name)
        return real(figure, project)

    monkeypatch.setattr(all_figures, "draw", draw)
    return names


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def recalled(folder, look=None):
    project = pipeline.load(folder)
    return sorted(recall(project, [overridden(figure, look) for figure in project.figures]))


def test_nothing_is_drawn_when_nothing_changed(drawn, calls):
    files = {path: path.stat().st_mtime_ns for path in (drawn / "rendered").iterdir()}
    figures = pipeline.render(pipeline.load(drawn))
    assert not calls
    assert [figure.figure.name for figure in figures] == ["flux", "given"]
    assert {path: path.stat().st_mtime_ns for path in (drawn / "rendered").iterdir()} == files
    assert all(content == (drawn / name).read_bytes() for figure in figures for name, content in figure.files.items())


def test_what_is_taken_is_what_would_be_drawn(drawn):
    project = pipeline.load(drawn)
    assert pipeline.render(project) == pipeline.render(project, again=True, jobs=2)


@pytest.mark.parametrize(
    ("name", "old", "new", "left"),
    [
        ("data/flux.ecsv", "10", "11", []),
        ("figures/flux.yaml", "label: one bin", "label: two bins", ["rendered/given"]),
        ("figures/given.yaml", "What it shows", "What else", ["rendered/flux"]),
        ("kpublish.yaml", "version: 1", "version: 9", []),
        ("kpublish.yaml", "KM3Resource:", "landing: https://else.example\nKM3Resource:", []),
    ],
)
def test_each_input_decides(drawn, name, old, new, left):
    assert recalled(drawn) == ["rendered/flux", "rendered/given"]
    change(drawn / name, old, new)
    assert recalled(drawn) == left


@pytest.mark.parametrize(("name", "left"), [("logo.png", "given"), ("old.png", "flux")])
def test_pictures_decide(drawn, name, left):
    shutil.copy(Path(__file__).parents[2] / "docs/images/marks/steps.png", drawn / name)
    assert recalled(drawn) == [f"rendered/{left}"]


def test_versions_of_libraries_decide(drawn, monkeypatch):
    monkeypatch.setattr(libraries, "version", lambda name: "0.1")
    assert recalled(drawn) == []


def test_looks_are_remembered_apart(drawn, calls):
    talk = Look(Context("talk"))
    assert recalled(drawn, talk) == []
    pipeline.render(pipeline.load(drawn), look=talk)
    assert recalled(drawn, talk) == ["rendered/talk/flux", "rendered/talk/given"]
    assert recalled(drawn) == ["rendered/flux", "rendered/given"]


def test_a_file_that_was_changed_or_lost_is_drawn_again(drawn, calls):
    content = (drawn / "rendered/flux.png").read_bytes()
    (drawn / "rendered/flux.png").write_bytes(content[:-1] + b"\0")
    (drawn / "rendered/given.png").unlink()
    pipeline.render(pipeline.load(drawn))
    assert calls == ["flux", "given"]
    assert (drawn / "rendered/flux.png").read_bytes() == content


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"files": {}},
        {"files": {"rendered/flux.png": ""}},
        {"files": {"../flux.png": ""}, "alt": ""},
        {"files": {"README.md": ""}, "alt": "", "faults": []},
        {"files": ["rendered/flux.png"], "alt": "", "faults": []},
        [],
        "flux",
    ],
)
def test_a_damaged_memory_costs_only_time(drawn, entry):
    memory = drawn / MEMORY
    known = json.loads(memory.read_text())
    if isinstance(entry, dict):
        entry["digest"] = known["rendered/flux"]["digest"]
    memory.write_text(json.dumps({**known, "rendered/flux": entry}))
    assert recalled(drawn) == ["rendered/given"]
    pipeline.render(pipeline.load(drawn))
    assert recalled(drawn) == ["rendered/flux", "rendered/given"]


@pytest.mark.parametrize("content", ["", "{", "[]", "\0"])
def test_a_torn_memory_is_no_memory(drawn, content):
    (drawn / MEMORY).write_text(content)
    assert recalled(drawn) == []


def test_figures_that_are_gone_are_forgotten(drawn):
    (drawn / "figures/given.yaml").rename(drawn / "figures/other.yaml")
    (drawn / "rendered/given.png").unlink()
    pipeline.render(pipeline.load(drawn))
    assert sorted(json.loads((drawn / MEMORY).read_text())) == ["rendered/flux", "rendered/other"]


def test_warnings_are_told_again(drawn, calls):
    change(drawn / "figures/flux.yaml", "label: one bin", "label: one 🙂")
    first, _ = pipeline.render(pipeline.load(drawn))
    assert [fault.code for fault in first.faults] == ["FIG10"]
    second, _ = pipeline.render(pipeline.load(drawn))
    assert calls == ["flux"]
    assert second.faults == first.faults


def test_code_draws_every_time(drawn, calls):
    (drawn / "own.py").write_text("def draw(tables, axes):\n    axes.plot([1, 2], [1, 2])\n")
    (drawn / "figures/given.yaml").write_text(SECOND + "figure:\n  draw: own.py\n  tables: [data/flux.ecsv]\n")
    pipeline.render(pipeline.load(drawn))
    pipeline.render(pipeline.load(drawn))
    assert calls == ["given", "given"]
