"""Making a repository from a template: all of it or nothing, and nothing outside it."""

import shutil
import stat
import subprocess
import sys

import pytest

from kpublish import templating
from kpublish.errors import MissingExtra, NotARepository, StorageError, UnknownName, UsageError


def test_templates_are_known_with_and_without_their_prefix():
    assert templating.template("public-plots") == templating.template("km3net-public-plots")
    assert "km3net-public-plots" in templating.templates()


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(UnknownName) as caught:
        templating.new("publik-plots", tmp_path / "plots", defaults=True)
    assert caught.value.remedy == "Did you mean 'public-plots'?"
    assert not list(tmp_path.iterdir())


def test_the_repository_has_one_commit_that_holds_everything(tmp_path):
    folder = templating.new("public-plots", tmp_path / "deep" / "plots", defaults=True)
    assert folder == tmp_path / "deep" / "plots"

    def git(*arguments):
        return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True).stdout

    assert git("log", "--format=%s") == "Start from the template km3net-public-plots\n"
    assert git("status", "--porcelain", "--ignored") == ""
    assert [path.name for path in folder.parent.iterdir()] == ["plots"]


def test_an_empty_folder_may_be_there_already_also_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    templating.new("public-plots", templating.Path(), defaults=True)
    assert (tmp_path / "kpublish.yaml").is_file()
    assert (tmp_path / ".git").is_dir()
    assert templating.Path().stat().st_ino == tmp_path.stat().st_ino  # the shell stands in the same folder


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_the_folder_has_the_permissions_of_any_new_folder(tmp_path, umask):
    command = [sys.executable, "-m", "kpublish", "new", "public-plots", str(tmp_path / "plots"), "--defaults"]
    subprocess.run(command, umask=umask, capture_output=True, check=True)
    assert stat.S_IMODE((tmp_path / "plots").stat().st_mode) == 0o777 & ~umask


def test_what_is_there_is_never_touched(tmp_path):
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("plots", "file"):
        with pytest.raises(UsageError, match="not an empty folder"):
            templating.new("public-plots", tmp_path / name, defaults=True)
    with pytest.raises(StorageError):
        templating.new("public-plots", tmp_path / "file" / "plots", defaults=True)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["file", "plots", "plots/mine.txt"]


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A template whose last file cannot be rendered, as the only place where templates are."""
    place = tmp_path / "templates"
    known = templating.template("public-plots").folder
    shutil.copytree(known, place / known.name)
    (place / known.name / "{{cookiecutter.slug}}" / "zzz").write_text("{{ cookiecutter.nothing }}")
    monkeypatch.setattr(templating, "_PLACES", (place,))


@pytest.mark.parametrize("there", [False, True], ids=["new folder", "empty folder"])
def test_a_failure_leaves_nothing_half_written(tmp_path, broken, there):
    target = tmp_path / "work" / "plots"
    target.parent.mkdir()
    if there:
        target.mkdir()
    with pytest.raises(Exception, match=r"zzz|nothing"):
        templating.new("public-plots", target, defaults=True)
    assert list((tmp_path / "work").rglob("*")) == ([target] if there else [])


def test_ctrl_c_while_asking_leaves_nothing(tmp_path):
    def ask(question):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        templating.new("public-plots", tmp_path / "plots", ask=ask)
    assert not list(tmp_path.iterdir())


def test_only_what_was_not_answered_is_asked(tmp_path):
    asked = []

    def ask(question):
        asked.append(question.key)
        return question.default

    templating.new("public-plots", tmp_path / "plots", {"title": "A", "slug": "any"}, ask=ask)
    questions = [question.key for question in templating.template("public-plots").questions]
    assert asked == questions[1:]
    assert "slug" not in questions


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"autor_orcid": ""}, "does not ask for 'autor_orcid'"),
        ({"status": "done"}, "'done' is no possible answer for status"),
        ({"title": "\udcff"}, "not UTF-8"),
    ],
)
def test_an_impossible_answer_is_one_sentence_and_makes_nothing(tmp_path, answers, message):
    with pytest.raises(UsageError, match=message) as caught:
        templating.new("public-plots", tmp_path / "plots", answers, defaults=True)
    assert caught.value.remedy
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_in_the_home_folder_and_its_settings_take_no_part(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / ".cookiecutterrc").write_text('default_context: {title: "Somebody else\'s"}\n')
    monkeypatch.setenv("HOME", str(home))
    folder = templating.new("public-plots", tmp_path / "plots", defaults=True)
    assert "Somebody" not in (folder / "kpublish.yaml").read_text()
    assert [path.name for path in home.iterdir()] == [".cookiecutterrc"]


def test_without_git_the_files_are_made_all_the_same(tmp_path):
    code = "import sys; from kpublish.templating import Path, new; new('public-plots', Path(sys.argv[1]), defaults=True)"
    (tmp_path / "bin").mkdir()
    environ = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "plots")], env=environ, check=True)
    assert (tmp_path / "plots" / "kpublish.yaml").is_file()
    assert not (tmp_path / "plots" / ".git").exists()


def test_without_cookiecutter_the_extra_is_named(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "cookiecutter"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cookiecutter", None)
    with pytest.raises(MissingExtra) as caught:
        templating.new("public-plots", tmp_path / "plots", defaults=True)
    assert "kpublish[templates]" in caught.value.remedy
    assert not list(tmp_path.iterdir())


def test_where_git_fails_nothing_is_made_and_its_reason_is_told(tmp_path, monkeypatch):
    (tmp_path / "gitconfig").write_text("[core]\n\tautocrlf = maybe\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    with pytest.raises(NotARepository, match=r"plots: .*autocrlf"):
        templating.new("public-plots", tmp_path / "plots", defaults=True)
    assert [path.name for path in tmp_path.iterdir()] == ["gitconfig"]
