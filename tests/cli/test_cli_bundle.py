"""kpublish bundle: packs a repository, verifies packages."""

import hashlib
import shutil
from pathlib import Path

import pytest

from kpublish.cli import run
from kpublish.repository import init

EXAMPLE = Path(__file__).parents[1] / "examples" / "good" / "minimal"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    root = tmp_path / "plots"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".git"))
    with (root / ".gitignore").open("a") as stream:
        stream.write("\ndist/\nrendered/\n")
    (root / "link").symlink_to("/etc/hostname")
    init(root)
    monkeypatch.chdir(root)
    return root


def test_it_packs_and_verifies_and_tells_the_checksum(repository, capsys):
    assert run(["bundle"]) == 0
    packed = capsys.readouterr().out
    (package,) = repository.glob("dist/*.zip")
    assert f"Packed dist/{package.name}" in packed
    assert "left out: link is a link to something that git does not track here" in packed
    assert run(["bundle", "--verify", str(package)]) == 0
    verified = capsys.readouterr().out
    assert verified.split("sha256 ")[1][:64] == hashlib.sha256(package.read_bytes()).hexdigest()


def test_a_second_run_writes_the_same_bytes_elsewhere(repository, tmp_path):
    assert run(["bundle"]) == 0
    assert run(["bundle", str(repository), "--output", str(tmp_path / "again.zip")]) == 0
    assert (tmp_path / "again.zip").read_bytes() == next(repository.glob("dist/*.zip")).read_bytes()


def test_a_damaged_package_ends_with_6(repository, capsys):
    run(["bundle"])
    (package,) = repository.glob("dist/*.zip")
    package.write_bytes(package.read_bytes()[:-1])
    assert run(["bundle", "--verify", str(package)]) == 6
    assert "error: " in capsys.readouterr().err


def test_changes_that_are_not_committed_stop_it(repository, capsys):
    with (repository / "kpublish.yaml").open("a") as stream:
        stream.write("# changed\n")
    assert run(["bundle"]) == 2
    assert "kpublish.yaml differs from the commit" in capsys.readouterr().err


def test_without_git_it_says_what_to_do(repository, capsys):
    shutil.rmtree(repository / ".git")
    assert run(["bundle"]) == 2
    assert "git init" in capsys.readouterr().err


def test_errors_in_the_metadata_stop_it(repository, capsys):
    file = repository / "kpublish.yaml"
    file.write_text(file.read_text().replace("license: ", "license: no-such-licence-"))
    assert run(["bundle"]) == 1
    assert not (repository / "dist").exists()


def test_output_and_verify_do_not_go_together(repository):
    assert run(["bundle", "-o", "a.zip", "--verify", "b.zip"]) == 2
