"""Every code has a bad example that provokes it and nothing else; good examples have no findings."""

import inspect
import re
import shutil
import sys

import pytest
from checks_examples import EXAMPLES, prepared

from kpublish import repository
from kpublish.checks import CHECKS
from kpublish.checks.engine import PROFILES, check, entries, rules
from kpublish.formats.kpublish_yaml import load_project
from kpublish.model.finding import Severity

BAD = sorted((EXAMPLES / "bad").iterdir())
GOOD = sorted((EXAMPLES / "good").iterdir())
#: Rules about a file as a whole or about what git says of it: they have no line.
ABOUT_FILES = {"GIT03", "GIT04", "GIT05", "GIT06", "GIT07", "GIT08", "FIL01", "FIL02", "FIL03", "FIL05", "DRW01", "TAB12"}


@pytest.fixture
def astropy_missing(request, monkeypatch):
    """UNI04 speaks only where astropy is not installed."""
    from kpublish.checks import units

    units.known.cache_clear()
    if request.node.callspec.params["example"].name.startswith("UNI04"):
        monkeypatch.setitem(sys.modules, "astropy", None)
    yield
    units.known.cache_clear()


@pytest.mark.parametrize("example", BAD, ids=lambda path: path.name)
def test_a_bad_example_provokes_its_code_and_no_other(example, tmp_path, astropy_missing):
    project, profile = prepared(example, tmp_path)
    findings = check(project, profile)
    code = example.name.partition("-")[0]
    assert {finding.code for finding in findings} == {code}
    for finding in findings:
        assert finding.message.endswith(".")
        assert finding.remedy
        assert finding.where.path
        assert finding.where.line > 0 or code in ABOUT_FILES
        if finding.where.line:
            lines = project.texts[finding.where.path].split("\n")
            assert finding.where.line <= len(lines)
            assert finding.where.column <= len(lines[finding.where.line - 1]) + 1


@pytest.mark.parametrize("example", GOOD, ids=lambda path: path.name)
def test_a_good_example_has_no_findings(example, tmp_path):
    project, _ = prepared(example, tmp_path)
    assert project.tables or project.figures or project.document
    assert check(project, "draft") == ()


@pytest.mark.parametrize("example", [path for path in GOOD if (path / "kpublish.yaml").exists()], ids=lambda path: path.name)
def test_a_good_example_that_is_tagged_may_be_published(example, tmp_path):
    folder = tmp_path / example.name
    shutil.copytree(example, folder)
    repository.init(folder)
    repository.tag(folder, "v1.0.0")
    assert check(load_project(folder, git=repository.git_state(folder)), "public") == ()


def test_every_code_has_a_bad_example():
    assert set(rules()) == {path.name.partition("-")[0] for path in BAD}


@pytest.mark.parametrize("name", CHECKS.names())
def test_a_module_owns_its_codes_and_every_rule_is_explained(name):
    module = CHECKS.get(name)
    assert re.fullmatch("[A-Z]{3}", module.CODE)
    own = [each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == module.__name__]
    coded = {each.__name__ for each in own if re.fullmatch(r"[A-Z]{3}\d\d", each.__name__)}
    found = entries(name)
    assert {entry.code for entry in found} == coded
    for entry in found:
        assert entry.code.startswith(module.CODE)
        assert entry.title.endswith(".")
        assert entry.why.endswith((".", "?")), f"{entry.code} does not say why: a second paragraph of its docstring"
        assert entry.remedy.endswith((".", "v1.0.0.")) or "http" in entry.remedy
        assert entry.page.endswith(entry.code.lower())
        severities = [entry.severity(profile) for profile in PROFILES]
        assert isinstance(severities[1], Severity)


def test_no_two_modules_share_a_prefix():
    prefixes = [CHECKS.get(name).CODE for name in CHECKS.names()]
    assert len(set(prefixes)) == len(prefixes)
