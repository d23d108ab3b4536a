"""Git state as a value, with real repositories."""

import os
import subprocess
import sys

import pytest

from kpublish.errors import NotARepository, UsageError
from kpublish.repository import git_state, init, leaving, missing, tag, without_credentials


def git(folder, *arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "plots"
    (root / "data").mkdir(parents=True)
    (root / "data" / "a b ü.csv").write_text("1\n")
    (root / ".gitignore").write_text("*.secret\n")
    (root / "x.secret").write_text("token")
    init(root)
    return root


def test_a_new_repository_is_clean_and_on_main(repository):
    state = git_state(repository)
    assert state.tracked == (".gitignore", "data/a b ü.csv")
    assert (state.dirty, state.untracked, state.tags, state.remote) == ((), (), (), None)
    assert state.commit == git(repository, "rev-parse", "HEAD").strip()
    assert git(repository, "branch", "--show-current").strip() == "main"
    assert git(repository, "log", "--format=%an").strip() == "kpublish"


def test_the_author_that_git_knows_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    signing = "[commit]\ngpgSign = true\n[tag]\ngpgSign = true\n"
    (tmp_path / "gitconfig").write_text(f"[user]\nname = Ada\nemail = ada@example.org\n{signing}")
    root = tmp_path / "plots"
    root.mkdir()
    (root / "a").write_text("1")
    init(root, "Begin")
    tag(root, "v1")
    assert git(root, "log", "--format=%an <%ae> %s").strip() == "Ada <ada@example.org> Begin"


def test_hooks_of_the_user_do_not_run(tmp_path, monkeypatch):
    template = tmp_path / "template"
    (template / "hooks").mkdir(parents=True)
    (template / "hooks" / "pre-commit").write_text("#!/bin/sh\ntouch ran\nexit 1\n")
    (template / "hooks" / "pre-commit").chmod(0o755)
    (tmp_path / "gitconfig").write_text(f"[init]\ntemplateDir = {template}\n[core]\nhooksPath = {template / 'hooks'}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    root = tmp_path / "plots"
    root.mkdir()
    init(root)
    assert not (root / "ran").exists()
    assert git_state(root).tracked == ()


def test_a_repository_is_not_made_twice(repository):
    with pytest.raises(UsageError, match="already"):
        init(repository)


@pytest.mark.parametrize("make", [lambda root: None, lambda root: git(root, "init", "-q")], ids=["no repository", "no commit"])
def test_without_repository_or_commit_there_is_no_state(tmp_path, make):
    make(tmp_path)
    assert git_state(tmp_path) is None
    assert "git commit" in missing(tmp_path).remedy


def test_where_git_is_missing_there_is_no_state(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert git_state(repository) is None
    assert "not installed" in missing(repository).message
    with pytest.raises(NotARepository, match="not installed"):
        tag(repository, "v1")


def test_changes_of_every_kind_are_told(repository):
    (repository / "staged.txt").write_text("1")
    git(repository, "add", "staged.txt")
    (repository / "data" / "a b ü.csv").write_text("2\n")
    (repository / "new").mkdir()
    (repository / "new" / "b.txt").write_text("1")
    (repository / ".gitignore").unlink()
    state = git_state(repository)
    assert state.dirty == (".gitignore", "data/a b ü.csv", "staged.txt")
    assert state.untracked == ("new/b.txt", "x.secret")


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_was_told_not_to_see_is_told(repository, flag):
    name = git_state(repository).tracked[0]
    git(repository, "update-index", flag, name)
    assert git_state(repository).dirty == ()
    (repository / name).write_text("other")
    assert git_state(repository).dirty == (name,)
    (repository / name).unlink()
    assert git_state(repository).dirty == (name,)


def test_a_file_whose_content_git_lfs_did_not_fetch_stays_out(repository):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "1" * 64 + "\nsize 12345\n"
    (repository / "big.root").write_text(pointer)
    (repository / "about-lfs.md").write_text(pointer + "x" * 2000)
    assert "git lfs pull" in leaving(repository, ["about-lfs.md", "big.root"])["big.root"]
    assert set(leaving(repository, ["about-lfs.md", "big.root"])) == {"big.root"}


def test_a_renamed_file_is_one_that_went_and_one_that_came(repository):
    git(repository, "mv", "data/a b ü.csv", "data/b.csv")
    assert git_state(repository).dirty == ("data/a b ü.csv", "data/b.csv")


def test_a_project_may_be_a_folder_of_a_repository(repository):
    (repository / "top.txt").write_text("1")
    (repository / "data" / "new.csv").write_text("1")
    state = git_state(repository / "data")
    assert state.tracked == ("a b ü.csv",)
    assert state.untracked == ("new.csv",)


def test_tags_on_the_commit_are_told_annotated_ones_too(repository):
    tag(repository, "v1.0.0")
    git(repository, "tag", "-a", "-m", "x", "first")
    git(repository, "commit", "-q", "--allow-empty", "-m", "next")
    tag(repository, "v2")
    assert git_state(repository).tags == ("v2",)
    git(repository, "checkout", "-q", "v1.0.0")
    assert git_state(repository).tags == ("first", "v1.0.0")


@pytest.mark.parametrize("name", ["v1.0.0", "not a tag", "-x"])
def test_a_tag_that_exists_or_has_no_valid_name_is_refused(repository, name):
    tag(repository, "v1.0.0")
    with pytest.raises(UsageError, match="tag"):
        tag(repository, name)


def test_the_date_is_that_of_the_commit_in_utc(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-23T23:30:00-02:00")
    init(tmp_path)
    assert git_state(tmp_path).date == "2026-11-24T01:30:00Z"


def test_a_shallow_clone_has_the_same_state(repository, tmp_path):
    git(repository, "commit", "-q", "--allow-empty", "-m", "next")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "clone")
    ours, theirs = git_state(repository), git_state(tmp_path / "clone")
    assert (theirs.commit, theirs.date, theirs.tracked) == (ours.commit, ours.date, ours.tracked)


def test_a_job_of_gitlab_knows_its_tag_where_the_detached_clone_has_none(repository, tmp_path, monkeypatch):
    git(repository, "tag", "v2.0.0")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", "--no-tags", "--branch=main", repository.as_uri(), "clone")
    git(clone, "checkout", "-q", "--detach")
    commit = git_state(repository).commit
    assert (git_state(clone).commit, git_state(clone).tags) == (commit, ())
    for name, value in {"GITLAB_CI": "true", "CI_COMMIT_TAG": "v2.0.0", "CI_COMMIT_SHA": commit}.items():
        monkeypatch.setenv(name, value)
    assert git_state(clone).tags == ("v2.0.0",)
    monkeypatch.setenv("CI_COMMIT_SHA", "0" * 40)
    assert git_state(clone).tags == ()


def test_other_repositories_in_the_environment_do_not_confuse_it(repository, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    init(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    assert git_state(repository).tracked == (".gitignore", "data/a b ü.csv")
    assert os.environ["GIT_DIR"] == str(other / ".git")


def test_settings_of_the_user_do_not_change_what_is_read(repository, tmp_path, monkeypatch):
    status = "[status]\nrelativePaths = true\nshowUntrackedFiles = no\nbranch = true\nshort = true\n"
    others = "[log]\nshowSignature = true\n[color]\nui = always\n[core]\nquotePath = true\n[column]\nui = always\n"
    (tmp_path / "gitconfig").write_text(status + others + "[tag]\nsort = -refname\n")
    plain = git_state(repository)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    assert git_state(repository) == plain


def test_a_repository_of_another_user_is_a_sentence(repository, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own switch for its tests
    with pytest.raises(NotARepository, match="another user") as caught:
        git_state(repository)
    assert "safe.directory" in caught.value.remedy


def test_a_broken_repository_is_a_sentence(repository):
    (repository / ".git" / "index").write_bytes(b"nonsense")
    with pytest.raises(NotARepository, match="index"):
        git_state(repository)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://user:secret@gitlab.example.org/a/b.git", "https://gitlab.example.org/a/b.git"),
        ("https://gitlab.example.org/a/b.git?private_token=secret", "https://gitlab.example.org/a/b.git"),
        ("ssh://git@gitlab.example.org:2222/a/b.git", "ssh://gitlab.example.org:2222/a/b.git"),
        ("git@gitlab.example.org:a/b.git", "gitlab.example.org:a/b.git"),
        ("gitlab.example.org:a/b.git", "gitlab.example.org:a/b.git"),
        ("/srv/git/a@b.git", ""),
        ("../b.git", ""),
        ("file:///srv/git/b.git", ""),
        ("C:\\git\\b.git", ""),
        ("ext::sh -c secret", ""),
        ("helper::https://user:secret@example.org/b.git", ""),
        ("https:/user:secret@example.org/b.git", ""),
        ("https://[secret@x", ""),
    ],
)
def test_credentials_are_taken_out_of_addresses(address, shown):
    assert without_credentials(address) == shown


def test_the_remote_is_told_without_credentials(repository):
    git(repository, "remote", "add", "origin", "https://ci:secret@gitlab.example.org/a/b.git")
    assert git_state(repository).remote == "https://gitlab.example.org/a/b.git"


def test_links_that_lead_out_stay_out_and_others_come_with_their_content(repository, tmp_path):
    (tmp_path / "outside").write_text("1")
    links = {
        "inside": "data/a b ü.csv",
        "twice": "inside",
        "outside": "../outside",
        "absolute": str(tmp_path / "outside"),
        "ignored": "x.secret",
        "git": ".git/config",
        "folder": "data",
        "nowhere": "nothing",
        "circle": "circle",
    }
    for name, target in links.items():
        (repository / name).symlink_to(target)
    git(repository, "add", "--all")
    left = leaving(repository, git_state(repository).tracked)
    assert set(left) == set(links) - {"inside", "twice"}


def test_special_files_and_other_repositories_stay_out(repository, tmp_path):
    os.mkfifo(repository / "pipe")
    (repository / "module").mkdir()
    left = leaving(repository, ("data/a b ü.csv", "pipe", "module", "gone"))
    assert left == {"pipe": "is a special file", "module": "is a folder of its own repository"}


def test_no_git_is_started_where_there_is_no_repository(tmp_path):
    code = "import pathlib, sys, kpublish.repository as r; r.git_state(pathlib.Path(sys.argv[1])); print('git' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_line_ends_that_git_changed_are_told(repository, tmp_path):
    assert git_state(repository).converted == ()
    git(tmp_path, "clone", "--quiet", "--config", "core.autocrlf=true", str(repository), "windows")
    state = git_state(tmp_path / "windows")
    assert state.converted == (".gitignore", "data/a b ü.csv")
    assert state.dirty == ()
