"""The template km3net-python-project: the same package by three tools, without findings, tested, documented, built and released."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from itertools import product
from pathlib import Path

import copier
import pytest
import requests
import yaml

import kpublish
from kpublish import repository
from kpublish.cli import run
from kpublish.datacenter.server import start
from kpublish.errors import UsageError
from kpublish.templating import new, template

TEMPLATE = Path(__file__).parents[2] / "templates" / "km3net-python-project"
KID = re.compile(r"\bkid: ([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\n")
PYTHONS = ["3.11", "3.12", "3.13"]
AUTHORS = {
    "collaboration": {},
    "family": {"author_family_name": "O'Example"},
    "orcid": {"author_given_name": "Ada", "author_family_name": "Exämple", "author_orcid": "https://orcid.org/0000-0002-1825-0097"},
}
REPOSITORIES = {"nowhere": {}, "public": {"repository": "https://example.org/group/package"}}
COMBINATIONS = [
    pytest.param({"python": python, **AUTHORS[author], **REPOSITORIES[place]}, id=f"{python}-{author}-{place}")
    for python, author, place in product(PYTHONS[:1], AUTHORS, REPOSITORIES)
]
FULL = {
    "package": "km3_a_package_whose_name_has_forty_signs",
    "description": "It's \"quoted\": 'yes' \\ # no comment, {a: b} [c] & *d ! | > % @ `e` ${x} ν 😀",
    **AUTHORS["orcid"],
    "contact_email": "somebody@example.org",
    **REPOSITORIES["public"],
    "python": "3.13",
    "version": "1.10rc1",
}
IMPOSSIBLE = [
    ("package", "class"),
    ("package", "Upper"),
    ("package", "with-hyphen"),
    ("package", "1st"),
    ("package", "ab"),
    ("package", "a" * 41),
    ("package", "trailing_"),
    ("package", "line\n"),
    ("description", "two\nlines"),
    ("description", "  "),
    ("description", "\x07 bell"),
    ("author_given_name", "A\nB"),
    ("author_family_name", "\u2028"),
    ("author_orcid", "0000-0002-1825-009"),
    ("contact_email", "nobody"),
    ("contact_email", "a@b"),
    ("repository", "git@example.org:a/b.git"),
    ("repository", "https://user:word@example.org/a"),
    ("version", "1"),
    ("version", "v1.0.0"),
    ("version", "01.0"),
]


def files(folder):
    """Path → text of everything that the template made, without its kid."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        name: KID.sub("kid: …\n", path.read_bytes().decode())
        for path in found
        if not (name := path.relative_to(folder).as_posix()).startswith(".git/")
    }


def findings(folder, profile="draft"):
    return [f"{each.code} {each.where.path}: {each.message}" for each in kpublish.validate(kpublish.load(folder), profile)]


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def python(folder, *arguments, **environ):
    """Run Python in a made repository as if its package were installed, and nothing be written beside it."""
    clean = {**os.environ, "PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environ}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def made(tmp_path, cookies):
    """Make the repository with one of the three tools."""

    def make(tool, name="package", **answers):
        if tool == "kpublish":
            return new("python-project", tmp_path / name, answers, defaults=True)
        if tool == "copier":
            copier.run_copy(str(TEMPLATE), tmp_path / name, data=answers, defaults=True, quiet=True)
            return tmp_path / name
        result = cookies.bake(extra_context=answers, template=str(TEMPLATE))
        assert result.exception is None, result.exception
        return result.project_path

    return make


@pytest.mark.parametrize("answers", [*COMBINATIONS, pytest.param(FULL, id="all answered")])
def test_every_combination_is_the_same_by_each_tool_and_has_no_findings(made, answers):
    folder = made("cookiecutter", **answers)
    first = files(folder)
    assert files(made("copier", "by-copier", **answers)) == first
    assert files(made("kpublish", "by-kpublish", **answers)) == first
    assert findings(folder) == []
    python(folder, "-m", "ruff", "check", "--quiet", "--no-cache", ".")
    python(folder, "-m", "ruff", "format", "--quiet", "--check", "--no-cache", ".")
    python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_metadata.py")


@pytest.mark.parametrize("answers", [{}, FULL], ids=["defaults", "all answered"])
def test_its_own_tests_pass(made, answers):
    told = python(made("copier", **answers), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rs")
    assert re.search(r"^15 passed", told, re.MULTILINE), told


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("src/km3example/__init__.py", "0.1.0", "0.2.0"),
        ("codemeta.json", "0.1.0", "0.2.0"),
        ("CITATION.cff", "KM3NeT Collaboration", "Somebody Else"),
        ("kpublish.yaml", "Angular distances", "Distances"),
        ("pyproject.toml", ">=3.11", ">=3.12"),
        ("CHANGELOG.md", "## 0.1.0", "## 0.2.0"),
    ],
)
def test_its_own_tests_find_what_is_out_of_step(made, path, old, new):
    folder = made("copier")
    change(folder / path, old, new)
    with pytest.raises(AssertionError, match="failed"):
        python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_metadata.py")


