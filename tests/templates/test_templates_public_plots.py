"""The template km3net-public-plots: the same repository by three tools, without findings, whatever is answered."""

import csv
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import copier
import pandas
import pytest
import yaml
from astropy.table import Table

import kpublish
from kpublish import repository
from kpublish.templating import new

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "templates" / "km3net-public-plots"
PUBLIC = "https://github.com/KM3NeT/km3net-public-plots.git"
KID = re.compile(r"\bkid: ([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\n")
KID_FILES = ["data/effective_area.ecsv", "figures/effective_area.yaml", "kpublish.yaml"]
NASTY = {
    "quotes": "It's \"quoted\": 'yes' \\ # no comment, {a: b} [c] & *d ! | > % @ `e`",
    "jinja": "{{ 7 * 7 }} {% raw %} {# gone #} ${x}",
    "unicode": "Fläche für ν_μ — 10⁶ GeV 😀 \u2028 \u00a0 \ufeff",
    "newlines": "first\nsecond\n\tthird\r\n  fourth: #5\n",
    "controls": "bell \x07, delete \x7f, next line \x85",
    "number": "1e3",
    "yaml": "- no\n? ~: null",
}


def files(folder):
    """Path → text of everything that the template made."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        name: path.read_bytes().decode()
        for path in found
        if not (name := path.relative_to(folder).as_posix()).startswith((".git/", "rendered/"))
    }


def kids(folder):
    return [kid for _, text in sorted(files(folder).items()) for kid in KID.findall(text)]


def without_kids(folder):
    return {name: KID.sub("kid: …\n", text) for name, text in files(folder).items()}


def findings(folder, profile="draft"):
    return [f"{each.code} {each.where.path}: {each.message}" for each in kpublish.validate(kpublish.load(folder), profile)]


def copied(template, folder, **answers):
    copier.run_copy(str(template), folder, data=answers, defaults=True, quiet=True)
    return folder


@pytest.fixture
def made(tmp_path, cookies):
    """Make the repository with one of the three tools."""

    def make(tool, name="plots", **answers):
        if tool == "kpublish":
            return new("public-plots", tmp_path / name, answers, defaults=True)
        if tool == "copier":
            return copied(TEMPLATE, tmp_path / name, **answers)
        result = cookies.bake(extra_context=answers, template=str(TEMPLATE))
        assert result.exception is None, result.exception
        return result.project_path

    return make


TOOLS = pytest.mark.parametrize("tool", ["cookiecutter", "copier", "kpublish"])


@TOOLS
def test_a_fresh_repository_has_no_findings(made, tool):
    folder = made(tool)
    project = kpublish.load(folder)
    assert [table.path for table in project.tables] == ["data/effective_area.ecsv"]
    assert [figure.path for figure in project.figures] == ["figures/effective_area.yaml"]
    assert findings(folder) == []


def test_the_tagged_first_commit_is_ready_for_the_public(made):
    folder = made("kpublish")
    repository.tag(folder, "v1.0.0")
    assert findings(folder, "public") == []


@TOOLS
def test_data_under_another_licence_than_the_example_are_told_apart(made, tool):
    folder = made(tool, license="CC0-1.0")
    assert findings(folder) == []
    project = kpublish.load(folder)
    assert project.release.license == "CC0-1.0"
    assert project.tables[0].resource.license == project.figures[0].resource.license == "CC-BY-4.0"


ANSWERS = {
    "title": 'A "title"',
    "description": "Two\nlines",
    "author_given_name": "Ada",
    "author_family_name": "O'Example",
    "author_orcid": "https://orcid.org/0000-0002-1825-0097",
    "contact_email": "somebody@example.org",
    "analysis_repository": "https://example.org/analysis",
    "license": "CC0-1.0",
    "instrument": "ANTARES",
    "version": "1.10",
    "status": "final",
}


@pytest.mark.parametrize("answers", [{}, ANSWERS], ids=["defaults", "all answered"])
def test_the_three_tools_make_the_same_files_but_for_kids(made, answers):
    first = without_kids(made("cookiecutter", **answers))
    assert without_kids(made("copier", "by-copier", **answers)) == first
    assert without_kids(made("kpublish", "by-kpublish", **answers)) == first


@TOOLS
def test_every_answer_arrives_and_has_no_findings(made, tool):
    folder = made(tool, **ANSWERS)
    assert findings(folder) == []
    release = kpublish.load(folder).release
    person = release.authors[1]
    assert (release.title, release.description) == (ANSWERS["title"], ANSWERS["description"])
    assert (person.givenName, person.familyName, person.orcid) == ("Ada", "O'Example", "0000-0002-1825-0097")
    assert (release.contact.email, release.version, release.status) == ("somebody@example.org", "1.10", "final")
    assert (release.relatedResources[0].id, release.content.instrument) == ("https://example.org/analysis", "ANTARES")


def test_both_tools_ask_the_same_questions():
    ours = json.loads((TEMPLATE / "cookiecutter.json").read_bytes())
    theirs = yaml.safe_load((TEMPLATE / "copier.yml").read_bytes())
    asked = {key: default for key, default in ours.items() if not key.startswith("_") and key != "slug"}
    questions = {key: value for key, value in theirs.items() if not key.startswith("_") and key != "cookiecutter"}
    assert list(asked) == list(questions)
    for key, question in questions.items():
        assert asked[key] in (question["default"], question.get("choices")), key
        assert ours["__prompts__"][key] == question["help"]


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("tool", ["copier", "kpublish"])
def test_any_text_can_be_answered(made, tool, nasty):
    texts = ("title", "description", "author_given_name", "author_family_name", "instrument")
    folder = made(tool, **dict.fromkeys(texts, nasty))
    for name in ("kpublish.yaml", ".copier-answers.yml"):
        yaml.safe_load((folder / name).read_bytes())
    release = kpublish.load(folder).release
    assert [release.title, release.description, release.content.instrument] == [nasty] * 3
    assert [release.authors[1].givenName, release.authors[1].familyName] == [nasty] * 2
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_bytes())
    assert [answers[key] for key in texts] == [nasty] * 5
    assert findings(folder) == []


@TOOLS
def test_three_different_random_kids_stand_in_the_users_files_only(made, tool):
    folder = made(tool)
    assert [name for name, text in sorted(files(folder).items()) if KID.search(text)] == KID_FILES
    first, second = kids(folder), kids(made(tool, "again"))
    assert len({*first, *second}) == 6


def test_the_two_lines_of_the_documentation_work_in_an_empty_home(tmp_path):
    command = [sys.executable, "-m", "cookiecutter", "km3net-public-plots", "--no-input", "-o", str(tmp_path)]
    home = tmp_path / "home"
    home.mkdir()
    subprocess.run(command, cwd=ROOT / "templates", env={"PATH": os.environ["PATH"], "HOME": str(home)}, check=True)
    assert findings(tmp_path / "my-plots") == []


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The template at its public address, as git sees it: a repository whose root is the template, tagged."""
    home = tmp_path / "published"
    shutil.copytree(TEMPLATE, home)
    repository.init(home)
    repository.tag(home, f"v{kpublish.__version__}")
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[url "file://{home}"]\n  insteadOf = {PUBLIC}\n[user]\n  name = A\n  email = a@example.org\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    return home


