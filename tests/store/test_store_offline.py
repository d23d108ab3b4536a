"""What a data center listed is kept, and told with its date when the data center does not answer."""

import os
import shutil
import warnings

import pytest

from kpublish.cli import run
from kpublish.datacenter.server import start
from kpublish.errors import NotFound, Unreachable
from kpublish.store import KM3Store
from kpublish.store.offline import StaleCatalogue

TABLE = b"""# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {name: a, datatype: int64, description: a number, meta: {role: value}}
# meta:
#   KM3Resource: {kid: 1c0ffee0-6f5b-4f0c-9c57-5a2d1f3b7a11, title: Numbers, description: Made up.}
# schema: astropy-2.0
a
1
"""
OTHER = TABLE.replace(b"1c0ffee0", b"2c0ffee0") + b"2\n"
NOON = 1_795_262_400  # 2026-11-21 12:00 UTC


@pytest.fixture(scope="module")
def gone(publishing, tmp_path_factory):
    """A data center that listed a release, gave one table, and stopped: its address, the release, what a reader kept."""
    folder = tmp_path_factory.mktemp("gone")
    with start(folder / "data") as server:
        release = publishing(server, {"data/one.ecsv": TABLE, "data/two.ecsv": OTHER})
        store = KM3Store(server.url, cache=folder / "cache")
        assert len(store.update_catalog()) == 3
        store.get("one")
    return server.url, release, folder / "cache"


@pytest.fixture
def stopped(gone, tmp_path, monkeypatch):
    """A store whose data center listed a release at a known time, gave one table, and stopped."""
    monkeypatch.setattr("kpublish.http.session.BACKOFF", 0)
    url, release, cache = gone
    shutil.copytree(cache, tmp_path / "cache")
    (kept,) = (tmp_path / "cache" / "catalogues").iterdir()
    os.utime(kept, (NOON, NOON))
    return KM3Store(url, cache=tmp_path / "cache"), release, kept


def test_offline_the_kept_list_is_told_with_its_date(stopped):
    store, release, _ = stopped
    with pytest.warns(StaleCatalogue, match=r"127\.0\.0\.1:\d+ does not answer.*2026-11-21 12:00 UTC"):
        listed = store.list()
    assert [entry.name for entry in listed] == [release.kid, "one", "two"]
    with pytest.warns(StaleCatalogue):
        assert "Made-up numbers: data/two.ecsv" in store.index()


@pytest.mark.parametrize("form", ["name", "kid", "name@1.0.0"])
def test_offline_a_cached_table_is_loaded(stopped, form):
    store, release, _ = stopped
    identifier = {"name": "one", "kid": release.members[0].resource.kid, "name@1.0.0": "one@1.0.0"}[form]
    with pytest.warns(StaleCatalogue):
        assert list(store.get(identifier).data["a"]) == [1]


def test_offline_a_table_that_was_never_loaded_is_a_sentence(stopped):
    store, _, _ = stopped
    with pytest.warns(StaleCatalogue), pytest.raises(Unreachable):
        store.get("two")


def test_offline_what_the_kept_list_does_not_know_is_unreachable_or_unknown(stopped):
    store, release, _ = stopped
    with pytest.warns(StaleCatalogue), pytest.raises(Unreachable):
        store.find(release.kid, "2.0.0")
    with pytest.warns(StaleCatalogue), pytest.raises(NotFound, match="Did you mean 'one'"):
        store.find("onee")


def test_updating_the_catalogue_asks_the_source_and_nothing_else(stopped):
    store, _, kept = stopped
    with pytest.raises(Unreachable):
        store.update_catalog()
    assert kept.stat().st_mtime == NOON


def test_a_damaged_list_counts_as_none(stopped):
    store, _, kept = stopped
    for text in ("", "[]", "{}", '{"releases": 1}', '{"releases": [{"format": 2}]}', "[" * 100_000):
        kept.write_text(text)
        with pytest.raises(Unreachable):
            store.list()


def test_commands_say_in_a_sentence_that_the_list_is_old(stopped, capsys, monkeypatch):
    store, release, _ = stopped
    monkeypatch.setenv("XDG_CACHE_HOME", str(store.cache.folder.parent))
    store.cache.folder.rename(store.cache.folder.parent / "kpublish")
    for arguments in (["ls"], ["show", "one"], ["cite", "one", release.kid]):
        assert run([*arguments, "--from", store.address]) == 0
        told = capsys.readouterr()
        assert told.err.startswith("warning: ")
        assert told.err.count("2026-11-21 12:00 UTC") == 1
        assert "Made-up numbers" in told.out


def test_a_folder_needs_no_kept_list(folder, tmp_path):
    folder({"data/one.ecsv": TABLE})
    store = KM3Store(folder.path, cache=tmp_path / "cache")
    assert len(store.update_catalog()) == 2
    assert not (tmp_path / "cache").exists()


def test_listing_needs_no_cache_that_can_be_written(publishing, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    with start(tmp_path / "data") as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        publishing(server, {"data/one.ecsv": TABLE})
        assert len(KM3Store(server.url, cache=tmp_path / "cache").list()) == 2
