"""Small repositories, and data centers to release them into."""

import re
import shutil
import uuid
from pathlib import Path

import pytest

from kpublish import repository
from kpublish.datacenter.server import start
from kpublish.templating import new

MINIMAL = Path(__file__).parents[1] / "examples" / "good" / "minimal"


@pytest.fixture
def generated(tmp_path):
    """A repository made from the template."""
    folder = tmp_path / "generated"
    new("public-plots", folder, {"slug": "plots", "version": "1.0.0"}, defaults=True)
    repository.tag(folder, "v1.0.0")
    return folder


@pytest.fixture
def plots(tmp_path):
    """The smallest repository, under a kid of its own and tagged; nothing has to be drawn in it."""
    folder = tmp_path / "plots"
    shutil.copytree(MINIMAL, folder)
    text = (folder / "kpublish.yaml").read_text()
    (folder / "kpublish.yaml").write_text(re.sub(r"kid: \S+", f"kid: {uuid.uuid4()}", text))
    (folder / "README.md").write_text("# Plots\n")
    (folder / ".gitignore").write_text("dist/\nrendered/\n.kpublish/\n")
    repository.init(folder)
    repository.tag(folder, "v1.0.0")
    return folder


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A data center for commands that publish nothing, or only this module's repository."""
    with start(tmp_path_factory.mktemp("datacenter") / "data") as server:
        yield server


@pytest.fixture
def empty(tmp_path):
    """A data center of this test's own."""
    with start(tmp_path / "datacenter") as server:
        yield server
