"""Releases of made-up tables, in every kind of source: a data center, a folder, a package."""

import hashlib
import json
import re
import shutil
import uuid
import zipfile
from pathlib import Path

import pytest
import requests

from kpublish import repository
from kpublish.archives.push import push_all
from kpublish.bundles.packing import pack
from kpublish.bundles.verifying import seal
from kpublish.config import ArchiveSettings
from kpublish.datacenter.server import start
from kpublish.model.bundle import Release
from kpublish.model.figure import DrawnFigure
from kpublish.pipeline import load

EXAMPLES = Path(__file__).parents[1] / "examples" / "good"
FORMATS = ("png", "svg", "pdf")
PROJECT = b"KM3Resource: {}\n"
#: What releases say of themselves, and their tables inherit.
OWN = {
    "description": "Made up for a test.",
    "publisher": "KM3NeT Collaboration",
    "authors": [{"name": "KM3NeT Collaboration", "type": "collaboration"}],
    "license": "CC-BY-4.0",
    "approval": {"by": "Publication Committee", "date": "2026-11-20"},
}


def release_of(contents, *, kid=None, version="1.0.0", title="Made-up numbers", kids=None, more=None, own=None):
    """A release whose every ``.ecsv`` is a table; ``kids`` are theirs (path → kid), ``more`` their fields, ``own`` its own."""
    kid = kid or str(uuid.uuid4())
    shared = {"publisher": "KM3NeT Collaboration", "datePublication": "2026-11-22", "license": "CC-BY-4.0", "version": version}

    def resource(own, name, address):
        return {**shared, "kid": own, "title": name, "source": {"accessURL": address, "accessFormat": "text/csv"}}

    tables = [path for path in contents if path.endswith(".ecsv")]
    members = [
        {
            "kind": "table",
            "name": Path(path).stem,
            "path": path,
            "files": [path],
            "resource": resource((kids or {}).get(path) or str(uuid.uuid4()), f"{title}: {path}", path)
            | (more or {}).get(path, {}),
        }
        for path in tables
    ]
    files = [
        {"path": path, "size": len(body), "sha256": hashlib.sha256(body).hexdigest(), "mediaType": "text/csv"}
        for path, body in contents.items()
    ]
    landing = f"https://opendata.km3net.de/r/{kid}"
    return Release.model_validate(
        {
            "kid": kid,
            "version": version,
            "digest": hashlib.sha256(f"{kid} {version}".encode()).hexdigest(),
            "commit": "a" * 40,
            "landing": landing,
            "resource": resource(kid, title, landing) | (own or {}),
            "members": members,
            "files": files,
        }
    )


def put(folder, release, contents):
    """Write a release into a folder as the directory archive does."""
    home = folder / release.kid / release.version
    for path, body in contents.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(body)
    (home / "release.json").write_text(json.dumps(release.model_dump(mode="json", exclude_none=True)))
    return release


def publish(server, release, contents):
    """Bring a release to a data center."""
    headers = {"Authorization": f"Bearer {server.token_file.read_text().strip()}"}
    address = f"{server.url}/api/v1/releases/{release.kid}/{release.version}"
    with requests.Session() as http:
        http.headers.update(headers)
        opened = http.put(address, json=release.model_dump(mode="json", exclude_none=True), timeout=60)
        opened.raise_for_status()
        for path in contents.keys() - opened.json()["files"].keys():
            http.put(f"{address}/files/{release.file(path).sha256}", data=contents[path], timeout=60).raise_for_status()
        answer = http.post(f"{address}/publish", timeout=60)
        assert answer.ok, answer.text


@pytest.fixture
def folder(tmp_path):
    """Makes releases in one folder: ``folder(contents, …)``; ``folder.path`` is its address."""

    def make(contents, **how):
        encoded = {path: body if isinstance(body, bytes) else body.encode() for path, body in contents.items()}
        return put(make.path, release_of(encoded, **how), encoded)

    make.path = tmp_path / "releases"
    make.path.mkdir()
    return make


def bring(server, contents, *, title="Made-up numbers", version="1.0.0", kid=None, kids=None, more=None):
    """Bring a made-up release to a data center; its files say what the release says."""
    kid, kids = kid or str(uuid.uuid4()), {path: (kids or {}).get(path) or str(uuid.uuid4()) for path in contents}
    said = {path: {"description": "Made up for a test.", **(more or {}).get(path, {})} for path in contents}
    contents = {
        path: _headed(body, {"kid": kids[path], "title": f"{title}: {path}", **said[path]}) for path, body in contents.items()
    }
    contents["kpublish.yaml"] = _headed(PROJECT, {**OWN, "kid": kid, "title": title, "version": version})
    inherited = {path: {**OWN, "parentResource": kid, **told} for path, told in said.items()}
    release = release_of(contents, kid=kid, version=version, title=title, kids=kids, more=inherited, own=OWN)
    publish(server, release, contents)
    return release


def _headed(body, said):
    return re.sub(rb"KM3Resource: .*", lambda _: b"KM3Resource: " + json.dumps(said).encode(), body, count=1)


@pytest.fixture(scope="session")
def publishing():
    """Brings made-up releases to a data center: ``publishing(server, contents, …)``."""
    return bring


def packed(example, root):
    """The analysis package of an example, with stand-ins for its figures' files."""
    shutil.copytree(EXAMPLES / example, root)
    repository.init(root, "Add an example")
    project = load(root)
    data = {table.path: table.sha256 for table in project.tables}
    drawn = [
        DrawnFigure(figure, {f"rendered/{figure.name}.{suffix}": f"a {suffix}".encode() for suffix in FORMATS}, data, alt="steps")
        for figure in project.figures
    ]
    return seal(pack(project, drawn))


def files_in(package):
    """Path → bytes of every file of the release in a package."""
    with zipfile.ZipFile(package.path) as opened:
        inside = {name: opened.read(name) for name in opened.namelist()}
    return {**inside, package.path.name: package.path.read_bytes()}


def everywhere(package, folder):
    """A release in every kind of source, as long as it is iterated: kind → address."""
    directory = folder / "directory"
    directory.mkdir()
    push_all(package, [ArchiveSettings("folder", "directory", directory.as_uri())], journal_root=folder)
    with start(folder / "data") as server:
        publish(server, package.release, files_in(package))
        yield {"bundle": str(package.path), "datacenter": server.url, "directory": str(directory)}


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """The analysis package of the fullest example."""
    return packed("full", tmp_path_factory.mktemp("store") / "full")


@pytest.fixture(scope="session")
def contents(package):
    """Path → bytes of every file of that release."""
    return files_in(package)


@pytest.fixture(scope="session")
def addresses(package, tmp_path_factory):
    """That release in every kind of source: kind → address."""
    yield from everywhere(package, tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="session")
def products(tmp_path_factory):
    """A release of an event list, a lookup table and a function in every kind of source: kind → address."""
    package = packed("products", tmp_path_factory.mktemp("store") / "products")
    yield from everywhere(package, tmp_path_factory.mktemp("products"))


@pytest.fixture(params=["bundle", "datacenter", "directory"])
def address(request, addresses):
    """The address of each source in turn."""
    return addresses[request.param]
