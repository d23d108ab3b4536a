"""The chain leads from a figure through two repositories to the raw file, and says where it ends."""

import json
import re
import shutil
import sys
import uuid
from pathlib import Path

import pytest

from kpublish import pipeline, repository
from kpublish.archives.push import push_all
from kpublish.bundles.verifying import seal
from kpublish.cli import run
from kpublish.config import ArchiveSettings
from kpublish.store import KM3Store
from kpublish.store.tracing import trace

FULL = Path(__file__).parents[1] / "examples" / "good" / "full"
#: Copies a file and puts another kid into it.
CODE = "import sys; text = open(sys.argv[1]).read(); open(sys.argv[2], 'w').write(text.replace(*sys.argv[3:]))"


def kid_in(path):
    return re.search(r"kid: (\S+)", path.read_text("utf-8"))[1]


@pytest.fixture
def step(monkeypatch):
    """Records a step in a folder."""

    def record(folder, name, given, made, *command):
        monkeypatch.chdir(folder)
        assert run(["record", "--name", name, "-i", given, "-o", made, "--", sys.executable, "-c", CODE, *command]) == 0

    return record


@pytest.fixture
def analysis(tmp_path, step):
    """A released analysis, whose table was made of a raw file by a recorded step: where it was released, and its folder."""
    folder = Path(shutil.copytree(FULL, tmp_path / "analysis"))
    (folder / "events.dat").write_text("raw\n")
    step(folder, "Unfolding", "events.dat", "data/flux.ecsv", str(FULL / "data/flux.ecsv"), "data/flux.ecsv", "-", "-")
    repository.init(folder)
    project = pipeline.load(folder)
    (tmp_path / "archive").mkdir()
    package = seal(pipeline.bundle(project, pipeline.render(project)))
    push_all(package, [ArchiveSettings("folder", "directory", (tmp_path / "archive").as_uri())], journal_root=folder)
    return tmp_path / "archive", folder


@pytest.fixture
def plots(analysis, tmp_path, step):
    """A repository of plots, whose table was made of that of the analysis; its figure is drawn."""
    folder = Path(shutil.copytree(FULL, tmp_path / "plots"))
    for path in (*folder.glob("*.yaml"), *folder.glob("figures/*"), *folder.glob("data/*")):
        path.write_text(re.sub(r"(?<=kid: )[0-9a-f-]{36}", lambda _: str(uuid.uuid4()), path.read_text()))
    shutil.copy(analysis[1] / "data/flux.ecsv", folder / "theirs.ecsv")
    kids = (kid_in(folder / "theirs.ecsv"), kid_in(folder / "data/flux.ecsv"))
    step(folder, "Rebinning", "theirs.ecsv", "data/flux.ecsv", "theirs.ecsv", "data/flux.ecsv", *kids)
    pipeline.render(pipeline.load(folder))
    return folder


def told(links):
    return [(link.depth, link.path, link.made_by.name if link.made_by else link.ends) for link in links]


def test_the_chain_leads_from_the_figure_to_the_raw_file_of_another_repository(analysis, plots):
    found = told(trace(plots / "rendered/flux.png", KM3Store(analysis[0])))
    nobody = "Nobody recorded what made it, and it has no kid to ask for."
    chain = [(1, "data/flux.ecsv", "Rebinning"), (2, "theirs.ecsv", "Unfolding"), (3, "events.dat", nobody)]
    assert found[0] == (0, "flux.png", "")
    start = found.index(chain[0])
    assert found[start : start + 3] == chain
    (other,) = (ends for _, path, ends in found if path == "data/limits.ecsv")
    assert other == f"{analysis[0]} does not know its kid."


def test_without_a_data_center_it_ends_where_this_repository_ends(plots, capsys, monkeypatch):
    monkeypatch.chdir(plots)
    assert run(["trace", "data/flux.ecsv"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^flux\.ecsv  sha256 \S+…  kid \S+\n  made by Rebinning, .*, recorded here as ", out)
    assert "\n    Nobody here recorded what made it; name a data center with --from.\n" in out


def test_the_command_asks_the_data_center_that_is_named(analysis, plots, capsys):
    assert run(["trace", str(plots / "rendered/flux.png"), "--from", str(analysis[0])]) == 0
    out = capsys.readouterr().out
    assert out.index("Rebinning") < out.index("Unfolding") < out.index("events.dat")
    assert "recorded https://opendata.km3net.de/r/" in out


def test_what_a_header_names_without_a_record_is_told(analysis, capsys):
    for record in (analysis[1] / "provenance").iterdir():
        record.unlink()
    released = next(analysis[0].rglob("data/limits.ecsv"))
    assert told(trace(released, KM3Store(analysis[0])))[0][2].startswith("No record of it in https://opendata.km3net.de/r/")


def test_a_step_that_reads_what_it_makes_ends(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    files = [{"path": "a.txt", "sha256": digest, "size": 1}]
    said = {"refID": str(uuid.uuid4()), "name": "Loop", "command": ["x"], "exitCode": 0, "inputs": files, "outputs": files}
    times = {"started": "2026-11-27T10:00:00Z", "ended": "2026-11-27T10:00:01Z"}
    (tmp_path / "provenance").mkdir()
    (tmp_path / "provenance/loop.json").write_text(json.dumps({**said, **times}))
    (tmp_path / "provenance/other.json").write_text("[1]")
    (tmp_path / "provenance/torn.json").write_text("{")
    assert told(trace(tmp_path / "a.txt")) == [(0, "a.txt", "Loop"), (1, "a.txt", "It stands above.")]


def test_what_a_step_made_without_declaring_it_is_traced_too(tmp_path, monkeypatch):
    (tmp_path / "raw.dat").write_text("raw")
    monkeypatch.chdir(tmp_path)
    assert run(["record", "--name", "Fit", "-i", "raw.dat", "--", sys.executable, "-c", "open('a.txt', 'w').write('a')"]) == 0
    assert told(trace(tmp_path / "a.txt"))[0] == (0, "a.txt", "Fit")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path, capsys):
    assert run(["trace", str(tmp_path / "nothing.png")]) == 2
    assert capsys.readouterr().err.startswith("error: ")
