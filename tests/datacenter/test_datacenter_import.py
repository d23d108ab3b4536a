"""``kpublish datacenter import``: finished packages and folders become published versions, by the checks of an upload."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import Made, made, with_an_error
from datacenter_services import fsck, kpublish

from kpublish import pipeline, repository, templating
from kpublish.archives import directory
from kpublish.config import ArchiveSettings
from kpublish.model.bundle import Release


def _data(client: Any) -> Path:
    return Path(client.server.token_file.parent)


def _import(client: Any, *sources: Path) -> Any:
    done = kpublish("datacenter", "import", *sources, "--data", _data(client))
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A package as kpublish bundle writes it."""
    folder = templating.new("public-plots", tmp_path_factory.mktemp("plots") / "plots", defaults=True)
    repository.tag(folder, "v1.0.0")
    project = pipeline.load(folder)
    return pipeline.bundle(project, pipeline.render(project))


def _folder_of(root: Path, release: Made) -> Path:
    """The release in an archive of the kind directory."""
    archive = directory.connect(ArchiveSettings(name="folder", kind="directory", url=str(root)))
    said = Release.model_validate(release.document)
    archive.draft(said)
    for entry in said.files:
        archive.send(said, entry, io.BytesIO(release.contents[entry.path]))
    archive.publish(said)
    return root / release.kid / release.version


def test_a_package_becomes_a_published_version_once(starting: Any, package: Any) -> None:
    client = starting()
    first = _import(client, package.path)
    assert (first.returncode, first.stdout) == (0, f"✓ {package.release.kid} {package.release.version}: published\n"), first.stderr
    state = client.ask("GET", f"/releases/{package.release.kid}/{package.release.version}", token="").json()
    assert state["status"] == "published"
    told = client.ask("GET", f"/resources/{package.release.kid}", token="").json()
    assert told["release"]["digest"] == package.release.digest
    name = next(path for path in package.contents if path.endswith(".ecsv"))
    body = client.page(f"/r/{package.release.kid}/{package.release.version}/files/{name}").content
    assert body.startswith(b"# %ECSV")
    again = _import(client, package.path)
    assert (again.returncode, "there already" in again.stdout) == (0, True)
    assert client.ask("GET", f"/releases/{package.release.kid}/{package.release.version}", token="").json() == state
    fsck(_data(client))


def test_every_version_of_a_folder_is_taken_in_the_order_in_which_they_came_out(starting: Any, tmp_path: Path) -> None:
    client = starting()
    first = made(version="1.9.0")
    versions = [first, made(first.kid, "1.10.0"), made()]
    for release in versions:
        _folder_of(tmp_path / "archive", release)
    (tmp_path / "archive" / first.kid / ".2.0.0.draft").mkdir()
    (tmp_path / "archive" / first.kid / ".2.0.0.draft" / "release.json").write_text("{}")
    done = _import(client, tmp_path / "archive")
    assert (done.returncode, done.stdout.count("published")) == (0, 3), done.stderr
    assert client.ask("GET", f"/resources/{first.kid}", token="").json()["versions"] == ["1.10.0", "1.9.0"]
    for release in versions:
        for path, body in release.contents.items():
            assert client.page(f"/r/{release.kid}/{release.version}/files/{path}").content == body


def test_content_that_was_lost_comes_back_by_importing_again(starting: Any, tmp_path: Path, release: Made) -> None:
    client = starting()
    folder = _folder_of(tmp_path / "archive", release)
    assert _import(client, folder).returncode == 0
    sha = release.sha256("data/aeff.ecsv")
    (_data(client) / "content" / sha[:2] / sha).unlink()
    assert _import(client, folder).returncode == 0
    fsck(_data(client))


@pytest.mark.long
def test_the_checks_of_an_upload_hold(starting: Any, tmp_path: Path) -> None:
    client = starting()
    release = made()
    client.bring(release)
    other = _folder_of(tmp_path / "other", made(release.kid, salt="other inputs"))
    damaged = _folder_of(tmp_path / "damaged", made())
    (damaged / "data" / "aeff.ecsv").write_bytes(b"damaged")
    unsafe = _folder_of(tmp_path / "unsafe", made())
    document = json.loads((unsafe / "release.json").read_text())
    document["resource"]["source"][0]["accessURL"] = "javascript:alert(1)"
    (unsafe / "release.json").write_text(json.dumps(document))
    missing = _folder_of(tmp_path / "missing", made())
    (missing / "rendered" / "aeff.svg").unlink()
    torn = tmp_path / "torn"
    shutil.copytree(missing, torn)
    (torn / "release.json").write_text("{")
    wrong = _folder_of(tmp_path / "wrong", with_an_error(made()))
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.zip").write_bytes(b"no zip")
    for source, code in ((other, 5), (damaged, 6), (unsafe, 2), (missing, 2), (torn, 6), (wrong, 1)):
        assert _import(client, source).returncode == code, source
    for source, code in ((tmp_path / "empty", 2), (tmp_path / "no.zip", 6), (tmp_path / "nothing", 2)):
        assert _import(client, source).returncode == code, source
    assert client.ask("GET", "/search", token="").json()["count"] == 1
    fsck(_data(client))