def test_every_answer_arrives(made):
    folder = made("kpublish", **FULL)
    release = kpublish.load(folder).release
    person = release.authors[1]
    assert (release.title, release.description, release.version) == (FULL["package"], FULL["description"], "1.10rc1")
    assert (person.givenName, person.familyName, person.orcid) == ("Ada", "Exämple", "0000-0002-1825-0097")
    assert (release.contact.email, release.license, release.resourceType) == ("somebody@example.org", "BSD-3-Clause", "software")
    assert release.relatedResources[0].id == FULL["repository"]
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    assert (project["requires-python"], project["authors"][1]["name"]) == (">=3.13", "Ada Exämple")
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_bytes())
    assert {key: answers[key] for key in FULL} == FULL


def test_a_description_that_looks_like_a_template_stays_as_it_is(made):
    answers = {"description": "{{ 7 * 7 }} {% raw %} {# gone #}"}
    folder = made("copier", **answers)
    assert files(made("kpublish", "by-kpublish", **answers)) == files(folder)
    assert kpublish.load(folder).release.description == answers["description"]


def test_all_tools_ask_the_same_questions_and_allow_the_same_answers():
    ours = json.loads((TEMPLATE / "cookiecutter.json").read_bytes())
    theirs = yaml.safe_load((TEMPLATE / "copier.yml").read_bytes())
    asked = {key: default for key, default in ours.items() if not key.startswith("_") and key != "slug"}
    questions = {key: value for key, value in theirs.items() if not key.startswith("_") and key != "cookiecutter"}
    assert list(asked) == list(questions)
    for key, question in questions.items():
        assert asked[key] in (question["default"], question.get("choices")), key
        assert ours["__prompts__"][key] == question["help"]
        if key in ours["_possible"]:
            pattern, remedy = ours["_possible"][key]
            assert pattern.replace("\\", "\\\\") in question["validator"]
            assert remedy in question["validator"]
    assert set(asked) - set(ours["_possible"]) == {"python"}


@pytest.mark.parametrize(("key", "answer"), IMPOSSIBLE)
def test_no_tool_takes_an_impossible_answer(tmp_path, cookies, capfd, key, answer):
    remedy = next(question.remedy for question in template("python-project").questions if question.key == key)
    result = cookies.bake(extra_context={key: answer}, template=str(TEMPLATE))
    assert result.exit_code != 0
    assert remedy in capfd.readouterr().err
    with pytest.raises(ValueError, match=re.escape(remedy)):
        copier.run_copy(str(TEMPLATE), tmp_path / "package", data={key: answer}, defaults=True, quiet=True)
    with pytest.raises(UsageError) as caught:
        new("python-project", tmp_path / "package", {key: answer}, defaults=True)
    assert caught.value.remedy == remedy
    assert not (tmp_path / "package").exists()


def test_no_tool_takes_a_wrong_check_digit(tmp_path, cookies, capfd):
    answer = {"author_orcid": "0000-0002-1825-0098"}
    assert cookies.bake(extra_context=answer, template=str(TEMPLATE)).exit_code != 0
    assert "The check digit is wrong" in capfd.readouterr().err
    with pytest.raises(ValueError, match="The check digit is wrong"):
        copier.run_copy(str(TEMPLATE), tmp_path / "package", data=answer, defaults=True, quiet=True)
    assert run(["new", "python-project", str(tmp_path / "package"), "--defaults", "--set", "author_orcid=0000-0002-1825-0098"]) == 2
    assert "check digit" in capfd.readouterr().err


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000-0002-1694-233X", "https://orcid.org/0000-0001-5109-3700"])
def test_every_tool_takes_a_right_orcid(made, orcid):
    answers = {"author_family_name": "Example", "author_orcid": orcid}
    assert files(made("cookiecutter", **answers)) == files(made("copier", **answers))