def copier_command(*arguments):
    """Copier as users run it: in a process that sees the settings of git."""
    subprocess.run([sys.executable, "-m", "copier", *map(str, arguments), "--defaults", "--quiet"], check=True)


def commit(folder, message):
    subprocess.run(["git", "-C", str(folder), "commit", "--quiet", "--all", "--message", message], check=True)


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def next_version(template):
    """A new version of the template: in a file of its own, and in files that belong to the user by then."""
    folder = template / "{{cookiecutter.slug}}"
    change(folder / ".gitlab-ci.yml", "Every push", "Each push")
    change(folder / "kpublish.yaml", "language: en", "language: fr")
    change(folder / "README.md", "## Licence", "## License")
    commit(template, "Next version")
    repository.tag(template, "v99.0.0")


@TOOLS
def test_an_update_brings_the_new_version_and_leaves_kids_and_edits_alone(made, published, tool):
    folder = made(tool)
    if tool != "kpublish":
        repository.init(folder)
    change(folder / ".gitlab-ci.yml", "release: on_success", "release: manual")
    change(folder / "kpublish.yaml", "Effective area of", "Effective areas of")
    commit(folder, "Edits of the user")
    before = files(folder)
    next_version(published)
    copier_command("update", folder)
    after = files(folder)
    assert sorted(name for name in after if after[name] != before.get(name)) == [".copier-answers.yml", ".gitlab-ci.yml"]
    assert "_commit: v99.0.0\n" in after[".copier-answers.yml"]
    assert "Each push" in after[".gitlab-ci.yml"]
    assert "release: manual" in after[".gitlab-ci.yml"]
    unmerged = subprocess.run(["git", "-C", str(folder), "ls-files", "-u"], capture_output=True, text=True, check=True)
    assert unmerged.stdout == ""


