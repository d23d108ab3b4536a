"""The corridor as a whole, on repositories made from the template."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from kpublish import pipeline, repository
from kpublish.config import ArchiveSettings
from kpublish.errors import FindingsError, NotARepository, UsageError, VersionTaken
from kpublish.model.archive import ArchiveStatus, Choices
from kpublish.templating import new


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    folder = tmp_path_factory.mktemp("origin") / "plots"
    new("public-plots", folder, {"slug": "plots", "version": "1.0.0"}, defaults=True)
    repository.tag(folder, "v1.0.0")
    return folder


@pytest.fixture
def clone(origin, tmp_path):
    """A factory of clones at the tag."""

    def make(name="clone"):
        folder = tmp_path / name
        subprocess.run(["git", "clone", "--quiet", str(origin), str(folder)], check=True)
        return folder

    return make


@pytest.fixture
def archive(tmp_path):
    return ArchiveSettings("local", "directory", (tmp_path / "archive").as_uri())


def made(folder):
    """Checksums of what render and bundle write."""
    files = [*sorted((folder / "rendered").iterdir()), *sorted((folder / "dist").iterdir())]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_two_clones_give_the_same_bytes_wherever_and_however_they_are_made(clone, tmp_path):
    (tmp_path / "home").mkdir()
    plain, strange = clone("plain"), clone("a strange näme")
    (strange / "matplotlibrc").write_text("lines.linewidth: 9\nfont.size: 31\nsavefig.dpi: 33\n")
    (strange / ".git" / "info" / "exclude").write_text("matplotlibrc\n")
    environments = {
        plain: {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0"},
        strange: {"TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77", "HOME": str(tmp_path / "home")},
    }
    for folder, environ in environments.items():
        command = [sys.executable, "-m", "kpublish", "bundle"]
        umask = 0o077 if folder is strange else 0o022
        result = subprocess.run(
            command, cwd=folder, env={**os.environ, **environ}, umask=umask, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
    assert made(plain) == made(strange)
    assert len(made(plain)) == 4


def test_what_git_ignores_stays_out_of_the_package(clone):
    folder = clone()
    (folder / ".env").write_text("TOKEN=secret-of-mine\n")
    (folder / ".git" / "info" / "exclude").write_text(".env\n")
    project = pipeline.load(folder)
    package = pipeline.bundle(project, pipeline.render(project))
    with zipfile.ZipFile(package.path) as archive:
        assert ".env" not in archive.namelist()
        assert not [name for name in archive.namelist() if name.startswith((".git/", ".kpublish/", "dist/"))]
    assert b"secret-of-mine" not in package.path.read_bytes()


def test_a_release_is_published_once_and_the_second_sends_nothing(clone, archive):
    folder = clone()
    first = pipeline.release(folder, [archive])[0]
    assert first.state.status is ArchiveStatus.PUBLISHED
    assert first.sent > 0
    again = pipeline.release(folder, [archive])[0]
    assert again.adopted
    assert again.sent == 0


def test_the_same_version_from_other_inputs_is_refused(clone, archive):
    folder = clone()
    pipeline.release(folder, [archive])
    (folder / "README.md").write_text("Another text.\n")
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "commit", "-aqm", "Change the text"], check=True)
    subprocess.run([*git, "tag", "-f", "v1.0.0"], check=True, capture_output=True)
    with pytest.raises(VersionTaken, match=r"version") as caught:
        pipeline.release(folder, [archive])
    assert caught.value.exit_code == 5


def test_a_dry_run_leaves_nothing_at_the_archive(clone, archive, tmp_path):
    receipt = pipeline.release(clone(), [archive], choices=Choices(dry_run=True))[0]
    assert {"draft", "send", "publish"} <= {step.verb for step in receipt.plan}
    assert not (tmp_path / "archive").exists()


def test_errors_stop_a_release(clone, archive):
    folder = clone()
    text = (folder / "kpublish.yaml").read_text().replace("publisher:", "publsher:")
    (folder / "kpublish.yaml").write_text(text)
    with pytest.raises(FindingsError) as caught:
        pipeline.release(folder, [archive])
    assert caught.value.exit_code == 1


def test_uncommitted_changes_stop_a_bundle(clone):
    folder = clone()
    (folder / "README.md").write_text("changed\n")
    project = pipeline.load(folder)
    with pytest.raises(UsageError, match=r"README\.md"):
        pipeline.bundle(project, ())


def test_validate_and_render_need_no_repository_but_bundle_does(clone):
    folder = clone()
    shutil.rmtree(folder / ".git")
    project = pipeline.load(folder)
    assert not [finding for finding in pipeline.validate(project) if finding.severity == "error"]
    assert pipeline.render(project)
    with pytest.raises(NotARepository):
        pipeline.bundle(project, ())
