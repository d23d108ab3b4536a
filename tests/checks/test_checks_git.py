"""Git rules speak about the project's own repository only."""

import shutil
from pathlib import Path

import pytest

from kpublish import repository
from kpublish.checks.engine import check, rules
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.finding import Severity

EXAMPLE = Path(__file__).parents[1] / "examples" / "good" / "minimal"


def codes(folder, profile):
    return [finding.code for finding in check(load_project(folder, git=repository.git_state(folder)), profile)]


@pytest.fixture
def project(tmp_path):
    return shutil.copytree(EXAMPLE, tmp_path / "outer" / "project")


def test_a_fresh_repository_without_a_tag_has_no_findings_while_drafting(project):
    repository.init(project)
    assert codes(project, "draft") == []
    assert codes(project, "public") == ["GIT02"]


def test_a_project_inside_the_work_tree_of_another_is_not_that_repository(project):
    ignored = project.parent / ".gitignore"
    ignored.write_text("project/\n", "utf-8")
    repository.init(project.parent)
    repository.tag(project.parent, "v9.9.9")
    assert codes(project, "draft") == []
    assert codes(project, "public") == ["GIT06"]


def test_a_project_in_a_subfolder_of_its_repository_is_checked(project):
    repository.init(project.parent)
    repository.tag(project.parent, "v1.0.1")
    assert codes(project, "draft") == ["GIT01"]


@pytest.mark.parametrize("tag", ["v1.0.0", "1.0.0"])
def test_a_tag_names_the_version_with_or_without_v(project, tag):
    repository.init(project)
    repository.tag(project, "reviewed")
    repository.tag(project, tag)
    assert codes(project, "public") == []


@pytest.mark.parametrize("code", ["GIT08", "GIT09"])
def test_what_only_stands_for_files_stops_a_release(code):
    entry = rules()[code]
    assert (entry.severity("draft"), entry.severity("public")) == (Severity.WARNING, Severity.ERROR)
