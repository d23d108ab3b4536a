"""Other distributions add members to the rooms through the same door."""

import subprocess
import sys
import zipfile

import pytest

from kpublish import pipeline, repository
from kpublish.errors import UnknownName
from kpublish.templating import new

CHECKS = """
from kpublish.model.finding import Fault, Severity
CODE = "NBR"

class NBR01:
    "The neighbour likes short titles."
    severity, public = Severity.WARNING, None

    def check(self, project):
        "Shorten it."
        if len(project.release.title) > 5:
            yield Fault(project.document.at("KM3Resource", "title"), "The title is long.")
"""
EXPORT = """
STANDARD, VERSION, ADDRESS = "Neighbour", "1", "https://example.org"

def documents(release):
    return {"neighbour.txt": release.resource.title.encode()}
"""


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """A distribution that is installed and offers a check and an export."""
    folder = tmp_path / "site"
    info = folder / "neighbour-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "neighbour_checks.py").write_text(CHECKS)
    (folder / "neighbour_export.py").write_text(EXPORT)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: neighbour\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[kpublish.checks]\nneighbour = neighbour_checks\n[kpublish.exports]\nneighbour = neighbour_export\n"
    )
    monkeypatch.syspath_prepend(str(folder))


@pytest.fixture
def plots(tmp_path):
    """A repository that names them."""
    folder = tmp_path / "plots"
    new("public-plots", folder, defaults=True)
    with (folder / "kpublish.yaml").open("a") as stream:
        stream.write("checks: [neighbour]\nexports: [neighbour]\n")
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "commit", "-aqm", "Use the neighbour"], check=True)
    repository.tag(folder, "v1.0.0")
    return folder


def test_a_check_of_another_distribution_is_asked_when_the_project_names_it(distribution, plots):
    findings = pipeline.validate(pipeline.load(plots))
    assert [(finding.code, finding.remedy) for finding in findings] == [("NBR01", "Shorten it.")]
    assert findings[0].where.line > 0


def test_an_export_of_another_distribution_is_in_the_package(distribution, plots):
    package = pipeline.bundle(pipeline.load(plots), ())
    assert zipfile.ZipFile(package.path).read("neighbour.txt") == b"Effective area of KM3NeT/ARCA230"


def test_a_name_that_nobody_offers_is_one_sentence(plots):
    with pytest.raises(UnknownName, match="no check named 'neighbour'") as caught:
        pipeline.validate(pipeline.load(plots))
    assert caught.value.exit_code == 2


def test_the_commands_say_it_without_a_traceback(plots):
    result = subprocess.run([sys.executable, "-m", "kpublish", "validate", str(plots)], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: There is no check named 'neighbour'.")
