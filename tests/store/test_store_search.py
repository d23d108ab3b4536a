"""Searching finds what has all words and fits all filters; the command prints it."""

import pytest

from kpublish.cli import run
from kpublish.errors import UsageError
from kpublish.store import KM3Store
from kpublish.store.searching import FILTERS

TABLE = "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n# - {name: a, datatype: int64}\n# schema: astropy-2.0\na\n1\n"


@pytest.fixture
def store(folder, tmp_path):
    more = {
        "ktype": "km3.events",
        "resourceType": "eventlist",
        "description": "Neutrino candidates of the Universität.",
        "keywords": ["neutrino astronomy"],
        "authors": [{"name": "Zoë Example", "orcid": "0000-0002-1825-0097"}],
        "content": {"instrument": "KM3NeT/ARCA21", "processingLevel": 4},
    }
    folder({"data/events.ecsv": TABLE}, title="Events", more={"data/events.ecsv": more})
    folder({"data/aeff.ecsv": TABLE + "2\n"}, title="Effective area", own={"datePublication": "2025-01-01"})
    return KM3Store(folder.path, cache=tmp_path / "cache")


@pytest.mark.parametrize(
    ("text", "filters", "names"),
    [
        ("neutrino", {}, ["events"]),
        ("UNIVERSITAT candidates", {}, ["events"]),
        ("candidates nowhere", {}, []),
        ("0000-0002-1825-0097", {}, ["events"]),
        ("aeff", {}, ["aeff"]),
        ("", {"ktype": "km3.events"}, ["events"]),
        ("", {"type": "eventlist", "instrument": "km3net/arca21", "keyword": "Neutrino Astronomy", "level": 4}, ["events"]),
        ("", {"author": "zoe"}, ["events"]),
        ("", {"level": 3}, []),
        ("area", {"year": 2025}, ["release"]),
        ("", {"year": None, "ktype": "km3.events"}, ["events"]),
    ],
)
def test_words_and_filters_choose(store, text, filters, names):
    found = store.search(text, **filters)
    assert [entry.name if entry.kind != "package" else "release" for entry in found] == names


def test_without_anything_everything_is_found(store):
    assert [entry.kid for entry in store.search()] == [entry.kid for entry in store.list()]


def test_an_unknown_filter_is_a_sentence(store):
    with pytest.raises(UsageError, match="Did you mean 'instrument'"):
        store.search(instrumnet="ARCA21")


def test_the_command_has_every_filter_and_prints_what_is_found(store, capsys):
    assert run(["search", "neutrino", "--from", store.address]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["name", "events"]
    assert run(["search", "--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"--{name} " in told for name in FILTERS)
    assert run(["search", "--year", "1999", "--from", store.address]) == 0
    assert "fits" in capsys.readouterr().err