def test_the_command_asks_until_an_answer_is_possible(tmp_path):
    from click.testing import CliRunner

    from kpublish.cli import group

    answers = ["class", "km3mine", "", "", "", "", "", "", "2.7", "3.12", "1", "1.0"]
    result = CliRunner().invoke(group, ["new", "python-project", str(tmp_path / "package")], input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    for told in ("no word of the language Python", "Write a version such as", "make install-dev"):
        assert told in result.output
    assert "version: \"1.0\"" in (tmp_path / "package/kpublish.yaml").read_text()


def test_yaml_and_citation_have_the_shape_of_their_standards(made):
    folder = made("copier", **FULL)
    for schema, *more in (
        ("vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(folder / ".gitlab-ci.yml")),
        ("vendor.citation-file-format", str(folder / "CITATION.cff")),
    ):
        python(folder, "-m", "check_jsonschema", "--builtin-schema", schema, *more)


def test_the_pipeline_has_the_stages_uploads_on_tags_and_shows_pages_on_tags_and_main(made):
    pipeline = yaml.safe_load((made("copier", python="3.12") / ".gitlab-ci.yml").read_bytes())
    jobs = {name: job for name, job in pipeline.items() if isinstance(job, dict) and "stage" in job}
    assert pipeline["stages"] == ["code-style", "test", "coverage", "doc", "release"]
    assert {job["stage"] for job in jobs.values()} == set(pipeline["stages"])
    assert {"build", "test", "installation", "documentation"} <= jobs.keys()
    assert jobs["test"]["parallel"]["matrix"] == [{"PYTHON_VERSION": ["3.12", "3.13"]}]
    assert [rule["if"] for rule in jobs["package"]["rules"]] == [r"$CI_COMMIT_TAG =~ /^v\d/"]
    assert jobs["package"]["variables"] == {
        "TWINE_REPOSITORY_URL": "$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi",
        "TWINE_USERNAME": "gitlab-ci-token",
        "TWINE_PASSWORD": "$CI_JOB_TOKEN",
    }
    assert [rule["if"] for rule in jobs["pages"]["rules"]] == ['$CI_COMMIT_BRANCH == "main"', "$CI_COMMIT_TAG"]
    assert jobs["publish"]["rules"] == [{"if": r"$CI_COMMIT_TAG =~ /^v\d/", "when": "manual"}]


def test_the_targets_of_the_pipeline_stand_in_the_makefile(made):
    folder = made("copier")
    targets = set(re.findall(r"^([a-z-]+):", (folder / "Makefile").read_text(), re.MULTILINE))
    assert {"install", "install-dev", "test", "test-cov", "lint", "docs"} <= targets
    assert set(re.findall(r"- make ([a-z-]+)", (folder / ".gitlab-ci.yml").read_text())) <= targets


def test_no_file_names_a_registry_or_a_path_of_this_machine(made):
    folder = made("kpublish")
    template_files = (path for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for text in (*files(folder).values(), *(path.read_text("utf-8") for path in template_files)):
        for words in (str(TEMPLATE.parents[1]), str(folder.parent), "pypi.", "pythonhosted", "/usr/", "/home/", "index-url"):
            assert words not in text


def test_the_kid_is_random_and_stands_in_the_users_file_only(made):
    found = {}
    for tool in ("cookiecutter", "copier", "kpublish"):
        folder = made(tool, tool)
        kids = {path.name: KID.findall(path.read_text("utf-8")) for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts}
        assert [name for name, kid in kids.items() if kid] == ["kpublish.yaml"]
        found[tool] = kids["kpublish.yaml"][0]
    assert len(set(found.values())) == 3


@pytest.mark.parametrize("tool", ["copier", "kpublish"])
def test_an_update_brings_the_newer_template_and_leaves_kid_and_edits_alone(made, tmp_path, tool):
    folder = made(tool)
    assert run(["init", str(folder)]) == 0
    before = (folder / "kpublish.yaml").read_text("utf-8")
    newer = Path(shutil.copytree(TEMPLATE, tmp_path / "newer", ignore=shutil.ignore_patterns("__pycache__")))
    change(newer / "{{cookiecutter.slug}}/.gitlab-ci.yml", "Every push", "Each push")
    change(folder / "src/km3example/angles.py", "Angles between", "Distances between")
    change(folder / "pyproject.toml", "dependencies = []", 'dependencies = ["numpy>=2"]')
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "commit", "--quiet", "--all", "--message", "Edits"], check=True)
    assert run(["update", str(folder), "--from", str(newer)]) == 0
    assert (folder / "kpublish.yaml").read_text("utf-8") == before
    assert "Each push" in (folder / ".gitlab-ci.yml").read_text("utf-8")
    assert "Distances between" in (folder / "src/km3example/angles.py").read_text("utf-8")
    assert "numpy>=2" in (folder / "pyproject.toml").read_text("utf-8")


def test_the_documentation_is_built_with_a_page_of_each_example_and_the_reference(made, tmp_path):
    folder = made("copier", **FULL)
    told = python(folder, "-m", "mkdocs", "build", "--strict", "--quiet", MPLCONFIGDIR=str(tmp_path))
    assert told == ""
    picture = folder / "public/examples/plot_distance-distance.svg"
    assert picture.read_text("utf-8").startswith("<?xml")
    assert "plot_distance-distance.svg" in (folder / "public/examples/plot_distance/index.html").read_text("utf-8")
    assert "Galactic centre" in (folder / "public/examples/distance_to_an_event/index.html").read_text("utf-8")
    assert "Vincenty" in (folder / "public/reference/index.html").read_text("utf-8")


def test_a_failing_example_ends_the_documentation_with_its_error(made):
    folder = made("copier")
    (folder / "examples/broken.py").write_text('"""Broken."""\n\nraise ValueError("broken on purpose")\n')
    with pytest.raises(AssertionError, match="(?s)broken.py failed.*broken on purpose"):
        python(folder, "-m", "mkdocs", "build", "--strict", "--quiet")


def test_the_wheel_holds_the_package_and_says_what_was_answered(made, tmp_path):
    folder = made("copier", **FULL)
    python(folder, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), PYTHONWARNINGS="ignore")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    assert {f"{FULL['package']}/{name}" for name in ("__init__.py", "angles.py", "py.typed")} <= set(names)
    assert not [name for name in names if name.startswith(("tests", "docs", "examples"))]
    for line in ("Version: 1.10rc1", f"Summary: {FULL['description']}", "License-Expression: BSD-3-Clause", "Requires-Python: >=3.13"):
        assert f"{line}\n" in metadata


