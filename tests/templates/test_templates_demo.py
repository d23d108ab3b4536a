"""The demo is what its script makes of the public-plots template, and valid, drawn and packed however it is made."""

import runpy
from pathlib import Path

import copier
import pytest
import yaml

import kpublish
from kpublish import repository
from kpublish.templating import new

TEMPLATE = Path(__file__).parents[2] / "templates" / "km3net-public-plots-demo"
TABLES = ["background", "cosmogenic", "effective_area", "hese", "sources"]


@pytest.fixture
def made(tmp_path, cookies):
    """Makes the repository with one of the three tools."""

    def make(tool, **answers):
        if tool == "kpublish":
            return new("public-plots-demo", tmp_path / "demo", answers, defaults=True)
        if tool == "copier":
            copier.run_copy(str(TEMPLATE), tmp_path / "demo", data=answers, defaults=True, quiet=True)
            return tmp_path / "demo"
        return cookies.bake(extra_context=answers, template=str(TEMPLATE)).project_path

    return make


def test_it_is_what_the_script_makes():
    files = runpy.run_path(str(Path(__file__).with_name("make_demo.py")))["files"]()
    there = {path for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert there == files.keys()
    for path, text in files.items():
        assert path.read_text("utf-8") == text, f"run python tests/templates/make_demo.py: {path.name}"


@pytest.mark.parametrize("tool", ["cookiecutter", "copier", "kpublish"])
@pytest.mark.parametrize("answers", [{}, {"license": "CC0-1.0", "status": "final"}], ids=["defaults", "another licence"])
def test_it_has_no_findings_and_kids_of_its_own(made, tool, answers):
    folder = made(tool, **answers)
    project = kpublish.load(folder)
    assert not kpublish.validate(project)
    assert [table.name for table in project.tables] == TABLES
    kids = [project.release.kid, *(table.kid for table in project.tables), *(figure.resource.kid for figure in project.figures)]
    assert len(set(kids)) == 9
    said = yaml.safe_load((folder / ".copier-answers.yml").read_bytes())
    assert said["_src_path"] == "https://github.com/KM3NeT/km3net-public-plots-demo.git"


def test_it_is_drawn_and_packed(made):
    folder = made("kpublish")
    repository.tag(folder, "v1.0.0")
    project = kpublish.load(folder)
    assert not kpublish.validate(project, "public")
    figures = kpublish.render(project, jobs=2)
    assert [drawn.figure.name for drawn in figures] == ["background", "effective_area", "flux"]
    assert not [fault for drawn in figures for fault in drawn.faults]
    package = kpublish.bundle(project, figures)
    assert len(package.release.members) == 8


def test_the_numbers_are_those_that_were_published(made):
    tables = {table.name: table for table in kpublish.load(made("kpublish")).tables}
    assert list(tables["hese"].column("flux")[:2]) == [7e-9, 2.13e-8]
    assert len(tables["background"].lines) == 800
    assert tables["background"].column("rate")[0] == 2.019420076044072e-06
    assert tables["sources"].column("flux_high")[0] in (None, pytest.approx(10**-9.6586540893))
