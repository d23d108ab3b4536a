"""Event files are annotated from files of any size, published, and read in part; KM3NeT's own files become simple tables."""

import json
import runpy
import shutil
import subprocess
from pathlib import Path

import awkward
import h5py
import km3io
import numpy
import pytest
import uproot
from km3net_testdata import data_path

from kpublish import KM3Store, load, validate
from kpublish.cli import run
from kpublish.errors import UsageError
from kpublish.formats import ecsv, h5
from kpublish.store.identifying import identify
from kpublish.templating import new

ROOT = Path(__file__).parents[2]
#: Files of the formats of many years → rows, and whether they are simulated.
FILES = {
    "offline/km3net_offline.root": (10, False),
    "offline/numucc.root": (10, True),
    "offline/mcv6.gsg_nue-CCHEDIS_1e4-1e6GeV.sirene.jte.jchain.aanet.1.root": (31, True),
    "offline/usr-sample.root": (3, False),
    "dst/orca4_sample.root": (2500, False),
    "dst/orca6_sample.root": (2499, False),
    "dst/mcv5.1.km3_numuCC.ALL.dst.bdt.10events.root": (10, True),
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository of plots, as current folder."""
    folder = new("public-plots", tmp_path / "plots", defaults=True)
    monkeypatch.chdir(folder)
    return folder


def annotate(*arguments):
    return run(["annotate", *map(str, arguments), "--defaults"])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("suffix", [".h5", ".ecsv"])
def test_offline_and_dst_files_become_a_simple_table(project, name, suffix):
    rows, simulated = FILES[name]
    source = Path(shutil.copy(data_path(name), "data/raw.root"))
    assert annotate(source, "--table", "events", "-o", f"data/events{suffix}") == 0
    source.unlink()
    (table,) = (table for table in load(project).tables if table.name == "events")
    assert len(table.lines) == rows
    names = [parameter.columnname for parameter in table.parameters]
    assert ("mc_energy" in names) is simulated
    units = {parameter.columnname: parameter.unit for parameter in table.parameters}
    assert [units[name] for name in ("unix_time", "energy", "zenith", "azimuth")] == ["s", "GeV", "deg", "deg"]
    findings = [f"{each.code} {each.message}" for each in validate(load(project)) if each.where.path.startswith("data/events")]
    assert [told for told in findings if not told.startswith(("GIT05", "NUM07", "NUM08"))] == []


def test_the_numbers_are_those_that_km3io_reads(project):
    source = shutil.copy(data_path("offline/numucc.root"), "data/raw.root")
    assert annotate(source, "--table", "events", "-o", "data/events.h5") == 0
    events = km3io.OfflineReader(source)
    best = km3io.tools.best_jmuon(events.tracks)
    with h5py.File("data/events.h5") as file:
        rows = file["events"][()]
    assert numpy.array_equal(rows["energy"], awkward.to_numpy(awkward.fill_none(best.E, numpy.nan)), equal_nan=True)
    assert numpy.allclose(
        numpy.cos(numpy.radians(rows["zenith"])), -awkward.to_numpy(awkward.fill_none(best.dir_z, numpy.nan)), equal_nan=True
    )
    assert numpy.array_equal(rows["mc_energy"], numpy.asarray(events.mc_tracks.E[:, 0]))
    with uproot.open(source) as file:
        assert numpy.array_equal(rows["run_id"], file["E/Evt/run_id"].array(library="np"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gseagen/gseagen.root", "holds no events of the offline format"),
        ("offline/empty_events.root", "It holds no events"),
        ("oscillations/ORCA6_433kt-y_opendata_v0.5_testdata.root", "holds no events of the offline format"),
    ],
)
def test_other_files_are_one_sentence(project, capfd, name, message):
    source = shutil.copy(data_path(name), "data/raw.root")
    assert annotate(source, "--table", "events") == 1
    assert message in capfd.readouterr().err
    assert not Path("data/raw-events.ecsv").exists()


def test_the_file_says_in_full_who_published_it_and_how_it_came_about(project, capfd):
    source = shutil.copy(data_path("dst/orca6_sample.root"), "data/raw.root")
    assert annotate(source, "--table", "events", "-o", "data/events.h5") == 0
    with h5py.File("data/events.h5") as file:
        (header,), (step,) = file["header"][()], file["provenance"][()]
        resource = json.loads(file.attrs["KM3Resource"])
    assert (header["author"], header["license"], header["instrument"]) == (b"KM3NeT Collaboration", b"CC-BY-4.0", b"KM3NeT/ARCA230")
    assert (header["contact"], step["name"]) == (b"opendata@km3net.de", b"kpublish annotate")
    assert resource["publisher"] == "KM3NeT Collaboration"
    assert (project / "provenance" / f"{step['refID'].decode()}.json").is_file()
    said = identify(Path("data/events.h5"))
    assert (said["kind"], said["data"][0]["kid"]) == ("table", resource["kid"])
    capfd.readouterr()
    assert run(["trace", "data/events.h5"]) == 0
    assert "made by kpublish annotate" in capfd.readouterr().out


def test_again_it_is_up_to_date_and_another_file_needs_force_and_keeps_the_kid(project, capfd):
    source = Path(shutil.copy(data_path("dst/orca6_sample.root"), "data/raw.root"))
    again = (source, "--table", "events", "-o", "data/events.h5")
    assert annotate(*again) == annotate(*again) == 0
    assert "it is up to date" in capfd.readouterr().out
    kid = h5.read(Path("data/events.h5"), "events.h5").kid
    shutil.copy(data_path("dst/orca4_sample.root"), source)
    assert annotate(*again) == 2
    assert "Use --force" in capfd.readouterr().err
    assert annotate(*again, "--force") == 0
    table = h5.read(Path("data/events.h5"), "events.h5")
    assert (table.kid, len(table.lines)) == (kid, 2500)


@pytest.mark.long
def test_a_large_file_is_never_held_in_memory(tmp_path):
    runpy.run_path(str(ROOT / "tests/soak/events.py"))["soak"](tmp_path, 150_000_000)


def test_a_large_file_does_not_become_a_text(project, capfd, monkeypatch):
    monkeypatch.setattr("kpublish.formats.hdf5.LARGE", 1000)
    shutil.copy(data_path("hdf5/test_event_info.h5"), "data/raw.h5")
    assert annotate("data/raw.h5", "--table", "event_info") == 2
    assert "--output raw-event_info.h5" in capfd.readouterr().err
    assert annotate("data/raw.h5", "--table", "event_info", "-o", "data/events.h5") == 0
    with h5py.File("data/events.h5") as made, h5py.File("data/raw.h5") as raw:
        assert made["events"][()].tobytes() == raw["event_info"][()].tobytes()
        assert made["group_info"][()].tobytes() == raw["group_info"][()].tobytes()
    assert annotate("data/raw.h5", "-o", "data/events.h5") == 2
    assert "Name it: --table, of event_info, " in capfd.readouterr().err
    assert annotate("data/raw.h5", "--table", "event_inf", "-o", "data/events.h5") == 2
    assert "Did you mean 'event_info'?" in capfd.readouterr().err


def test_patterns_find_annotated_event_files_only(project):
    shutil.copy(data_path("hdf5/test_event_info.h5"), "data/raw.h5")
    Path("data/events.h5").write_bytes(h5.write(ecsv.read(project / "data/effective_area.ecsv", "a.ecsv")))
    assert [table.path for table in load(project).tables] == ["data/effective_area.ecsv", "data/events.h5"]


def test_a_published_event_file_is_read_in_part(project, tmp_path):
    source = Path(shutil.copy(data_path("dst/orca6_sample.root"), "data/raw.root"))
    assert annotate(source, "--table", "events", "-o", "data/events.h5") == 0
    source.unlink()
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", "Events"], check=True)
    assert run(["bundle", "--output", str(tmp_path / "package.zip")]) == 0
    store = KM3Store(tmp_path / "package.zip", cache=tmp_path / "cache")
    table = store.get("events")
    assert table.parts == ("events", "header", "provenance")
    frame = store.get("events", ["events"], "pandas")
    assert (len(frame), list(frame.columns)) == (2499, [one.columnname for one in table.table.parameters])
    rows = table.read(start=5, stop=8, columns=["energy", "run_id"])
    assert rows.reset_index(drop=True).equals(frame[["energy", "run_id"]].iloc[5:8].reset_index(drop=True))
    both = store.get("events", ["events", "provenance"], "pandas")
    assert list(both["provenance"]["name"]) == ["kpublish annotate"]
    assert table.to_astropy()["energy"].unit == "GeV"
    for wrong in ({"part": "event"}, {"columns": ["enrgy"]}):
        with pytest.raises(UsageError) as caught:
            table.read(**wrong)
        assert "Did you mean" in caught.value.remedy
    with pytest.raises(UsageError, match="is no event file"):
        store.get("effective_area").read()