def test_it_is_released_once_it_is_approved_with_its_own_citation(made, tmp_path, monkeypatch, capfd):
    folder = made("kpublish")
    repository.tag(folder, "v0.1.0")
    assert [each.partition(" ")[0] for each in findings(folder, "public")] == ["APR01"]
    text = (folder / "kpublish.yaml").read_text("utf-8")
    approved = re.sub(r"# approval: .*", "approval: {by: Open Science Committee, date: 2026-11-20, reference: minutes}", text)
    (folder / "kpublish.yaml").write_text(approved, "utf-8")
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "commit", "--quiet", "--all", "--message", "Approve"], check=True)
    subprocess.run([*git, "tag", "--force", "v0.1.0"], check=True, capture_output=True)
    assert findings(folder, "public") == []
    with start(tmp_path / "datacenter") as server:
        monkeypatch.setenv("KPUBLISH_DATACENTER_URL", server.url)
        monkeypatch.setenv("KPUBLISH_DATACENTER_TOKEN_FILE", str(server.token_file))
        for told in ("published", "published already, nothing sent"):
            assert run(["release", str(folder), "--to", "datacenter"]) == 0
            assert told in capfd.readouterr().out
        (release,) = requests.get(f"{server.url}/api/v1/releases", timeout=60).json()["results"]
    assert (release["resource"]["resourceType"], release["version"]) == ("software", "0.1.0")
    assert {each["role"] for each in release["files"] if each["path"] == "CITATION.cff"} == {"document"}
    with zipfile.ZipFile(folder / "dist/km3example-0.1.0.zip") as package:
        assert package.read("CITATION.cff") == (folder / "CITATION.cff").read_bytes()