def test_copying_again_keeps_the_kids(made, published):
    folder = published.parent / "plots"
    copier_command("copy", PUBLIC, folder)
    before = kids(folder)
    (folder / ".gitignore").write_text("")
    copier_command("recopy", folder, "--overwrite")
    assert kids(folder) == before
    assert "/rendered/" in (folder / ".gitignore").read_text()


@TOOLS
def test_the_answers_name_the_public_address_and_version_and_no_file_a_local_path(made, tool):
    folder = made(tool)
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_bytes())
    assert (answers["_src_path"], answers["_commit"]) == (PUBLIC, f"v{kpublish.__version__}")
    for text in files(folder).values():
        assert str(ROOT) not in text
        assert str(folder.parent) not in text


def test_the_files_that_are_made_by_a_script_are_up_to_date():
    script = runpy.run_path(str(Path(__file__).with_name("make_example.py")))
    for path, text in {script["EXAMPLE"]: script["example"](), **script["editor_schemas"]()}.items():
        assert path.read_text("utf-8") == text, f"run python tests/templates/make_example.py: {path.name}"


def test_the_table_holds_every_published_number_and_other_programs_read_it(made):
    path = made("kpublish") / "data/effective_area.ecsv"
    original = ROOT / "tests/data/km3net-ARCA230-irf/aeff_coszen_allnumuCC_track.csv"
    with original.open(newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    body = [line.split(",") for line in path.read_text().splitlines() if not line.startswith("#")][1:]
    assert [line[2:] for line in body] == [[row[3], row[5], row[6]] for row in rows]
    frame, table = pandas.read_csv(path, comment="#"), Table.read(path)
    assert len(frame) == len(table) == len(rows) == 720
    for name, column in (("energy_low", 0), ("energy_high", 2)):
        exact = pytest.approx([10 ** float(row[column]) for row in rows], rel=1e-15)
        assert frame[name].tolist() == exact
        assert table[name].tolist() == exact
    assert [str(table[name].unit) for name in ("energy_low", "energy_high", "aeff")] == ["GeV", "GeV", "m2"]
    assert table.meta["KM3Resource"]["kid"] == kpublish.load(path).tables[0].kid


def check_jsonschema(*arguments):
    result = subprocess.run([sys.executable, "-m", "check_jsonschema", *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_editors_and_gitlab_accept_the_yaml_files(made):
    folder = made("copier", **ANSWERS)
    for name in ("kpublish.yaml", "figures/effective_area.yaml"):
        modeline = (folder / name).read_text("utf-8").partition("\n")[0]
        schema = (folder / name).parent / modeline.removeprefix("# yaml-language-server: $schema=")
        check_jsonschema("--schemafile", str(schema.resolve()), str(folder / name))
    pipeline = str(folder / ".gitlab-ci.yml")
    check_jsonschema("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", pipeline)


def test_the_pipeline_is_the_component_of_the_version_that_the_template_belongs_to(made):
    (included,) = yaml.safe_load((made("copier") / ".gitlab-ci.yml").read_bytes())["include"]
    assert included["component"] == f"$CI_SERVER_FQDN/open-data/kpublish/kpublish@{kpublish.__version__}"
    assert included["inputs"] == {"release": "on_success", "pages": True}


def test_what_kpublish_makes_is_not_tracked(made):
    folder = made("kpublish")
    kpublish.render(kpublish.load(folder))
    (folder / "dist").mkdir()
    (folder / "dist" / "package.zip").write_bytes(b"")
    (folder / ".kpublish").mkdir(exist_ok=True)
    (folder / ".kpublish" / "journal.jsonl").write_bytes(b"")
    status = subprocess.run(["git", "-C", str(folder), "status", "--porcelain"], capture_output=True, text=True, check=True)
    assert status.stdout == ""
