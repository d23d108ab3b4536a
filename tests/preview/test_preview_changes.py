"""The preview tells reviewers what has changed since the last release: figures, numbers and metadata."""

import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kpublish import pipeline, repository
from kpublish.cli import run
from kpublish.model.resource import ResourceHeader
from kpublish.preview.changes import Last, changes
from kpublish.preview.workshop import Workshop

FULL = Path(__file__).parents[1] / "examples" / "good" / "full"
FLUX = "6301bbfc-a0c5-454e-8ff9-bb510944fe0c"


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A package of version 1.0.0, and its repository."""
    folder = Path(shutil.copytree(FULL, tmp_path_factory.mktemp("released") / "plots"))
    repository.init(folder)
    project = pipeline.load(folder)
    return pipeline.bundle(project, pipeline.render(project), folder.parent / "package.zip").path, folder


@pytest.fixture
def next_version(released, tmp_path):
    """A copy of the repository, to be changed."""
    return Path(shutil.copytree(released[1], tmp_path / "plots"))


@pytest.fixture
def page(released, next_version, tmp_path):
    """The page that compares it with the package."""

    def write():
        assert run(["preview", str(next_version), "--output", str(tmp_path / "page"), "--against", str(released[0])]) == 0
        return (tmp_path / "page/index.html").read_text("utf-8")

    return write


def test_what_has_not_changed_says_so(page):
    text = page()
    assert "The metadata are the same." in text
    assert text.count("As in version 1.0.0.") == 3
    assert 'class="three"' not in text


def test_a_figure_that_looks_different_stands_between_before_and_difference(page, next_version, tmp_path):
    change(next_version / "data/flux.ecsv", "2.5e-05", "9.5e-05")
    change(next_version / "figures/flux.yaml", "where: {energy_low: 10}", "where: {energy_low: 1}")
    text = page()
    assert [title in text for title in ("<h3>Version 1.0.0</h3>", "<h3>Now</h3>", "<h3>Difference</h3>")] == [True] * 3
    assert "flux: 1 of 3 values differ (row 1: 2.5e-05 → 9.5e-05)." in text
    pictures = [np.asarray(Image.open(path).convert("L")) for path in (tmp_path / "page/pictures").iterdir()]
    assert len(pictures) == 3
    lightest = max(pictures, key=lambda picture: picture.mean())
    assert 0 < (lightest < 200).mean() < 0.2


def test_metadata_columns_units_and_rows_that_differ_are_told(page, next_version):
    change(next_version / "kpublish.yaml", "title: Sensitivity of a made-up detector", "title: Sensitivity <b>again</b>")
    change(next_version / "data/limits.ecsv", "unit: GeV,", "unit: TeV,")
    with (next_version / "data/flux.ecsv").open("a") as stream:
        stream.write("1000,10000,1e-10,1e-11\n")
    text = page()
    assert "<th scope=row>title</th><td>Sensitivity of a made-up detector</td><td>Sensitivity &lt;b&gt;again&lt;/b&gt;</td>" in text
    assert "The unit of energy was GeV and is TeV." in text
    assert "There were 3 rows and are 4." in text


def test_what_is_new_says_so(page, next_version):
    text = (next_version / "figures/flux.yaml").read_text().replace(FLUX, "0a1bbbfc-a0c5-454e-8ff9-bb510944fe0c")
    (next_version / "figures/other.yaml").write_text(text)
    assert "Not in version 1.0.0." in page()


def test_without_a_release_nothing_is_compared(next_version, tmp_path, capsys):
    (tmp_path / "releases").mkdir()
    command = ["preview", str(next_version), "--output", str(tmp_path / "page"), "--against", str(tmp_path / "releases")]
    assert run(command) == 0
    assert "nothing is compared" in capsys.readouterr().out
    assert "Since version" not in (tmp_path / "page/index.html").read_text("utf-8")


def test_only_a_page_that_is_written_is_compared(next_version, capsys):
    assert run(["preview", str(next_version), "--against", "somewhere"]) == 2
    assert "--output" in capsys.readouterr().err


def test_pictures_of_another_size_or_none_are_no_difference(next_version):
    *_, snapshot = Workshop(next_version).snapshots()
    stream = BytesIO()
    Image.new("RGB", (4, 4)).save(stream, "PNG")
    found = changes(snapshot, Last("1.0.0", ResourceHeader(), {FLUX: stream.getvalue()}))
    assert not found.figures[FLUX].difference.content
    assert not changes(snapshot, Last("1.0.0", ResourceHeader(), {FLUX: b"no PNG"})).figures


def test_columns_that_come_and_go_are_told(next_version, tmp_path):
    *_, snapshot = Workshop(next_version).snapshots()
    kid = snapshot.project.tables[0].kid
    old = tmp_path / "old.ecsv"
    text = (
        (next_version / "data/flux.ecsv")
        .read_text("utf-8")
        .replace("name: flux_error", "name: sigma")
        .replace(",flux_error", ",sigma")
    )
    old.write_text(text, "utf-8")
    found = changes(snapshot, Last("1.0.0", ResourceHeader(), {}, {kid: old}))
    assert found.tables[kid][:2] == ("The column sigma is gone.", "The column flux_error is new.")
