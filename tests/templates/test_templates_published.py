"""Each template is published as a repository of its own, from which copier copies and updates through every version."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/cookiecutter.json"))
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org")


def git(folder, *arguments):
    return subprocess.run(["git", "-C", str(folder), *IDENTITY, *arguments], capture_output=True, text=True, check=True).stdout


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def project(tmp_path):
    """A repository with our templates and something else, and bare repositories for each template."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "templates", folder / "templates", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "else.txt").write_text("something else")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    for name in NAMES:
        git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "remote" / f"{name}.git"))
    return folder


@pytest.fixture
def publish(project, tmp_path):
    """Publishes the templates as they stand."""

    def run(tag):
        command = ["make", "--no-print-directory", "-f", str(ROOT / "Makefile"), "publish-templates"]
        where = [f"REMOTE={tmp_path / 'remote'}", f"TAG={tag}"] if tag else []
        return subprocess.run([*command, *where], cwd=project, capture_output=True, text=True, check=False)

    return run


def copier(*arguments):
    subprocess.run([sys.executable, "-m", "copier", *map(str, arguments), "--defaults", "--quiet"], check=True)


def test_copier_updates_through_every_published_version_and_no_kid_changes(project, publish, tmp_path, monkeypatch):
    settings = tmp_path / "gitconfig"
    remote = tmp_path / "remote"
    settings.write_text(f'[url "file://{remote}/"]\n  insteadOf = https://github.com/KM3NeT/\n[user]\n  name = A\n  email = a@example.org\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    done = publish("v0.1.0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [word for name in NAMES for word in (name, "v0.1.0")]
    folder = tmp_path / "plots"
    copier("copy", "https://github.com/KM3NeT/km3net-public-plots.git", folder)
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    kid = re.search(r"kid: (\S+)", (folder / "kpublish.yaml").read_text())[1]
    pipeline = project / "templates/km3net-public-plots/{{cookiecutter.slug}}/.gitlab-ci.yml"
    for version, (old, new) in {"v0.2.0": ("Every push", "Each push"), "v0.3.0": ("Each push", "A push")}.items():
        change(pipeline, old, new)
        git(project, "commit", "--quiet", "--all", "--message", version)
        assert publish(version).returncode == 0
        copier("update", folder)
        git(folder, "commit", "--quiet", "--all", "--message", version)
        assert new in (folder / ".gitlab-ci.yml").read_text()
        assert f"_commit: {version}" in (folder / ".copier-answers.yml").read_text()
    assert kid in (folder / "kpublish.yaml").read_text()


def test_a_published_template_holds_itself_only_and_keeps_its_tags(project, publish, tmp_path):
    assert publish("v0.1.0").returncode == 0
    bare = tmp_path / "remote/km3net-public-plots.git"
    assert "else.txt" not in git(bare, "ls-tree", "--name-only", "v0.1.0")
    assert "cookiecutter.json" in git(bare, "ls-tree", "--name-only", "v0.1.0")
    first = git(bare, "rev-parse", "v0.1.0")
    change(project / "templates/km3net-public-plots/README.md", "# km3net", "# KM3NeT")
    git(project, "commit", "--quiet", "--all", "--message", "Change")
    again = publish("v0.1.0")
    assert again.returncode != 0
    assert git(bare, "rev-parse", "v0.1.0") == first


def test_without_an_address_it_says_what_is_missing(publish):
    done = publish("")
    assert done.returncode == 2
    assert "Say REMOTE=address TAG=v1.0.0." in done.stdout
