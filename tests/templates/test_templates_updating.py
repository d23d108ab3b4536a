"""A repository follows its template: however it was made, git merges what is new, and no kid changes."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import copier
import pytest

from kpublish import templating
from kpublish.cli import run
from kpublish.templating import BRANCH, updating
from kpublish.templating.updating import ANSWERS

TEMPLATE = Path(__file__).parents[2] / "templates" / "km3net-public-plots"
KID = re.compile(r"kid: ([0-9a-f-]{36})")
NEXT = "0.2.0"


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def git(folder, *arguments):
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True).stdout


def commit(folder, message="Edit"):
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "--quiet", "--message", message)


def kids(folder):
    paths = ("kpublish.yaml", "data/effective_area.ecsv", "figures/effective_area.yaml")
    return [KID.search((folder / path).read_text("utf-8"))[1] for path in paths]


@pytest.fixture
def bare(tmp_path, cookies):
    """Makes a folder with a tool alone, or a repository with kpublish."""

    def make(tool):
        if tool == "kpublish":
            return templating.new("public-plots", tmp_path / "plots", {"title": "Mine"}, defaults=True)
        if tool == "copier":
            copier.run_copy(str(TEMPLATE), tmp_path / "plots", data={"title": "Mine"}, defaults=True, quiet=True)
            return tmp_path / "plots"
        return cookies.bake(extra_context={"title": "Mine"}, template=str(TEMPLATE)).project_path

    return make


@pytest.fixture
def made(bare):
    """Makes a repository that follows the template."""

    def make(tool="kpublish"):
        folder = bare(tool)
        assert run(["init", str(folder)]) == 0
        return folder

    return make


@pytest.fixture
def newer(tmp_path, monkeypatch):
    """A newer kpublish comes with a newer template: a changed pipeline and settings, and one more table with a kid of its own."""

    def release():
        place = tmp_path / "newer"
        folder = Path(shutil.copytree(TEMPLATE, place / TEMPLATE.name))
        inner = folder / "{{cookiecutter.slug}}"
        said = json.loads((folder / "cookiecutter.json").read_text())
        said = {key: NEXT if key == "__kpublish" else value for key, value in said.items()}
        said["__kid_more"] = "{{ uuid4() }}"
        said["colour"] = "blue"
        (folder / "cookiecutter.json").write_text(json.dumps(said))
        change(inner / ".gitlab-ci.yml", "Every push", "Each push")
        change(inner / "kpublish.yaml", "language: en", "language: fr")
        (inner / "more.yaml").write_text("kid: {{ cookiecutter.__kid_more }}\ncolour: {{ cookiecutter.colour }}\n")
        monkeypatch.setattr(templating, "_PLACES", (place,))
        monkeypatch.setattr(updating, "__version__", NEXT)
        return inner

    return release


@pytest.mark.parametrize("tool", ["kpublish", *(pytest.param(tool, marks=pytest.mark.long) for tool in ("copier", "cookiecutter"))])
def test_what_is_new_is_merged_and_kids_and_edits_stay(made, newer, tool):
    folder = made(tool)
    before = kids(folder)
    change(folder / "kpublish.yaml", "title: \"Mine\"", "title: \"Ours\"")
    (folder / "notes.txt").write_text("mine")
    commit(folder)
    newer()
    assert run(["update", str(folder)]) == 0
    assert kids(folder) == before
    assert "Each push" in (folder / ".gitlab-ci.yml").read_text()
    text = (folder / "kpublish.yaml").read_text()
    assert ["language: fr" in text, "title: \"Ours\"" in text] == [True, True]
    assert f"_commit: v{NEXT}" in (folder / ANSWERS).read_text()
    kid, colour = (folder / "more.yaml").read_text().splitlines()
    assert KID.fullmatch(kid)
    assert colour == "colour: blue"
    assert git(folder, "status", "--porcelain") == ""
    again = kid
    assert run(["update", str(folder)]) == 0
    assert (folder / "more.yaml").read_text().splitlines()[0] == again
    assert len(git(folder, "log", "--format=%s", BRANCH).splitlines()) == 2


@pytest.mark.long
def test_a_repository_without_edits_goes_forward_to_what_the_template_renders(made, newer):
    folder = made()
    newer()
    assert run(["update", str(folder)]) == 0
    assert git(folder, "rev-parse", "HEAD") == git(folder, "rev-parse", BRANCH)


def test_lines_that_both_changed_are_listed_and_can_be_mended(made, newer, capsys):
    folder = made()
    change(folder / "kpublish.yaml", "language: en", "language: de")
    change(folder / ".gitlab-ci.yml", "Every push", "A push")
    commit(folder)
    before = kids(folder)
    newer()
    assert run(["update", str(folder)]) == 1
    err = capsys.readouterr().err
    assert "2 file(s) changed here and in km3net-public-plots 0.2.0" in err
    assert {line.strip() for line in err.splitlines()} >= {"kpublish.yaml", ".gitlab-ci.yml"}
    assert "<<<<<<<" in (folder / "kpublish.yaml").read_text()
    assert run(["update", str(folder)]) == 2
    git(folder, "checkout", "--ours", "kpublish.yaml", ".gitlab-ci.yml")
    commit(folder, "Merge")
    assert kids(folder) == before
    assert run(["update", str(folder)]) == 0
    assert "nothing new" in capsys.readouterr().out


@pytest.mark.parametrize("tool", ["cookiecutter", pytest.param("copier", marks=pytest.mark.long), "kpublish"])
def test_init_gives_a_repository_with_the_branch_once(bare, tool, capsys):
    folder = bare(tool)
    assert run(["init", str(folder)]) == 0
    assert git(folder, "rev-parse", "HEAD") == git(folder, "rev-parse", BRANCH)
    assert git(folder, "status", "--porcelain") == ""
    assert len(git(folder, "log", "--format=%s").splitlines()) == 1
    assert run(["init", str(folder)]) == 0
    assert "nothing to do" in capsys.readouterr().out


@pytest.mark.parametrize("begun", [pytest.param(False, marks=pytest.mark.long, id="a folder"), pytest.param(True, id="git init")])
def test_init_keeps_what_was_changed_before(bare, newer, begun):
    folder = bare("cookiecutter")
    before = kids(folder)
    if begun:
        git(folder, "init", "--quiet", "--initial-branch=plots")
    change(folder / "kpublish.yaml", "title: \"Mine\"", "title: \"Ours\"")
    (folder / "data/README.md").unlink()
    assert run(["init", str(folder)]) == 0
    assert "title: \"Mine\"" in git(folder, "show", f"{BRANCH}:kpublish.yaml")
    assert git(folder, "branch", "--show-current").strip() == ("plots" if begun else "main")
    newer()
    assert run(["update", str(folder)]) == 0
    assert "title: \"Ours\"" in (folder / "kpublish.yaml").read_text()
    assert not (folder / "data/README.md").exists()
    assert kids(folder) == before


def test_init_in_a_repository_with_commits_changes_no_file(bare, newer):
    folder = bare("copier")
    git(folder, "init", "--quiet", "--initial-branch=main")
    change(folder / "kpublish.yaml", "title: \"Mine\"", "title: \"Ours\"")
    commit(folder)
    tree = git(folder, "rev-parse", "HEAD^{tree}")
    assert run(["init", str(folder)]) == 0
    assert git(folder, "rev-parse", "HEAD^{tree}") == tree
    newer()
    assert run(["update", str(folder)]) == 0
    text = (folder / "kpublish.yaml").read_text()
    assert ["language: fr" in text, "title: \"Ours\"" in text] == [True, True]


def test_init_of_another_version_is_refused(bare, newer, capsys):
    folder = bare("copier")
    newer()
    assert run(["init", str(folder)]) == 2
    assert "pip install 'kpublish==0.1.0'" in capsys.readouterr().err
    assert not (folder / ".git").exists()


def dirty(folder):
    (folder / "README.md").write_text("changed")


def foreign(folder):
    change(folder / ANSWERS, "https://github.com/KM3NeT/", "https://elsewhere.example/")
    commit(folder)


def later(folder):
    change(folder / ANSWERS, "_commit: v0.1.0", "_commit: v9.0.0")
    commit(folder)


def branchless(folder):
    git(folder, "branch", "--delete", "--force", BRANCH)


def unmade(folder):
    (folder / ANSWERS).unlink()


def broken(folder):
    (folder / ANSWERS).write_text("[")


def silent(folder):
    (folder / ANSWERS).write_text("title: A\n")


def gitless(folder):
    shutil.rmtree(folder / ".git")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (dirty, "README.md has changes that are not committed"),
        (foreign, "is not one of the templates of kpublish"),
        (later, "pip install --upgrade kpublish"),
        (branchless, "There is no branch kpublish-template"),
        (unmade, "was not made from a template"),
        (broken, "cannot be read as YAML"),
        (silent, "does not say which template"),
        (gitless, "kpublish init"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_cannot_be_updated_is_one_sentence(made, capsys, fault, said):
    folder = made()
    fault(folder)
    before = git(folder, "rev-parse", "HEAD") if (folder / ".git").exists() else ""
    assert run(["update", str(folder)]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.startswith("error: ")
    if before:
        assert git(folder, "rev-parse", "HEAD") == before


def test_a_file_that_git_does_not_track_is_not_overwritten(made, newer, capsys):
    folder = made()
    (folder / "more.yaml").write_text("mine")
    newer()
    assert run(["update", str(folder)]) == 2
    assert "more.yaml would be overwritten" in capsys.readouterr().err
    assert (folder / "more.yaml").read_text() == "mine"


@pytest.mark.long
def test_a_template_of_others_is_followed_if_it_is_named(tmp_path, capsys):
    other = Path(shutil.copytree(TEMPLATE, tmp_path / "other"))
    inner = other / "{{cookiecutter.slug}}"
    change(inner / ANSWERS, "https://github.com/KM3NeT/", "https://elsewhere.example/")
    folder = tmp_path / "plots"
    copier.run_copy(str(other), folder, defaults=True, quiet=True)
    assert run(["init", str(folder)]) == 2
    assert "name it with --from" in capsys.readouterr().err
    assert run(["init", str(folder), "--from", str(other)]) == 0
    change(inner / ".gitlab-ci.yml", "Every push", "Each push")
    assert run(["update", str(folder)]) == 2
    assert run(["update", str(folder), "--from", str(other)]) == 0
    assert "Each push" in (folder / ".gitlab-ci.yml").read_text()


def test_errors_after_an_update_are_told(made, newer, capsys):
    folder = made()
    change(newer() / "kpublish.yaml", "license: ", "license: X")
    assert run(["update", str(folder)]) == 1
    assert "error[" in capsys.readouterr().err


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where cookiecutter looks for names; it finds its default when it is imported, and so before the home is empty."""
    settings = tmp_path / "settings.yaml"
    settings.write_text(f"cookiecutters_dir: {tmp_path / 'place'}\n")
    monkeypatch.setenv("COOKIECUTTER_CONFIG", str(settings))
    return tmp_path / "place"


def test_after_install_the_bare_name_works_in_any_folder_and_says_what_is_next(place, tmp_path, capsys):
    assert run(["templates", "install"]) == 0
    assert run(["templates", "install"]) == 0
    assert "cookiecutter km3net-public-plots" in capsys.readouterr().out
    assert {folder.name for folder in place.iterdir()} == templating.templates().keys()
    command = [sys.executable, "-m", "cookiecutter", "km3net-public-plots", "--no-input"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "kpublish init" in done.stdout
    assert run(["init", str(tmp_path / "my-plots")]) == 0
    assert not (tmp_path / "my-plots/hooks").exists()


def test_install_overwrites_nothing_of_others(place, capsys):
    (place / "km3net-public-plots").mkdir(parents=True)
    assert run(["templates", "install"]) == 2
    assert "not ours" in capsys.readouterr().err
    assert list((place / "km3net-public-plots").iterdir()) == []


def test_the_templates_are_listed(capsys):
    assert run(["templates"]) == 0
    assert "public-plots" in capsys.readouterr().out
