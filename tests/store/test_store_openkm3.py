"""The documented snippets of openkm3, both generations, run as they are written."""

import pytest

import kpublish


@pytest.fixture
def KM3Store(products, tmp_path, monkeypatch):
    """The store, with the release of the examples' event list, acceptance and background on a data center."""
    monkeypatch.setenv("KPUBLISH_DATACENTER_URL", products["datacenter"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return kpublish.KM3Store


RELEASE = "point-source-search-with-a-made-up-detector"


def test_the_interface_of_the_first_generation(KM3Store, capsys):
    ks = KM3Store()
    ks.print_index(include_technical=True)
    assert "km3.irf.lookup" in capsys.readouterr().out
    table = ks.get("acceptance")
    assert len(table.data) == 6
    assert table.get_origin() == {"range": {}, "provenance": []}
    assert table.get_paraminfo()["lower_edge"]["unit"] == "deg"
    assert list(ks.get("acceptance", loadoption="pandas").columns) == ["zenith_low", "zenith_high", "index", "acceptance"]
    assert ks.get("acceptance", loadoption="plain")["index"] == [2.0, 2.0, 2.0, 2.5, 2.5, 2.5]
    assert ks.get("acceptance", loadoption="plot")._repr_png_().startswith(b"\x89PNG")
    assert list(ks.get(RELEASE, ["events"], "pandas")["hits"]) == [47, 53, 30, 24]


def test_the_interface_of_the_second_generation(KM3Store, capsys):
    store = KM3Store()
    assert [entry.name for entry in store.list()] == [RELEASE, "acceptance", "background", "events"]
    assert [entry.kind for entry in store.list("events")] == ["table"]
    assert len(store.update_catalog()) == 4
    km3object = store.get("events")
    assert len(km3object.data) == len(km3object.get_dataframe()) == 4
    km3object.show_metadata()
    km3object.show_paraminfo()
    told = capsys.readouterr().out
    assert "Events of a made-up detector" in told
    assert "modified Julian date" in told


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
