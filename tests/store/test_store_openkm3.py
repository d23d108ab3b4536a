"""The documented snippets of openkm3, both generations, run as they are written."""

import doctest

import pytest

import kpublish


@pytest.fixture
def KM3Store(products, tmp_path, monkeypatch):
    """The store, with the release of the examples' event list, acceptance and background on a data center."""
    monkeypatch.setenv("KPUBLISH_DATACENTER_URL", products["datacenter"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return kpublish.KM3Store


def test_the_documented_snippets_run_as_they_are_written(KM3Store):
    names = {"KM3Store": KM3Store}
    failed, tried = doctest.testfile("openkm3.txt", globs=names, optionflags=doctest.NORMALIZE_WHITESPACE, encoding="utf-8")
    assert tried > 20
    assert failed == 0


def test_an_acceptance_and_a_background_are_used_as_documented(KM3Store):
    store = KM3Store()
    acceptance = store.get("acceptance")
    assert acceptance.lookup(xvalue=80, yvalue=2.0) == 12.25
    with pytest.warns(UserWarning, match="0 to 180 deg"):
        assert acceptance.lookup(xvalue=200, yvalue=2.0) is None
    background = store.get("background")
    assert background.functiontype == "polynomial"
    assert background.evaluate(2) == 4.0
    assert "Point-source search" in store.cite().text
